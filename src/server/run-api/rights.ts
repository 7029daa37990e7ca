import type { ClientFrame } from '../../protocol/client-frames.ts'

/** What the clients of a handler may do with runs. */
export interface Rights {
  /** Throws `not_allowed` where a frame, or the body that stands for one, asks for something else. */
  demand(type: ClientFrame['type'], fields: unknown): void
  /** Whether they are others than who runs the program: its keys do not go where their teams say. */
  readonly isTenant: boolean
}
