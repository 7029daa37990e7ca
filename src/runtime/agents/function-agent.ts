import { z } from 'zod'
import { type ComponentType, remember } from '../../machines/component/component.ts'
import type { AgentEvent, ChatMessage, Draft, MessageType } from '../../machines/messages/index.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { TroupeError } from '../../protocol/errors.ts'
import { type Effect, type Turn, wait } from '../contract/agent.ts'
import { ChatAgent } from '../team/chat-agent.ts'
import { AgentName } from './name.ts'
import { Work, type WorkAnswer, type WorkFunction, type WorkLine } from './work.ts'

export type { WorkAnswer, WorkEvent, WorkFunction, WorkTurn } from './work.ts'

/** What makes a function an agent. */
export interface FunctionAgentOptions<State> {
  description?: string
  /** What the state is at first and after a reset. */
  initialState?: State
  /** Types of its messages that are not built in. */
  messageTypes?: readonly MessageType[]
}

/** A function, and all else that makes it an agent. */
export interface NamedWork<State, Context = unknown> extends FunctionAgentOptions<State> {
  /** An identifier: letters, digits and `_`. */
  name: string
  /** Answers the messages since the last turn. */
  work: WorkFunction<State, Context>
}

const Saved = z.looseObject({ state: z.unknown() })

/** An agent of one's own: one function, and a state in JSON. It holds code and cannot be written as a component. */
export class FunctionAgent<State = Record<string, unknown>, Context = unknown> extends ChatAgent<
  string,
  Context
> {
  readonly name: string
  readonly description: string
  readonly opening = 'work'
  readonly messageTypes: readonly MessageType[]
  readonly work: WorkFunction<State, Context>
  readonly #initial: State
  #state: State

  /** Throws `unknown_option`, and where the name is no identifier. */
  constructor(options: NamedWork<State, Context>)
  constructor(name: string, work: WorkFunction<State, Context>, options?: FunctionAgentOptions<State>)
  constructor(
    first: string | NamedWork<State, Context>,
    second?: WorkFunction<State, Context>,
    third: FunctionAgentOptions<State> = {}
  ) {
    super()
    const { name, work, ...options } =
      typeof first === 'string' ? { name: first, work: second!, ...third } : first
    demandOptions('FunctionAgent', options, ['description', 'initialState', 'messageTypes'])
    this.name = AgentName.parse(name)
    this.description = options.description ?? 'An agent of its own kind.'
    this.messageTypes = options.messageTypes ?? []
    this.work = work
    this.#initial = options.initialState ?? ({} as State)
    this.#state = this.#initial
    remember(functionAgent, { ...options, name, work } as never, this as unknown as FunctionAgent)
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const id = turn.id()
    const work = new Work<State, Context>(this.work, heard, this.#state, (text) => turn.chunk(text, id))
    // Each event is an effect of its own: it is seen at once, and a pause holds the work before the next.
    for (let count = 0; ; count++) {
      const line: WorkLine<State> = yield* wait({ step: 'work', perform: (call) => work.line(count, call) })
      if ('event' in line) turn.show({ source: this.name, ...line.event } as Draft<AgentEvent>)
      else {
        this.#state = line.state
        return turn.reply(this.#message(line.answer, id))
      }
    }
  }

  #message(answer: WorkAnswer, id: string): Draft<ChatMessage> {
    const said = typeof answer === 'string' ? { type: 'TextMessage', content: answer } : answer
    return { id, source: this.name, ...said } as Draft<ChatMessage>
  }

  reset(): void {
    this.#state = this.#initial
  }
  saveState(): Record<string, unknown> {
    return { type: 'FunctionAgentState', version: '1.0.0', state: structuredClone(this.#state) }
  }
  loadState(state: unknown): void {
    const parsed = Saved.safeParse(state)
    if (!parsed.success)
      throw new TroupeError('bad_state', `The state of agent "${this.name}" is not that of a function.`)
    this.#state = parsed.data.state as State
  }
}

/** No config can name it: it is how an agent is made again in a program. */
const functionAgent: ComponentType<FunctionAgent, NamedWork<Record<string, unknown>>> = {
  provider: 'FunctionAgent',
  kind: 'agent',
  version: 1,
  description: 'An agent whose turns are a function.',
  config: () => z.never(),
  create: (config) => new FunctionAgent(config)
}
