import type { Usage } from '../../../machines/messages/index.ts'
import type { PendingInput } from '../../../protocol/server-frames.ts'

/** What happens in an answer, in the words of no protocol in particular. A message is begun, goes on and ends once. */
export type AnswerEvent =
  | { type: 'message_begin'; id: string; source: string }
  | { type: 'message_delta'; id: string; text: string }
  /** `text` is all of it. `whole` says that none of it was sent as a delta. */
  | { type: 'message_end'; id: string; source: string; text: string }
  | { type: 'thought'; id: string; source: string; text: string }
  | { type: 'tool_call'; id: string; source: string; name: string; arguments: string }
  | { type: 'tool_result'; id: string; source: string; name: string; content: string; is_error: boolean }
  | AnswerEnd

/** How an answer ends: a person is asked, or the run is over. */
export type AnswerEnd = {
  type: 'end'
  /** The number of its last frame: what comes after it is another answer. */
  seq: number
  usage: Usage
  /** The text of the last message. */
  last: { source: string; text: string } | null
} & (
  | { how: 'asked'; questions: readonly PendingInput[] }
  | { how: 'complete'; reason: string }
  | { how: 'cancelled'; reason: string }
  | { how: 'error'; error: string; code: string }
)

/** The messages of an answer that are whole, in their order. */
export const messagesIn = (events: readonly AnswerEvent[]) =>
  events.filter((event) => event.type === 'message_end')

/** Whether a run has ended by a limit: as a finish reason `length`. Source: the stop reasons of `machines/conditions`. */
export const isCutShort = (end: AnswerEnd): boolean =>
  end.how === 'complete' &&
  /^(Maximum number of (messages|turns) |Token usage limit reached|Timeout of )/.test(end.reason)
