import type { ChatMessage } from '../../machines/messages/index.ts'
import type { EffectCall } from '../contract/agent.ts'
import type { WorkAnswer, WorkEvent, WorkFunction } from './function-agent.ts'

/** One thing that a function came up with: an event, or the answer and the state it leaves. */
export type Line<State> = { event: WorkEvent } | { answer: WorkAnswer; state: State }

/** A function at work in one turn, one line after the other. */
export class Work<State> {
  readonly #start: (call: EffectCall) => AsyncGenerator<WorkEvent, WorkAnswer, void>
  readonly #state: State
  #lines: AsyncGenerator<WorkEvent, WorkAnswer, void> | null = null
  #count = 0

  constructor(
    work: WorkFunction<State>,
    heard: readonly ChatMessage[],
    state: State,
    chunk: (text: string) => void
  ) {
    this.#state = structuredClone(state)
    this.#start = ({ signal, env, idempotencyKey }) =>
      begin(() =>
        work(heard, { state: this.#state, signal, env, chunk, idempotencyKey: ofTurn(idempotencyKey) })
      )
  }

  /** The line with this number. After a crash the function begins anew, and what it has said already is passed over. */
  async line(number: number, call: EffectCall): Promise<Line<State>> {
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

// It is journaled, and whoever holds on to its state is not to change it afterwards.
const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))
