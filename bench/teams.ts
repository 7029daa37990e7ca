/** The teams that the cases run, as AutoGen's JSON: replay models, so that no model's time is measured. */

/** A component as JSON. */
export interface Component {
  provider: string
  component_type: string
  version: number
  component_version: number
  label: string
  config: Record<string, unknown>
}

/** A component of this kind. */
export const component = (
  type: string,
  provider: string,
  config: Record<string, unknown>,
  version = 1
): Component => ({
  provider,
  component_type: type,
  version,
  component_version: version,
  label: provider.slice(provider.lastIndexOf('.') + 1),
  config
})

interface Replay {
  chat_completions: string[]
  /** Ours, not Studio's: time before each chunk. */
  chunk_delay_ms?: number
  /** Ours too: time that each call takes. */
  delay_ms?: number
}

function agent(name: string, replay: Replay, more: Record<string, unknown> = {}): Component {
  const model_client = component('model', 'autogen_ext.models.replay.ReplayChatCompletionClient', {
    ...replay
  })
  const texts = { description: `Agent ${name}`, system_message: `You are ${name}.` }
  const flags = {
    model_client_stream: false,
    reflect_on_tool_use: false,
    tool_call_summary_format: '{result}'
  }
  const config = { name, model_client, ...texts, ...flags, ...more }
  return component('agent', 'autogen_agentchat.agents.AssistantAgent', config, 2)
}

function roundRobin(participants: Component[], maxMessages: number): Component {
  const limit = { max_messages: maxMessages, include_agent_event: false }
  const termination_condition = component(
    'termination',
    'autogen_agentchat.conditions.MaxMessageTermination',
    limit
  )
  const config = { participants, termination_condition, emit_team_events: false }
  return component('team', 'autogen_agentchat.teams.RoundRobinGroupChat', config)
}

const answers = (name: string, count: number): string[] =>
  Array.from(
    { length: count },
    (_, index) => `Answer ${index + 1} of ${name}: a line of ordinary length, no more.`
  )

/** Two agents that take turns until `messages` answers are given (the task is one message more), each after `delay` ms. */
export function talk(messages: number, delay = 0): Component {
  const each = Math.ceil(messages / 2)
  const replay = (name: string) => ({
    chat_completions: answers(name, each),
    ...(delay > 0 && { delay_ms: delay })
  })
  const participants = ['a', 'b'].map((name) => agent(name, replay(name)))
  return roundRobin(participants, messages + 1)
}

/** An agent and a person, each of whom speaks `times` times. */
export function asking(times: number): Component {
  const person = component('agent', 'autogen_agentchat.agents.UserProxyAgent', {
    name: 'person',
    description: 'A person'
  })
  return roundRobin([agent('a', { chat_completions: answers('a', times) }), person], 2 * times + 1)
}

/** Two agents that take turns, each seeing only the last two messages: the cost of a long run is then in its log alone. */
export function longTalk(messages: number): Component {
  const provider = 'autogen_core.model_context.BufferedChatCompletionContext'
  const model_context = component('chat_completion_context', provider, { buffer_size: 2 })
  const each = Math.ceil(messages / 2)
  const replay = (name: string) => ({ chat_completions: answers(name, each) })
  const participants = ['a', 'b'].map((name) => agent(name, replay(name), { model_context }))
  return roundRobin(participants, messages + 1)
}

/** One agent that streams one answer of `chunks` words, with `delay` milliseconds before each (0: none). */
export function stream(chunks: number, delay = 0): Component {
  const text = Array.from({ length: chunks }, (_, index) => `word${index % 1000}`).join(' ')
  const replay = { chat_completions: [text], ...(delay > 0 && { chunk_delay_ms: delay }) }
  return roundRobin([agent('a', replay, { model_client_stream: true })], 2)
}
