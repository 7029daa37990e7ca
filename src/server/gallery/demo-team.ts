import type { ComponentModel } from '../../machines/component/component.ts'

const replay = (answers: readonly string[]): ComponentModel => ({
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  component_type: 'model',
  version: 1,
  component_version: 1,
  label: 'Replay',
  description: 'Gives prepared answers, word by word, without a key.',
  config: { chat_completions: answers, delay_ms: 400, chunk_delay_ms: 40 }
})

const assistant = (name: string, description: string, answers: readonly string[]): ComponentModel => ({
  provider: 'autogen_agentchat.agents.AssistantAgent',
  component_type: 'agent',
  version: 2,
  component_version: 2,
  label: name,
  description,
  config: {
    name,
    description,
    model_client: replay(answers),
    system_message: `You are the ${name} of a small writers' room.`,
    model_client_stream: true
  }
})

/** A team that anybody can run at once: it needs no key and answers slowly enough to be watched. */
export const demoTeam: ComponentModel = {
  provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
  component_type: 'team',
  version: 1,
  component_version: 1,
  label: "Writers' room",
  description: 'A writer and an editor polish a short text; prepared answers, no key needed.',
  example_tasks: ['Write two sentences about a lighthouse keeper who counts ships at night.'],
  config: {
    name: 'writers_room',
    description: 'A writer and an editor polish a short text.',
    participants: [
      assistant('writer', 'Writes the text.', [
        'A lighthouse keeper counts the ships that pass at night. Tonight there is one too many.',
        'Each night the keeper counts twelve lamps at sea. Tonight a thirteenth answers his own light, blink for blink.'
      ]),
      assistant('editor', 'Reads it and says what is missing.', [
        'Good start. Say how many ships there usually are, and let the last one do something odd.',
        'Now I want to know who is out there. Print it. DONE'
      ])
    ],
    termination_condition: {
      provider: 'autogen_agentchat.base.OrTerminationCondition',
      component_type: 'termination',
      version: 1,
      component_version: 1,
      label: 'Done, or ten messages',
      description: 'Stops when the editor is content, or after ten messages.',
      config: {
        conditions: [
          {
            provider: 'autogen_agentchat.conditions.TextMentionTermination',
            component_type: 'termination',
            version: 1,
            component_version: 1,
            label: 'DONE',
            description: 'Stops when DONE is said.',
            config: { text: 'DONE' }
          },
          {
            provider: 'autogen_agentchat.conditions.MaxMessageTermination',
            component_type: 'termination',
            version: 1,
            component_version: 1,
            label: 'Ten messages',
            description: 'Stops after ten messages.',
            config: { max_messages: 10, include_agent_event: false }
          }
        ]
      }
    },
    max_turns: null,
    emit_team_events: false
  }
}
