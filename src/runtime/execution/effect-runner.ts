import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import { errorOf, type Failure, failureOf } from '../../machines/shared/outcome.ts'
import type { Draft, Effect, EffectCall, Turn } from '../contract/agent.ts'
import type { EffectResult } from '../journal/entries.ts'
import { createMessage } from '../shared/create-message.ts'
import { paced } from '../shared/scheduler.ts'
import { type EffectCommand, type EffectEvent, EffectInputs } from './effect-inputs.ts'
import type { RunContext } from './run-context.ts'

/** Steps that may change something outside: what led to them is stored before they begin. */
const actsOutside: ReadonlySet<string> = new Set(['runTools', 'work'])

interface EffectRunnerOptions<Reply> {
  stage: RunContext
  /** Where the speaker stands in the run. */
  path: string
  /** Who speaks, in events and chunks. */
  name: string
  /** How many scripts of this speaker were played before: part of idempotency keys. */
  number: number
  /** The step for which the chart has entered its state before it lets the script begin; any, where it is null. */
  opening: string | null
  tell(event: EffectEvent): void
  /** The event for what the script came to; here the speaker's state may change. */
  finish(reply: Reply, shown: readonly TeamMessage[]): EffectEvent
}

/** Plays a generator of effects: one at a time, each only when the chart has entered the state for it. */
export class EffectRunner<Reply> implements Turn {
  readonly #options: EffectRunnerOptions<Reply>
  readonly #shown: TeamMessage[] = []
  readonly #aborting = new AbortController()
  #lines: Generator<Effect, Reply, unknown> | null = null
  #pending: Effect | null = null
  #step = 0
  #busy = false
  #left = false
  /** Paused: what has not begun asks the chart for leave again instead. */
  #held = false
  #expecting = false
  readonly id: () => string
  readonly #cues: EffectInputs

  constructor(options: EffectRunnerOptions<Reply>) {
    this.#options = options
    this.id = options.stage.ids(`${options.path}:${options.number}`)
    this.#cues = new EffectInputs(options, this.#aborting.signal)
  }

  /** Takes the generator, which is made with this script at hand. */
  play(lines: Generator<Effect, Reply, unknown>): this {
    this.#lines = lines
    return this
  }

  receive(cue: EffectCommand): void {
    if (cue.type === 'cancel') this.#cancel()
    else if (cue.type === 'pause') this.#held = true
    else if (cue.type === 'proceed') this.#begin()
    else this.#cues.hand(cue)
  }

