import type { Usage } from '../../../machines/messages/index.ts'
import { type AnswerEnd, isCutShort } from '../common/answer-events.ts'

/** The `finish_reason` of an answer that is no error. */
export const finishReason = (end: AnswerEnd): 'stop' | 'length' => (isCutShort(end) ? 'length' : 'stop')

/** Usage as chat completions have it. */
export const chatUsage = ({ prompt_tokens, completion_tokens }: Usage) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens
})
