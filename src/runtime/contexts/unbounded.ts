import { z } from 'zod'
import { type ContextOptions, defineContext, initial, makeContext } from './context.ts'

/** Sends everything. */
export const unboundedContext = defineContext({
  provider: 'autogen_core.model_context.UnboundedChatCompletionContext',
  description: 'Gives the model all messages.',
  config: () => z.looseObject(initial),
  trim: () => (messages) => messages
})

/** A context that sends everything; agents have one if they are given none. */
export const unbounded = (options?: ContextOptions) => makeContext(unboundedContext, {}, options)
