import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import {
  type ChatMessage,
  contentForModel,
  type HandoffMessage,
  isChat,
  type MessageType,
  ModelMessage,
  type TextMessage
} from '../../machines/messages/index.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { TroupeError } from '../../protocol/errors.ts'
import { type ModelContext, unbounded } from '../contexts/index.ts'
import type { RunnableTeam } from '../contract/agent.ts'
import { type Agent, type Effect, type Turn, wait } from '../contract/agent.ts'
import type { Model } from '../models/model.ts'
import { ChatAgent } from '../team/chat-agent.ts'
import { heardByModel } from './heard.ts'
import { modelEffect } from './model-effect.ts'
import { AgentName } from './name.ts'

/** A team inside of an agent: it is run in the agent's turns, and its state is part of the agent's. */
type InnerTeam = Agent & RunnableTeam

const Config = (nested: Nested) =>
  z.looseObject({
    name: AgentName,
    team: nested<InnerTeam>('team'),
    model_client: nested<Model>('model'),
    description: z.string().nullish(),
    instruction: z.string().nullish(),
    response_prompt: z.string().nullish(),
    model_context: nested<ModelContext>('chat_completion_context').nullish()
  })
type Config = z.infer<ReturnType<typeof Config>>

/** The options of an agent that speaks for a team. */
export interface SocietyOptions {
  /** An identifier: letters, digits and `_`. */
  name: string
  /** The team that talks about what the agent has heard. */
  team: InnerTeam
  /** Makes one answer of what the team has said. */
  model: Model
  description?: string
  /** The instruction to the model before the team's messages. */
  instruction?: string
  /** The instruction to the model after them. */
  responsePrompt?: string
  /** What the agent remembers of what it was asked; all of it unless told. */
  modelContext?: ModelContext
}

function configOf({ model, responsePrompt, modelContext, ...rest }: SocietyOptions): Config {
  const known = ['name', 'team', 'model', 'description', 'instruction', 'responsePrompt', 'modelContext']
  demandOptions('SocietyOfMindAgent', { ...rest, model }, known)
  return { ...rest, model_client: model, response_prompt: responsePrompt, model_context: modelContext }
}

const State = z.looseObject({
  inner_team_state: z.unknown(),
  /** Ours: AutoGen loses what was asked before. */
  llm_context: z.looseObject({ messages: z.array(ModelMessage) }).optional()
})

const defaults = {
  description: 'An inner team talks it over and gives one answer.',
  instruction: 'Your team was given a request and discussed it. This is what was said:',
  response_prompt: 'Now answer the request itself, so that nobody needs to know of the discussion.'
}

/** Speaks for an inner team: the team talks about what was heard, then a model makes one answer of it. */
export class SocietyOfMindAgent extends ChatAgent {
  readonly name: string
  readonly description: string
  readonly opening = 'lead'
  readonly handsOff = false
  readonly messageTypes: readonly MessageType[]
  readonly #config: Config
  readonly #context: ModelContext

  /** `given`: options, or a config whose parts are loaded. Throws `unknown_option`, and where the name is no identifier. */
  constructor(given: SocietyOptions | Config) {
    super()
    const config = 'model_client' in given ? (given as Config) : configOf(given as SocietyOptions)
    AgentName.parse(config.name)
    this.name = config.name
    this.description = config.description ?? defaults.description
    this.messageTypes = config.team.messageTypes ?? []
    this.#config = config
    this.#context = config.model_context ?? unbounded()
    remember(societyOfMindAgent, config, this)
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const { team } = this.#config
    const task = [...this.#before(turn), ...heard]
    const said = yield* wait({ step: 'lead', whole: false, perform: (call) => call.runTeam(team, task) })
    const reply = said.length === 0 ? this.#nothing(turn) : yield* this.#answer(said.filter(isChat), turn)
    this.#context.append(heard.flatMap(heardByModel))
    team.reset()
    return reply
  }

  /** What was asked in earlier turns, for an inner team that starts afresh each time. */
  #before(turn: Turn): ChatMessage[] {
    const context = [...this.#context.toSend()]
    if (context.length === 0) return []
    const content = 'What was said before'
    return [
      turn.reply<HandoffMessage>({ type: 'HandoffMessage', source: this.name, target: '', content, context })
    ]
  }

  #nothing(turn: Turn): ChatMessage {
    return turn.reply<TextMessage>({ type: 'TextMessage', source: this.name, content: 'No response.' })
  }

  *#answer(said: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const { model_client: model, instruction, response_prompt } = this.#config
    const guide = (content: string): ModelMessage => ({ type: 'UserMessage', content, source: 'user' })
    const messages: ModelMessage[] = [
      guide(instruction ?? defaults.instruction),
      ...said.map(
        (m): ModelMessage => ({ type: 'UserMessage', content: contentForModel(m), source: m.source })
      ),
      guide(response_prompt ?? defaults.response_prompt)
    ]
    const asking = { step: 'askModel', model, systemMessage: null, messages, streams: false } as const
    const { content, usage } = yield* wait(modelEffect({ ...asking, id: turn.id(), turn }))
    if (typeof content !== 'string')
      throw new Error(`The model of "${this.name}" asked for tools, and it has none.`)
    return turn.reply<TextMessage>({ type: 'TextMessage', source: this.name, content, models_usage: usage })
  }

  check(): void {
    ;(this.#config.team as RunnableTeam).check()
  }
  reset(): void {
    this.#config.team.reset()
    this.#context.clear()
  }
  override async close(): Promise<void> {
    await this.#config.team.close()
  }
  saveState(): Record<string, unknown> {
    const llm_context = this.#context.saveState()
    const inner_team_state = this.#config.team.saveState()
    const type = 'SocietyOfMindAgentState'
    return {
      type,
      version: '1.0.0',
      inner_team_state,
      ...(llm_context.messages.length > 0 && { llm_context })
    }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success) throw new TroupeError('bad_state', `The state of "${this.name}" is not a society's.`)
    const { inner_team_state, llm_context } = parsed.data
    this.#config.team.loadState(inner_team_state)
    this.#context.loadState(llm_context ?? { messages: [] })
  }
}

export const societyOfMindAgent: ComponentType<SocietyOfMindAgent, Config> = {
  provider: 'autogen_agentchat.agents.SocietyOfMindAgent',
  kind: 'agent',
  version: 1,
  description: defaults.description,
  config: Config,
  create: (config) => new SocietyOfMindAgent(config)
}
