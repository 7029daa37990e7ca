import { isChat, type TeamMessage } from '../../machines/messages/index.ts'
import type { Outcome } from '../../machines/shared/outcome.ts'
import type { MessageWith } from '../contract/typing.ts'
import type { RunUsage } from '../contract/usage.ts'

/**
 * How a run has ended: `done` by itself (a condition, the team's own end), `stopped` because a stop was asked for or a
 * limit was reached, `cancelled` by a signal.
 */
export type TaskStatus = 'done' | 'stopped' | 'cancelled'

/** How a run of a team or an agent came out. */
export interface TaskResult<Output = unknown, Message = MessageWith<Output>> {
  type: 'TaskResult'
  status: TaskStatus
  /** Why it has ended, in a sentence. */
  stopReason: string
  /** All that was yielded but the chunks. */
  messages: Message[]
  /** What the model calls have used, those of selectors and orchestrators included. */
  usage: RunUsage
  /**
   * What it came to: the content of the last structured message or, where there is none, the text of the last message.
   * There is none (undefined) only where a run ended before anybody had answered: look at `status` first.
   */
  output: Output
}

/** The status of a run that did not fail. */
export function statusOfOutcome(outcome: Exclude<Outcome, { failure: unknown }>): TaskStatus {
  if ('cancelled' in outcome) return 'cancelled'
  return outcome.by === undefined ? 'done' : 'stopped'
}

/** What a run came to, of all that was said in it but the task. */
export function outputOf(messages: readonly TeamMessage[], task: readonly TeamMessage[]): unknown {
  const asked = new Set(task.map(({ id }) => id))
  const answers = messages.filter(isChat).filter(({ id }) => !asked.has(id))
  const structured = answers.findLast(({ type }) => type.startsWith('StructuredMessage['))
  if (structured) return structured.content
  const last = answers.findLast(({ content }) => typeof content === 'string')
  return last?.content
}
