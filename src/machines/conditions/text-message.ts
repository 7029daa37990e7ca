import { z } from 'zod'
import { make } from '../component/component.ts'
import { demandOptions } from '../shared/option-names.ts'
import { defineCondition, stopAt, type TerminationCondition } from './condition.ts'

/** Stops at a `TextMessage`, of any source or of one; other chat messages do not count, whatever their text. */
export const textMessageTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.TextMessageTermination',
  description: 'Stops at a text message.',
  config: () => z.looseObject({ source: z.string().nullish() }),
  rule: ({ source: wanted }) =>
    stopAt(
      ({ type, source }) =>
        type === 'TextMessage' && source === (wanted ?? source) && `Text message received from '${source}'`
    )
})

/** Stops at a text message, of `source` if that is given. The task is one too. */
export const textMessage = (options: { source?: string } = {}): TerminationCondition => {
  demandOptions('textMessage', options, ['source'])
  return make(textMessageTermination, { ...options })
}
