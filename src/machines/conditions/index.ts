import { andTermination, orTermination } from './condition.ts'
import { externalTermination } from './external.ts'
import { functionCallTermination } from './function-call.ts'
import { handoffTermination } from './handoff.ts'
import { maxMessageTermination } from './max-message.ts'
import { sourceMatchTermination } from './source-match.ts'
import { stopMessageTermination } from './stop-message.ts'
import { textMentionTermination } from './text-mention.ts'
import { textMessageTermination } from './text-message.ts'
import { timeoutTermination } from './timeout.ts'
import { tokenUsageTermination } from './token-usage.ts'

export {
  type ConditionDefinition,
  defineCondition,
  type Rule,
  TerminationCondition,
  type Verdict
} from './condition.ts'
export { ExternalTermination, external, externalStop } from './external.ts'
export { functionCall } from './function-call.ts'
export { functional } from './functional.ts'
export { handoffTo } from './handoff.ts'
export { maxMessages } from './max-message.ts'
export { sourceMatch } from './source-match.ts'
export { stopMessage } from './stop-message.ts'
export { textMention } from './text-mention.ts'
export { textMessage } from './text-message.ts'
export { timeout } from './timeout.ts'
export { tokenUsage } from './token-usage.ts'

/** Every termination condition that has a component form. Adding one is a file beside this and a line here. */
export const conditions = [
  andTermination,
  orTermination,
  externalTermination,
  functionCallTermination,
  handoffTermination,
  maxMessageTermination,
  sourceMatchTermination,
  stopMessageTermination,
  textMentionTermination,
  textMessageTermination,
  timeoutTermination,
  tokenUsageTermination
] as const
