import { z } from 'zod'
import { make } from '../component/component.ts'
import { isChat } from '../messages/index.ts'
import { demandOptions } from '../shared/option-names.ts'
import { defineCondition, type TerminationCondition } from './condition.ts'

/** Stops once so many messages have been seen; events count only where that is asked for. */
export const maxMessageTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.MaxMessageTermination',
  description: 'Stops after a number of messages.',
  config: () => z.looseObject({ max_messages: z.int(), include_agent_event: z.boolean().default(false) }),
  rule: ({ max_messages, include_agent_event }) => ({
    begin: (): number => 0,
    met: (seen) => seen >= max_messages,
    look(seen, messages) {
      const state = seen + (include_agent_event ? messages.length : messages.filter(isChat).length)
      if (state < max_messages) return { state }
      return {
        state,
        stop: `Maximum number of messages ${max_messages} reached, current message count: ${state}`
      }
    }
  })
})

/** Stops once `max` messages have been seen, the task included. */
export const maxMessages = (
  max: number,
  options: { includeAgentEvent?: boolean } = {}
): TerminationCondition => {
  demandOptions('maxMessages', options, ['includeAgentEvent'])
  const { includeAgentEvent: include_agent_event = false } = options
  return make(maxMessageTermination, { max_messages: max, include_agent_event })
}
