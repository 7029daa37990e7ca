import { z } from 'zod'
import type { ModelMessage } from '../../machines/messages/index.ts'
import { type ContextOptions, defineContext, initial, makeContext } from './context.ts'
import { withoutLeadingResult } from './leading-result.ts'

const size = (name: string) => z.int().positive(`${name} must be greater than 0.`)

/** Sends the first and the last messages; between them a user message says how many were left out. */
export const headAndTailContext = defineContext({
  provider: 'autogen_core.model_context.HeadAndTailChatCompletionContext',
  description: 'Gives the model the first and the last messages.',
  config: () => z.looseObject({ ...initial, head_size: size('head_size'), tail_size: size('tail_size') }),
  trim:
    ({ head_size, tail_size }) =>
    (messages) => {
      const skipped = messages.length - head_size - tail_size
      if (skipped <= 0) return messages
      const head = messages.slice(0, head_size)
      // A call whose result is left out would be refused by model services.
      const whole = callsTools(head.at(-1)) ? head.slice(0, -1) : head
      return [...whole, gap(skipped), ...withoutLeadingResult(messages.slice(-tail_size))]
    }
})

const callsTools = (message: ModelMessage | undefined) =>
  message?.type === 'AssistantMessage' && Array.isArray(message.content)

// The source is AutoGen's; the number is that of its sizes, a call or result that is dropped besides not counted.
const gap = (skipped: number): ModelMessage => ({
  type: 'UserMessage',
  source: 'System',
  content: `[${skipped} ${skipped === 1 ? 'message' : 'messages'} left out here]`
})

/** A context that sends the first `head` and the last `tail` messages. */
export const headAndTail = (head: number, tail: number, options?: ContextOptions) =>
  makeContext(headAndTailContext, { head_size: head, tail_size: tail }, options)