  /** The chart has left: what is under way is told to end, and nobody is told what comes of it. */
  leave(): void {
    this.#left = true
    if (this.#busy) this.#aborting.abort(new Error('The turn is over.'))
  }

  include(messages: readonly TeamMessage[]): void {
    this.#shown.push(...messages)
  }

  show<E extends TeamMessage>(event: Draft<E>, how?: 'aside'): E {
    const { stage, path } = this.#options
    const shown = stage.publish(path, createMessage<E>(event, stage, this.id))
    if (how !== 'aside') this.#shown.push(shown)
    return shown
  }

  reply<M extends ChatMessage>(message: Draft<M>): M {
    return createMessage<M>(message, this.#options.stage, this.id)
  }

  chunk(content: string, messageId: string | null): void {
    if (this.#aborting.signal.aborted) return
    this.#options.stage.observer.chunk(this.#options.name, content, messageId)
  }

  #cancel(): void {
    this.#aborting.abort(new Error('The run was cancelled.'))
    if (!this.#busy || this.#expecting) this.#break({ message: 'cancelled' })
  }

  #begin(): void {
    this.#held = false
    if (this.#busy) return
    this.#busy = true
    // A run that is played again takes a turn of the event loop for each entry as it is, and waits for nobody. The
    // chart has told by now that a person is asked: there has to be a question.
    const asks = (this.#pending?.step ?? this.#options.opening) === 'askPerson'
    if (this.#options.stage.replay || asks) this.#proceed()
    else paced(() => this.#proceed(), this.#options.stage.isNew)
  }

  #proceed(): void {
    if (this.#left) return
    if (this.#aborting.signal.aborted) return this.#break({ message: 'cancelled' })
    if (!this.#pending) return this.#advance(() => this.#lines!.next())
    if (this.#held) return this.#want(this.#pending)
    this.#perform(this.#pending)
  }

  /** Does what is waited for, or takes what came of it the first time, where the run is played again. */
  #perform(effect: Effect): void {
    const { replay } = this.#options.stage
    if (!replay || effect.whole === false) return this.#live(effect)
    this.#expecting = true
    replay.expect(this.#key(), {
      came: (came) => {
        this.#expecting = false
        effect.replayed?.()
        this.#settle(came)
      },
      live: () => {
        this.#expecting = false
        if (this.#left || this.#aborting.signal.aborted) return
        // A question that was open before the pause stays open: it can be answered meanwhile.
        if (this.#held && effect.step !== 'askPerson') this.#want(effect)
        else this.#live(effect)
      }
    })
  }

  #live(effect: Effect): void {
    const { journal } = this.#options.stage
    if (!actsOutside.has(effect.step) && !journal.isFull) return this.#do(effect)
    journal.flushed().then(
      () => this.#goOn(effect),
      (error) => this.#keep(effect, { failure: failureOf(error) })
    )
  }

  /** Goes on with what had to wait before it could begin, unless that is not wanted any more. */
  #goOn(effect: Effect): void {
    if (this.#left) return
    if (this.#aborting.signal.aborted) this.#break({ message: 'cancelled' })
    else if (this.#held) this.#want(effect)
    else this.#do(effect)
  }

  #do(effect: Effect): void {
    const { stage } = this.#options
    const counts = effect.whole !== false && effect.step !== 'askPerson' ? 1 : 0
    const done = async () => effect.perform(this.#call())
    const end = (came: EffectResult) => {
      stage.busy -= counts
      this.#keep(effect, came)
    }
    stage.busy += counts
    done().then(
      (answer) => end({ answer }),
      (error) => end({ failure: failureOf(error) })
    )
  }

  #keep(effect: Effect, came: EffectResult): void {
    if (this.#left || this.#aborting.signal.aborted) return this.#settle(came)
    this.#settle(effect.whole === false ? came : this.#kept(came))
  }

  /** What came of an effect, as it is kept: an answer that cannot be written is a failure. */
  #kept(came: EffectResult): EffectResult {
    const { stage } = this.#options
    const entry = { kind: 'effect', key: this.#key(), at: stage.now() } as const
    try {
      stage.journal.append({ ...entry, ...came })
      return came
    } catch (error) {
      const failure = failureOf(error)
      stage.journal.append({ ...entry, failure })
      return { failure }
    }
  }

  #settle(came: EffectResult): void {
    if (this.#left) return
    this.#step++
    if (this.#aborting.signal.aborted) return this.#break({ message: 'cancelled' })
    const lines = this.#lines!
    this.#advance(() => ('answer' in came ? lines.next(came.answer) : lines.throw(errorOf(came.failure))))
  }

  /** Goes on to the next effect, and asks the chart for leave to do it. */
  #advance(go: () => IteratorResult<Effect, Reply>): void {
    const first = this.#pending === null
    let line: IteratorResult<Effect, Reply>
    try {
      line = go()
      if (line.done) return this.#finish(line.value)
    } catch (error) {
      return this.#break(failureOf(error))
    }
    this.#pending = line.value
    if (first && !this.#held && line.value.step === this.#options.opening) return this.#perform(line.value)
    this.#want(line.value)
  }

  #want({ step }: Effect): void {
    this.#busy = false
    this.#options.tell({ type: 'wants', step })
  }

  #finish(reply: Reply): void {
    this.#busy = false
    this.#options.tell(this.#options.finish(reply, this.#shown))
  }

  #break(failure: Failure): void {
    this.#busy = false
    this.#options.tell({ type: 'broke', failure })
  }

  #call(): EffectCall {
    const { stage, name } = this.#options
    return {
      signal: this.#aborting.signal,
      idempotencyKey: `${stage.name}:${this.#key()}`,
      env: stage.env,
      onRecord: (record) => stage.observer.modelCalled(record, name),
      once: (key, run) => this.#once(`${this.#key()}:${key}`, run),
      show: (message) => stage.publishInner(this.#options.path, message),
      ask: (question) => this.#cues.ask(question),
      askBeside: (question) => this.#cues.askBeside(question),
      lead: (team, task) => this.#cues.lead(team, task)
    }
  }

  #key = () => `${this.#options.path}:${this.#options.number}:${this.#step}`

  async #once<T>(key: string, run: () => Promise<T>): Promise<T> {
    const { stage } = this.#options
    const known = stage.part(key)
    if (known) return known.answer as T
    const answer = await run()
    if (!this.#left) stage.journal.append({ kind: 'part', key, answer })
    return answer
  }
}
