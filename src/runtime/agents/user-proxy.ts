import { z } from 'zod'
import { type ComponentType, remember } from '../../machines/component/component.ts'
import type {
  ChatMessage,
  HandoffMessage,
  TextMessage,
  UserInputRequestedEvent
} from '../../machines/messages/index.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { type Effect, type Turn, wait } from '../contract/agent.ts'
import { ChatAgent } from '../team/chat-agent.ts'
import { AgentName } from './name.ts'

const Config = z.looseObject({
  name: AgentName,
  description: z.string().default('A human user'),
  input_func: z.string().nullish()
})
type Config = z.infer<typeof Config>

/** What an agent that stands for a person may be told. */
export interface UserProxyOptions {
  description?: string
}

/** Stands for a person: it asks, waits, and says what the person answered. */
export class UserProxyAgent extends ChatAgent {
  readonly name: string
  readonly description: string
  readonly opening = 'askPerson'

  /** Throws `unknown_option`, and where the name is no identifier. */
  constructor(options: { name: string } & UserProxyOptions)
  constructor(name: string, options?: UserProxyOptions)
  constructor(first: string | ({ name: string } & UserProxyOptions), second: UserProxyOptions = {}) {
    super()
    const { name, ...options } = typeof first === 'string' ? { name: first, ...second } : first
    demandOptions('UserProxyAgent', options, ['description'])
    this.name = AgentName.parse(name)
    this.description = options.description ?? 'A human user'
    remember(userProxyAgent, { name: this.name, description: this.description }, this)
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const handoff = heard.at(-1)?.type === 'HandoffMessage' ? (heard.at(-1) as HandoffMessage) : undefined
    if (handoff && handoff.target !== this.name) {
      throw new Error(
        `Handoff message target does not match agent name: ${JSON.stringify(handoff.target)} is not "${this.name}".`
      )
    }
    const prompt = handoff
      ? `Handoff received from ${handoff.source}. Enter your response: `
      : 'Enter your response: '
    const requestId = turn.id()
    turn.show<UserInputRequestedEvent>(
      { type: 'UserInputRequestedEvent', source: this.name, request_id: requestId, content: '' },
      'aside'
    )
    const content = yield* wait<string>({
      step: 'askPerson',
      perform: (call) => call.ask({ requestId, prompt })
    })
    if (!handoff) return turn.reply<TextMessage>({ type: 'TextMessage', source: this.name, content })
    return turn.reply<HandoffMessage>({
      type: 'HandoffMessage',
      source: this.name,
      content,
      target: handoff.source,
      context: []
    })
  }

  reset(): void {}
  saveState(): Record<string, unknown> {
    return { type: 'BaseState', version: '1.0.0' }
  }
  loadState(): void {}
}

export const userProxyAgent: ComponentType<UserProxyAgent, Config> = {
  provider: 'autogen_agentchat.agents.UserProxyAgent',
  kind: 'agent',
  version: 1,
  description: 'Asks a person and says what the person answers.',
  config: () => Config,
  create: ({ name, description }) => new UserProxyAgent(name, { description })
}
