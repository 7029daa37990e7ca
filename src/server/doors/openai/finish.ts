import type { Usage } from '../../../machines/messages/index.ts'
import type { AnswerEnd } from '../common/answer-events.ts'

/** Whether a run has ended by a limit: as a finish reason `length`. Source: the stop reasons of `machines/conditions`. */
export const isCutShort = (end: AnswerEnd): boolean =>
  end.how === 'complete' &&
  /^(Maximum number of (messages|turns) |Token usage limit reached|Timeout of )/.test(end.reason)

/** The `finish_reason` of an answer that is no error. */
export const finishReason = (end: AnswerEnd): 'stop' | 'length' => (isCutShort(end) ? 'length' : 'stop')

/** Usage as chat completions have it. */
export const chatUsage = ({ prompt_tokens, completion_tokens }: Usage) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens
})
