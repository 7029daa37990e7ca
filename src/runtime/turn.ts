import { fromCallback } from 'xstate'
import type { AgentEvent, ChatMessage, TeamMessage } from '../machines/message.ts'
import { failureOf } from '../machines/outcome.ts'
import type { ParticipantEvent } from '../machines/participant.ts'
import type { Draft, Effect, EffectCall, Question, Turn } from './agents/agent.ts'
import { complete } from './complete.ts'
import { paced } from './pace.ts'
import { type Seat, type Stage, stageOf } from './stage.ts'

type TurnEvent = { type: 'proceed' } | { type: 'cancel' } | Extract<ParticipantEvent, { type: 'answer' }>
type Told = Extract<ParticipantEvent, { type: 'wants' | 'said' | 'broke' | 'answer' }>
type Line = IteratorResult<Effect, ChatMessage>

/** The `turn` actor of a participant: lets its agent respond, one effect at a time, as the chart allows. */
export const turn = fromCallback<TurnEvent, { path: string }>(({ input, sendBack, receive, system }) => {
  const script = new Script(stageOf(system), input.path, sendBack)
  receive((event) => script.receive(event))
  return () => script.leave()
})

class Script implements Turn {
  readonly #stage: Stage
  readonly #path: string
  readonly #seat: Seat
  readonly #tell: (event: Told) => void
  readonly #heard: readonly ChatMessage[]
  readonly #shown: TeamMessage[] = []
  readonly #lines: Generator<Effect, ChatMessage, unknown>
  readonly #aborting = new AbortController()
  #pending: Effect | null = null
  #step = 0
  #busy = false
  #left = false
  #answer: ((content: string) => void) | null = null

  constructor(stage: Stage, path: string, tell: (event: Told) => void) {
    this.#stage = stage
    this.#path = path
    this.#tell = tell
    this.#seat = stage.seat(path)
    this.#heard = this.#seat.unread.slice()
    this.#lines = this.#seat.agent.respond(this.#heard, this)
  }

  receive(event: TurnEvent): void {
    if (event.type === 'answer') this.#answer?.(event.content)
    else if (event.type === 'cancel') this.#cancel()
    else if (!this.#busy) {
      this.#busy = true
      paced(() => this.#proceed())
    }
  }

  /** The chart has left the turn: what is under way is told to end, and nobody is told what comes of it. */
  leave(): void {
    this.#left = true
    if (this.#busy) this.#aborting.abort(new Error('The turn is over.'))
  }

  id = (): string => crypto.randomUUID()

  show<E extends AgentEvent>(event: Draft<E>, how?: 'aside'): E {
    const shown = complete<E>(event, this.#stage.clock)
    if (how !== 'aside') this.#shown.push(shown)
    this.#stage.watcher.message(shown)
    return shown
  }

  reply<M extends ChatMessage>(message: Draft<M>): M {
    return complete<M>(message, this.#stage.clock)
  }

  chunk(content: string, messageId: string): void {
    if (this.#aborting.signal.aborted) return
    this.#stage.watcher.chunk(this.#seat.agent.name, content, messageId)
  }

  #cancel(): void {
    this.#aborting.abort(new Error('The run was cancelled.'))
    if (!this.#busy) this.#tell({ type: 'broke', failure: { message: 'cancelled' } })
  }

  #proceed(): void {
    if (this.#aborting.signal.aborted)
      return this.#settle(() => this.#lines.throw(this.#aborting.signal.reason))
    if (this.#pending) return this.#perform(this.#pending)
    this.#advance(() => this.#lines.next())
  }

  #perform(effect: Effect): void {
    effect.perform(this.#call()).then(
      (answer) => this.#settle(() => this.#lines.next(answer)),
      (error) => this.#settle(() => this.#lines.throw(error))
    )
  }

  #settle(go: () => Line): void {
    if (this.#left) return
    this.#step++
    this.#advance(this.#aborting.signal.aborted ? () => this.#lines.throw(this.#aborting.signal.reason) : go)
  }

  /** Lets the agent go on to what it waits for next, and asks the chart for leave to do it. */
  #advance(go: () => Line): void {
    const opening = this.#pending === null
    let line: Line
    try {
      line = go()
    } catch (error) {
      this.#busy = false
      return this.#tell({ type: 'broke', failure: failureOf(error) })
    }
    if (line.done) return this.#finish(line.value)
    this.#pending = line.value
    // The chart has entered the state of the first step before it let the turn begin.
    if (opening && line.value.step === this.#seat.agent.opening) return this.#perform(line.value)
    this.#busy = false
    this.#tell({ type: 'wants', step: line.value.step })
  }

  #finish(reply: ChatMessage): void {
    this.#busy = false
    this.#seat.unread.splice(0, this.#heard.length)
    this.#seat.turns++
    this.#stage.watcher.message(reply)
    this.#tell({
      type: 'said',
      messages: [...this.#shown, reply],
      heard: [reply],
      at: this.#stage.clock.now()
    })
  }

  #call(): EffectCall {
    return {
      signal: this.#aborting.signal,
      idempotencyKey: `${this.#stage.id}:${this.#path}:${this.#seat.turns}:${this.#step}`,
      env: this.#stage.env,
      onRecord: (record) => this.#stage.watcher.record(record, this.#seat.agent.name),
      ask: (question) => this.#ask(question)
    }
  }

  async #ask(question: Question): Promise<string> {
    const { signal } = this.#aborting
    const answered = Promise.withResolvers<string>()
    const giveUp = () => answered.reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    this.#answer = answered.resolve
    // The answer goes through the chart, which hands it on in the states that wait for one.
    this.#stage.ask(question, this.#seat.agent.name, (content) => this.#tell({ type: 'answer', content }))
    try {
      return await answered.promise
    } finally {
      this.#answer = null
      signal.removeEventListener('abort', giveUp)
      this.#stage.asked(question.requestId)
    }
  }
}
