import { andTermination } from './and.ts'
import { maxMessageTermination } from './max-message.ts'
import { orTermination } from './or.ts'
import { textMentionTermination } from './text-mention.ts'

export { type Rule, TerminationCondition, type Verdict } from './condition.ts'
export { maxMessages } from './max-message.ts'
export { textMention } from './text-mention.ts'

/** Every termination condition. Adding one is a file beside this and a line here. */
export const conditions = [
  andTermination,
  orTermination,
  maxMessageTermination,
  textMentionTermination
] as const
