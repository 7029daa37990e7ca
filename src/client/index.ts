/** A client for browsers and programs. It needs nothing but `fetch` and `WebSocket`. */
import { textOf as textOfAny } from '../machines/messages/text.ts'
import type { ShownMessage } from '../protocol/server-frames.ts'

export type { TaskFile } from '../protocol/client-frames.ts'
export type { RunOptions } from '../protocol/run-options.ts'
export type { RunStatus } from '../protocol/run-status.ts'
export type { PendingInput, ServerFrame, ShownMessage } from '../protocol/server-frames.ts'
export type { ActorView } from '../runtime/inspection/events.ts'
export type { ConnectOptions, Socket, SocketClass } from './api.ts'
export {
  type Client,
  connect,
  type ListedRun,
  type RunsQuery,
  type StartOptions,
  type StoredTeam
} from './client.ts'
export { ClientError } from './client-error.ts'
export type { ClientRun, Fork, RunEvent, RunMessage, RunResult, Turn } from './client-run.ts'
export type { Draft } from './drafts.ts'
export type { ChartPhase, RunChart } from './run-chart.ts'
export type { Connection } from './run-socket.ts'

/** A message as one text, as people read it. */
export const textOf = (message: ShownMessage): string => textOfAny(message as Parameters<typeof textOfAny>[0])
