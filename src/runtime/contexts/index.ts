import { bufferedContext } from './buffered.ts'
import { headAndTailContext } from './head-and-tail.ts'
import { tokenLimitedContext } from './token-limited.ts'
import { unboundedContext } from './unbounded.ts'

export { buffered } from './buffered.ts'
export type { ModelContext, Trim } from './context.ts'
export { headAndTail } from './head-and-tail.ts'
export { tokenLimited } from './token-limited.ts'
export { unbounded } from './unbounded.ts'

/** Every model context. Adding one is a file beside this and a line here. */
export const contexts = [bufferedContext, headAndTailContext, tokenLimitedContext, unboundedContext] as const
