import { z } from 'zod'
import type { ComponentType, Nested } from '../../machines/component.ts'
import {
  type ChatMessage,
  ModelMessage,
  type TextMessage,
  type ThoughtEvent
} from '../../machines/message.ts'
import { TroupeError } from '../errors.ts'
import type { Model, ModelResult } from '../models/model.ts'
import { type Agent, type Effect, type Turn, wait } from './agent.ts'
import { heardByModel } from './heard.ts'
import { AgentName } from './name.ts'

const Config = (nested: Nested) =>
  z.looseObject({
    name: AgentName,
    model_client: nested<Model>('model'),
    description: z.string().default('An agent that provides assistance with ability to use tools.'),
    system_message: z.string().nullish(),
    model_client_stream: z.boolean().default(false)
  })
type Config = z.infer<ReturnType<typeof Config>>

const State = z.looseObject({ llm_context: z.looseObject({ messages: z.array(ModelMessage) }) })

/** Answers with a model: what it has heard goes into its context, the model's answer comes out. */
export class AssistantAgent implements Agent {
  readonly name: string
  readonly description: string
  readonly opening = 'askModel'
  readonly #config: Config
  #context: ModelMessage[] = []

  constructor(config: Config) {
    this.#config = config
    this.name = config.name
    this.description = config.description
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const news = heard.flatMap(heardByModel)
    const id = turn.id()
    const { content, usage, thought } = yield* wait(this.#ask([...this.#context, ...news], turn, id))
    if (typeof content !== 'string')
      throw new Error(`The model asked for tools, and "${this.name}" has none.`)
    if (thought) {
      turn.show<ThoughtEvent>({ type: 'ThoughtEvent', source: this.name, content: thought })
    }
    this.#context.push(...news, { type: 'AssistantMessage', source: this.name, content, thought })
    return turn.reply<TextMessage>({
      type: 'TextMessage',
      id,
      source: this.name,
      content,
      models_usage: usage
    })
  }

  #ask(messages: readonly ModelMessage[], turn: Turn, id: string): Effect<ModelResult> {
    const { model_client, model_client_stream: stream, system_message } = this.#config
    const system: ModelMessage[] = system_message ? [{ type: 'SystemMessage', content: system_message }] : []
    return {
      step: 'askModel',
      perform: (call) =>
        model_client.create(
          { messages: [...system, ...messages], stream },
          stream ? { ...call, onChunk: (text) => turn.chunk(text, id) } : call
        )
    }
  }

  reset(): void {
    this.#context = []
  }
  saveState(): Record<string, unknown> {
    return { type: 'AssistantAgentState', version: '1.0.0', llm_context: { messages: this.#context } }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success)
      throw new TroupeError('bad_state', `The state of agent "${this.name}" is not an assistant's.`)
    this.#context = [...parsed.data.llm_context.messages]
  }
}

export const assistantAgent: ComponentType<AssistantAgent, Config> = {
  provider: 'autogen_agentchat.agents.AssistantAgent',
  kind: 'agent',
  version: 2,
  description: 'Answers with a model.',
  config: Config,
  create: (config) => new AssistantAgent(config)
}
