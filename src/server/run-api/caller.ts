import type { z } from 'zod'
import type { ClientFrame } from '../../protocol/client-frames.ts'
import type { WarningFrame } from '../../protocol/server-frames.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { InputAcks } from './input-acks.ts'
import type { StartableTeams } from './teams/startable-teams.ts'

/** Something of what a client sent was left out; the rest is done. */
export type Warning = Omit<z.infer<typeof WarningFrame>, 'type'>

/** A client that commands a run, by a frame or by REST. */
export interface Caller {
  runtime: Runtime
  /** Which teams may be started. */
  teams: StartableTeams
  run: number
  /** What this client has answered. */
  answers: InputAcks
  /** What this client may do; everything, where it is not said. */
  readonly rights?: Rights
  /** Whether the client has left meanwhile. */
  readonly hasLeft?: boolean
  warn(warning: Warning): void
}

/** What the clients of a handler may do with runs. */
export interface Rights {
  /** Throws `not_allowed` where a frame, or the body that stands for one, asks for something else. */
  demand(type: ClientFrame['type'], fields: unknown): void
  /** Whether they are others than who runs the program: its keys do not go where their teams say. */
  readonly isTenant: boolean
}
