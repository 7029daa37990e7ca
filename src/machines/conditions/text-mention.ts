import { z } from 'zod'
import { make } from '../component/component.ts'
import { textOf } from '../messages/index.ts'
import { demandOptions } from '../shared/option-names.ts'
import { defineCondition, stopAt, type TerminationCondition } from './condition.ts'

/** Stops when a message holds a text; `sources` restricts whose. Case matters; parts of words count. */
export const textMentionTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.TextMentionTermination',
  description: 'Stops when a text is mentioned.',
  config: () => z.looseObject({ text: z.string(), sources: z.array(z.string()).nullish() }),
  rule: ({ text, sources }) =>
    stopAt(
      (message) =>
        (sources?.includes(message.source) ?? true) &&
        textOf(message).includes(text) &&
        `Text '${text}' mentioned`
    )
})

/** Stops when a message holds `text`. */
export const textMention = (text: string, options: { sources?: string[] } = {}): TerminationCondition => {
  demandOptions('textMention', options, ['sources'])
  return make(textMentionTermination, { text, ...options })
}
