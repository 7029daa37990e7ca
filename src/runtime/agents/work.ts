import type { AgentEvent, ChatMessage, Draft } from '../../machines/messages/index.ts'
import type { EffectCall } from '../contract/agent.ts'

type Sourceless<M> = M extends unknown ? Omit<M, 'source'> & { source?: string } : never

/** An event as a function yields it. */
export type WorkEvent = Sourceless<Draft<AgentEvent>>
/** What a function answers: a text, or a whole message. */
export type WorkAnswer = string | Sourceless<Draft<ChatMessage>>

/** What a function may use in a turn. */
export interface WorkTurn<State, Context = unknown> {
  /** What the program gives its tools and agents. */
  context: Context
  /** JSON, the agent's own to change; what is in it when the turn ends well is there in the next turn. */
  state: State
  /** Aborted when the run is cancelled. */
  signal: AbortSignal
  /** The same when the turn is done again after a crash. */
  idempotencyKey: string
  env: Readonly<Record<string, string | undefined>>
  /** Shows a piece of the answer that is still being written. */
  chunk(text: string): void
}

/** What an agent of one's own does in a turn: a function, or a generator that yields events on its way. */
export type WorkFunction<State, Context = unknown> = (
  messages: readonly ChatMessage[],
  turn: WorkTurn<State, Context>
) => WorkAnswer | Promise<WorkAnswer> | AsyncGenerator<WorkEvent, WorkAnswer, void>

/** One thing that a function came up with: an event, or the answer and the state it leaves. */
export type WorkLine<State> = { event: WorkEvent } | { answer: WorkAnswer; state: State }

/** A function at work in one turn, one line after the other. */
export class Work<State, Context = unknown> {
  readonly #start: (call: EffectCall) => AsyncGenerator<WorkEvent, WorkAnswer, void>
  readonly #state: State
  #lines: AsyncGenerator<WorkEvent, WorkAnswer, void> | null = null
  #count = 0

  constructor(
    work: WorkFunction<State, Context>,
    heard: readonly ChatMessage[],
    state: State,
    chunk: (text: string) => void
  ) {
    this.#state = structuredClone(state)
    this.#start = ({ signal, env, idempotencyKey: key, ...call }) => {
      const idempotencyKey = ofTurn(key)
      const context = call.context as Context
      return begin(() => work(heard, { state: this.#state, signal, env, context, chunk, idempotencyKey }))
    }
  }

  /** The line with this number. After a crash the function begins anew, and what it has said already is passed over. */
  async line(number: number, call: EffectCall): Promise<WorkLine<State>> {
    if (!this.#lines) {
      this.#lines = this.#start(call)
      const end = () => void this.#lines?.return(undefined as never).catch(() => {})
      call.signal.addEventListener('abort', end, { once: true })
    }
    for (; this.#count < number; this.#count++) await this.#lines.next()
    const { done, value } = await this.#lines.next()
    this.#count++
    return json(done ? { answer: value, state: this.#state } : { event: value })
  }
}

async function* begin(
  work: () => ReturnType<WorkFunction<never>>
): AsyncGenerator<WorkEvent, WorkAnswer, void> {
  const result = work()
  return typeof result === 'object' && Symbol.asyncIterator in result ? yield* result : await result
}

// A key ends in the number of the effect, and the whole function is one thing that is done again.
const ofTurn = (key: string) => key.slice(0, key.lastIndexOf(':'))

// It is journaled, and a function that holds on to its state must not change it afterwards.
const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))
