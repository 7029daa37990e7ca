import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import type { ChatMessage, MessageType } from '../../machines/messages/index.ts'
import type { Step } from '../../machines/participant.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Agent, Turn } from '../contract/agent.ts'
import { ChatAgent } from '../team/chat-agent.ts'
import { AgentName } from './name.ts'

/** What is let through of one source: the first or last few of its messages, or all. Source: `PerSourceFilter`. */
export const SourceFilter = z.looseObject({
  source: z.string(),
  position: z.enum(['first', 'last']).nullish(),
  /** 0 is no limit. */
  count: z.int().nullish()
})
export type SourceFilter = z.infer<typeof SourceFilter>

const Config = (nested: Nested) =>
  z.looseObject({
    name: AgentName,
    wrapped_agent: nested<Agent>('agent'),
    filter: z.looseObject({ per_source: z.array(SourceFilter) })
  })
type Config = z.infer<ReturnType<typeof Config>>

/** The options of a message filter. */
export interface MessageFilterOptions {
  /** An identifier: letters, digits and `_`. */
  name: string
  /** The agent that hears only a part. */
  agent: Agent
  /** What of each source it hears; of a source that is not here, nothing. */
  perSource: readonly SourceFilter[]
}

const State = z.looseObject({ wrapped_agent: z.unknown().optional() })

/** Lets another agent hear only a part of what is said; the answers are that agent's own, under its own name. */
export class MessageFilterAgent extends ChatAgent {
  readonly name: string
  readonly description: string
  readonly opening: Step
  readonly messageTypes: readonly MessageType[]
  readonly handsOff: boolean
  readonly handoffTargets: readonly string[]
  readonly #inner: Agent
  readonly #filters: readonly SourceFilter[]

  /** Throws `unknown_option`, and where the name is no identifier. */
  constructor(options: MessageFilterOptions)
  constructor(name: string, wrappedAgent: Agent, perSource: readonly SourceFilter[])
  constructor(first: string | MessageFilterOptions, second?: Agent, third?: readonly SourceFilter[]) {
    super()
    const options = typeof first === 'string' ? { name: first, agent: second!, perSource: third! } : first
    demandOptions('MessageFilterAgent', options, ['name', 'agent', 'perSource'])
    const { name, agent: wrappedAgent, perSource } = options
    this.name = AgentName.parse(name)
    this.description = `${wrappedAgent.description} (with message filtering)`
    this.opening = wrappedAgent.opening
    this.messageTypes = wrappedAgent.messageTypes ?? []
    this.handsOff = wrappedAgent.handsOff ?? true
    this.handoffTargets = wrappedAgent.handoffTargets ?? []
    this.#inner = wrappedAgent
    this.#filters = perSource
    const config = { name, wrapped_agent: wrappedAgent, filter: { per_source: [...perSource] } }
    remember(messageFilterAgent, config, this)
  }

  respond(heard: readonly ChatMessage[], turn: Turn): ReturnType<Agent['respond']> {
    return this.#inner.respond(
      this.#filters.flatMap((filter) => passing(filter, heard)),
      turn
    )
  }

  check(): void {
    this.#inner.check?.()
  }
  reset(): void {
    this.#inner.reset()
  }
  override async close(): Promise<void> {
    await this.#inner.close?.()
  }
  /** AutoGen keeps nothing here; the inner agent's state is an extra key, which it passes over. */
  saveState(): Record<string, unknown> {
    return { type: 'BaseState', version: '1.0.0', wrapped_agent: this.#inner.saveState() }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success)
      throw new TroupeError('bad_state', `The state of agent "${this.name}" is not that of a message filter.`)
    if (parsed.data.wrapped_agent) this.#inner.loadState(parsed.data.wrapped_agent)
  }
}

function passing({ source, position, count }: SourceFilter, heard: readonly ChatMessage[]): ChatMessage[] {
  const messages = heard.filter((message) => message.source === source)
  if (!position || !count) return messages
  // A negative count leaves that many out, as slices do in Python.
  return position === 'first' ? messages.slice(0, count) : messages.slice(-count)
}

/** The component type of message filters. */
export const messageFilterAgent: ComponentType<MessageFilterAgent, Config> = {
  provider: 'autogen_agentchat.agents.MessageFilterAgent',
  kind: 'agent',
  version: 1,
  description: 'Lets another agent hear only a part of what is said.',
  config: Config,
  create: ({ name, wrapped_agent, filter }) => new MessageFilterAgent(name, wrapped_agent, filter.per_source)
}
