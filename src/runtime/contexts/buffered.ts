import { z } from 'zod'
import { type ContextOptions, defineContext, initial, makeContext } from './context.ts'
import { withoutLeadingResult } from './leading-result.ts'

/** Sends the last messages. */
export const bufferedContext = defineContext({
  provider: 'autogen_core.model_context.BufferedChatCompletionContext',
  description: 'Gives the model the last messages.',
  config: () =>
    z.looseObject({ ...initial, buffer_size: z.int().positive('buffer_size must be greater than 0.') }),
  trim:
    ({ buffer_size }) =>
    (messages) =>
      withoutLeadingResult(messages.slice(-buffer_size))
})

/** A context that sends the last `size` messages. */
export const buffered = (size: number, options?: ContextOptions) =>
  makeContext(bufferedContext, { buffer_size: size }, options)
