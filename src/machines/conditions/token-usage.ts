import { z } from 'zod'
import { make } from '../component/component.ts'
import { demandOptions } from '../shared/option-names.ts'
import { defineCondition, type TerminationCondition } from './condition.ts'

interface Spent {
  prompt: number
  completion: number
}

const limit = z.int().nullish()

/** Stops once the models have used so many tokens, as the messages and events say. Any of the limits is enough. */
export const tokenUsageTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.TokenUsageTermination',
  description: 'Stops when so many tokens are used.',
  config: () =>
    z
      .looseObject({ max_total_token: limit, max_prompt_token: limit, max_completion_token: limit })
      .refine(
        ({ max_total_token: total, max_prompt_token: prompt, max_completion_token: completion }) =>
          (total ?? prompt ?? completion ?? null) !== null,
        'At least one of max_total_token, max_prompt_token, or max_completion_token must be provided'
      ),
  rule({ max_total_token, max_prompt_token, max_completion_token }) {
    const met = ({ prompt, completion }: Spent) =>
      prompt + completion >= (max_total_token ?? Infinity) ||
      prompt >= (max_prompt_token ?? Infinity) ||
      completion >= (max_completion_token ?? Infinity)
    return {
      begin: (): Spent => ({ prompt: 0, completion: 0 }),
      met,
      look({ prompt, completion }, messages) {
        for (const { models_usage: usage } of messages) {
          prompt += usage?.prompt_tokens ?? 0
          completion += usage?.completion_tokens ?? 0
        }
        const state = { prompt, completion }
        return met(state) ? { state, stop: reason(state) } : { state }
      }
    }
  }
})

const reason = ({ prompt, completion }: Spent) =>
  `Token usage limit reached, total token count: ${prompt + completion}, prompt token count: ${prompt}, completion token count: ${completion}.`

/** Stops once any of the limits is reached. */
export const tokenUsage = (limits: {
  maxTotal?: number
  maxPrompt?: number
  maxCompletion?: number
}): TerminationCondition => {
  demandOptions('tokenUsage', limits, ['maxTotal', 'maxPrompt', 'maxCompletion'])
  const { maxTotal = null, maxPrompt = null, maxCompletion = null } = limits
  if (maxTotal === null && maxPrompt === null && maxCompletion === null)
    throw new Error('At least one of maxTotal, maxPrompt or maxCompletion must be given.')
  return make(tokenUsageTermination, {
    max_total_token: maxTotal,
    max_prompt_token: maxPrompt,
    max_completion_token: maxCompletion
  })
}
