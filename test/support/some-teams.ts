/** A component as JSON. */
export interface Part {
  provider: string
  config: Record<string, unknown>
}

/** A model that gives these answers; `pace` is `delay_ms` and `chunk_delay_ms`. */
export const replayModel = (answers: readonly string[], pace: Record<string, number> = {}): Part => ({
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  config: { chat_completions: answers, ...pace }
})

/** An agent that answers with a model. */
export const assistant = (name: string, model_client: Part, stream = false): Part => ({
  provider: 'autogen_agentchat.agents.AssistantAgent',
  config: { name, model_client, model_client_stream: stream }
})

/** An agent that asks a person. */
export const person = (name = 'person'): Part => ({
  provider: 'autogen_agentchat.agents.UserProxyAgent',
  config: { name }
})

/** A team of a type. */
export const team = (type: string, config: Record<string, unknown>): Part => ({
  provider: `autogen_agentchat.teams.${type}`,
  config
})

/** Ends a team when there are so many messages, the task among them; stands in its config. */
export const until = (max_messages: number) => ({
  termination_condition: {
    provider: 'autogen_agentchat.conditions.MaxMessageTermination',
    config: { max_messages }
  }
})

/** A team whose participants speak in turn until there are so many messages, the task among them. */
export const roundRobin = (participants: readonly Part[], messages: number): Part =>
  team('RoundRobinGroupChat', { participants, ...until(messages) })

/** A team that says `count` things, `delay` milliseconds apart. */
export const talkers = (count: number, delay = 0): Part => {
  const answers = Array.from({ length: count }, (_, i) => `answer ${i + 1}`)
  return roundRobin([assistant('talker', replayModel(answers, { delay_ms: delay }))], count + 1)
}

/** A team whose person is asked once, after one answer of an agent. */
export const asker = (): Part => roundRobin([assistant('writer', replayModel(['A draft.'])), person()], 3)

/** A team that writes one answer, word by word. */
export const streamer = (words: readonly string[], delay: number): Part =>
  roundRobin([assistant('writer', replayModel([words.join(' ')], { chunk_delay_ms: delay }), true)], 2)
