import { z } from 'zod'
import type { ModelMessage } from '../../machines/messages/index.ts'
import type { Model } from '../models/model.ts'
import { type ContextOptions, defineContext, initial, makeContext } from './context.ts'
import { type TokenCount, tokenCountOf, toolTokens, windowOf } from './count-tokens.ts'
import { withoutLeadingResult } from './leading-result.ts'

const Tool = z.looseObject({
  name: z.string(),
  description: z.string().default(''),
  parameters: z.record(z.string(), z.unknown()).default(() => ({})),
  strict: z.boolean().optional()
})

/** Sends what fits into a number of tokens, or into what the model can be given; the middle is taken out first. */
export const tokenLimitedContext = defineContext({
  provider: 'autogen_core.model_context.TokenLimitedChatCompletionContext',
  description: 'Gives the model as many messages as fit.',
  config: (nested) =>
    z.looseObject({
      ...initial,
      model_client: nested<Model>('model'),
      token_limit: z.int().positive('token_limit must be greater than 0.').nullish(),
      tool_schema: z.array(Tool).nullish()
    }),
  trim({ model_client, token_limit, tool_schema }) {
    const limit = (token_limit ?? windowOf(model_client)) - toolTokens(model_client, tool_schema ?? [])
    const count = tokenCountOf(model_client)
    return (messages) => withoutLeadingResult(shorten(messages, limit, count))
  }
})

/** Takes the middle message out, again and again, until the rest costs no more than the limit. */
function shorten(
  messages: readonly ModelMessage[],
  limit: number,
  count: TokenCount
): readonly ModelMessage[] {
  if (limit === Number.POSITIVE_INFINITY) return messages
  const costs = messages.map(count)
  let total = costs.reduce((sum, cost) => sum + cost, 0)
  // What is left is all before `head` and all from `tail` on; the middle of it is at the edge of the gap.
  let head = Math.floor(messages.length / 2)
  let tail = head
  while (total > limit && (head > 0 || tail < messages.length)) {
    const middle = Math.floor((head + messages.length - tail) / 2)
    total -= costs[middle < head ? --head : tail++]!
  }
  return [...messages.slice(0, head), ...messages.slice(tail)]
}

/** A context that sends what fits into `limit` tokens of a model, or into all that it can be given. */
export const tokenLimited = (model: Model, limit?: number, options?: ContextOptions) =>
  makeContext(tokenLimitedContext, { model_client: model, token_limit: limit ?? null }, options)
