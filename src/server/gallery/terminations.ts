import type { ComponentModel } from '../../machines/component/component.ts'
import { termination } from './parts.ts'

/** Stops after so many messages. */
export const afterMessages = (max_messages: number): ComponentModel =>
  termination(
    'autogen_agentchat.conditions.MaxMessageTermination',
    { label: `${max_messages} messages`, description: `Stops after ${max_messages} messages.` },
    { max_messages, include_agent_event: false }
  )

/** Stops when a word is said. */
export const whenSaid = (text: string): ComponentModel =>
  termination(
    'autogen_agentchat.conditions.TextMentionTermination',
    { label: `"${text}"`, description: `Stops when "${text}" is said.` },
    { text }
  )

/** Stops when any of these does. */
export const either = (...conditions: ComponentModel[]): ComponentModel =>
  termination(
    'autogen_agentchat.base.OrTerminationCondition',
    {
      label: conditions.map(({ label }) => label).join(' or '),
      description: 'Stops when any of its conditions does.'
    },
    { conditions }
  )

/** The termination conditions of the default gallery. */
export const terminations: readonly ComponentModel[] = [
  whenSaid('DONE'),
  afterMessages(10),
  either(whenSaid('DONE'), afterMessages(10)),
  termination(
    'autogen_agentchat.conditions.TokenUsageTermination',
    { label: '10,000 tokens', description: 'Stops when the models have used 10,000 tokens.' },
    { max_total_token: 10_000 }
  ),
  termination(
    'autogen_agentchat.conditions.TimeoutTermination',
    { label: 'Two minutes', description: 'Stops after two minutes.' },
    { timeout_seconds: 120 }
  ),
  termination(
    'autogen_agentchat.conditions.HandoffTermination',
    { label: 'Handoff to the user', description: 'Stops when somebody hands over to "user".' },
    { target: 'user' }
  ),
  termination(
    'autogen_agentchat.conditions.SourceMatchTermination',
    { label: 'The editor has spoken', description: 'Stops when the agent "editor" has spoken.' },
    { sources: ['editor'] }
  )
]
