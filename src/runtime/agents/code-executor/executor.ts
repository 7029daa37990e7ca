import type { CodeBlock, CodeResult } from '../../../machines/messages/index.ts'

/** Runs code that a model or user wrote. The operator decides which executor there is; by default there is none. */
export interface CodeExecutor {
  /** Runs the blocks one after the other until one fails. Rejects only when the signal is aborted. */
  execute(blocks: readonly CodeBlock[], signal: AbortSignal): Promise<CodeResult>
  /** Ends what still runs and removes what it has written. It can be used again. */
  stop(): Promise<void>
}
