import type { TeamMessage } from '../../machines/messages/index.ts'
import type { Decision } from '../../machines/shared/decision.ts'
import type { ApprovalQuestion, Question } from '../contract/question.ts'
import type { ModelCall, ToolSchema } from '../models/model.ts'

/** The circumstances of one call of a tool. */
export interface ToolContext<Context = unknown>
  extends Pick<ModelCall, 'signal' | 'idempotencyKey' | 'env' | 'activity' | 'network'> {
  /** What the program gives its tools: the `context` of `openTroupe`, or of a run in this process. */
  context: Context
  /** Publishes a message or a chunk from inside the tool. */
  show?(message: TeamMessage): void
  /** A UUID from which ids inside of the call may follow: the same when the call is made again after a restart. */
  seed?: string
  /** Asks a person in the name of `source`, who speaks inside the tool, where a person can be asked. */
  askAs?(question: Question & { source: string }): Promise<string>
  /** Asks in the same way whether a tool may be called. */
  approveAs?(question: ApprovalQuestion & { source: string }): Promise<Decision>
  /** Does one step of the call at most once: its JSON result is kept under `key`, also when the call is made again. */
  once?<T>(key: string, step: () => Promise<T>): Promise<T>
}

/** What a tool call came to. */
export interface ToolOutput {
  content: string
  isError?: boolean
}

/** The same under its earlier name. */
export type ToolCall = ToolContext

/**
 * Something that a model may have done. What it throws becomes a tool result with `is_error`, not the end of a run.
 * `Context` is what it wants to be given.
 */
// biome-ignore lint/suspicious/noExplicitAny: a tool of which nothing is known may want anything
export interface Tool<Context = any> {
  /** For the compiler only: no value is ever there. */
  readonly '~needs'?: (context: Context) => void
  /** How a model sees it. */
  readonly schema: ToolSchema
  /** Milliseconds after which a call is given up. */
  readonly timeout?: number
  /** Where the tool comes from: a sentence for `validate`. */
  readonly note?: string
  /** Learns what `schema` is to say, where that takes a while; rejects where the tool can never be called. */
  describe?(signal: AbortSignal): Promise<void>
  /** Whether a person has to approve a call before it is made; no call has to be unless this says so. */
  needsApproval?(args: unknown, call: ToolContext<Context>): boolean | Promise<boolean>
  /** Does the work. The arguments are the model's own: an object, and nothing more is known of it. */
  run(args: unknown, call: ToolContext<Context>): Promise<string | ToolOutput>
  /** What the tool remembers between calls, as JSON. */
  saveState?(): Record<string, unknown>
  loadState?(state: unknown): void
  /** Gives back what it holds of the world. */
  close?(): Promise<void>
}

/** Tools that belong together: they may share a connection, and which there are may change. */
export interface Workbench {
  /** The tools there are now; starts the workbench where that was not done. */
  listTools(signal: AbortSignal): Promise<readonly ToolSchema[]>
  /** Calls a tool. Rejects only when the signal is aborted; all else that goes wrong is a result. */
  callTool(name: string, args: Record<string, unknown>, call: ToolCall): Promise<ToolOutput>
  /** Whether a person has to approve this call before it is made; no call has to be unless this says so. */
  needsApproval?(name: string, args: Record<string, unknown>, call: ToolCall): boolean | Promise<boolean>
  start(): Promise<void>
  /** Gives back what it holds of the world: connections, processes. It can be started again. */
  stop(): Promise<void>
  saveState(): Record<string, unknown>
  loadState(state: unknown): void
}
