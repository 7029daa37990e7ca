import type { ChatMessage, Draft, TeamMessage } from '../../machines/messages/index.ts'
import { errorOf, failureOf } from '../../machines/shared/outcome.ts'
import type { Effect, EffectCall, Turn } from '../contract/agent.ts'
import { spendingOf } from '../contract/usage.ts'
import type { EffectResult } from '../journal/entries.ts'
import { createMessage } from '../shared/create-message.ts'
import type { Activity } from '../shared/telemetry/activity.ts'
import { type EffectCommand, type EffectEvent, EffectInputs } from './effect-inputs.ts'
import type { RunContext } from './run-context.ts'

/** Steps in which a person is asked. */
const asksPerson: ReadonlySet<string> = new Set(['askPerson', 'askApproval'])

/** Steps that may change something outside: what led to them is committed before they begin. */
const actsOutside: ReadonlySet<string> = new Set(['runTools', 'work'])

interface EffectRunnerOptions<Reply> {
  run: RunContext
  /** The path of the speaker in the run: `team/critic`. */
  path: string
  /** The name of the speaker, as events and chunks have it. */
  name: string
  /** How many turns of this speaker were begun before: part of idempotency keys. */
  number: number
  /** The step for whose state the chart enters before it starts the turn; null where it waits to be asked. */
  opening: string | null
  emit(event: EffectEvent): void
  /** The event for the end of the turn; here the speaker's state may change. */
  finish(reply: Reply, shown: readonly TeamMessage[]): EffectEvent
}

/** What a runner waits for: the chart's permission to begin a step, or the recorded result of an effect. */
interface Wait {
  for: 'permission' | 'recording'
  resume(): void
  cancel(reason: Error): void
}

/**
 * Runs one turn: a generator of effects, one at a time. For each effect it asks the chart for permission (so that the
 * chart is in the state for it, and can pause it), commits what led to it where the effect acts outside, performs it,
 * and records the result in the journal before the turn goes on. A replay takes recorded results instead.
 */
export class EffectRunner<Reply> implements Turn {
  readonly id: () => string
  readonly #options: EffectRunnerOptions<Reply>
  readonly #shown: TeamMessage[] = []
  readonly #cancelling = new AbortController()
  readonly #inputs: EffectInputs
  #waiting: Wait | null = null
  /** Begins with the first effect that is performed: what is replayed was followed before. */
  #activity: Activity | null = null
  #step = 0
  /** An effect that has not begun needs the chart's permission again. */
  #paused = false
  /** Messages of which this turn has written chunks. */
  readonly #chunked = new Set<string>()
  /** The chart has left the turn: nothing is emitted any more. */
  #left = false

  constructor(options: EffectRunnerOptions<Reply>) {
    this.#options = options
    this.id = options.run.ids(`${options.path}:${options.number}`)
    const emit = (event: EffectEvent) => this.#emit(event)
    this.#inputs = new EffectInputs({ ...options, emit }, this.#cancelling.signal)
  }

  /** Runs a turn that the chart has let begin; its end is emitted. Never rejects. */
  async run(turn: Generator<Effect, Reply, unknown>): Promise<void> {
    const { opening, finish } = this.#options
    try {
      if (!this.#beginsAtOnce(opening)) await this.#eventLoopTurn()
      let next = turn.next()
      for (let isFirst = true; !next.done; isFirst = false) {
        const effect = next.value
        // The chart is in the state of the opening step already.
        if (!isFirst || this.#paused || effect.step !== opening) await this.#permission(effect)
        const result = await this.#result(effect)
        this.#count(effect, result)
        this.#step++
        this.#cancelling.signal.throwIfAborted()
        next = 'answer' in result ? turn.next(result.answer) : turn.throw(errorOf(result.failure))
      }
      this.#emit(finish(next.value, this.#shown))
      this.#activity?.ended()
    } catch (error) {
      this.#activity?.failed(error)
      const failure = this.#cancelling.signal.aborted ? { message: 'cancelled' } : failureOf(error)
      this.#emit({ type: 'broke', failure })
    } finally {
      this.#endChunks()
    }
  }

  /** Takes a command of the chart. */
  receive(command: EffectCommand): void {
    if (command.type === 'cancel') this.#cancel(new Error('The run was cancelled.'))
    else if (command.type === 'pause') this.#paused = true
    else if (command.type === 'proceed') this.#proceed()
    else this.#inputs.receive(command)
  }

  /** Ends the turn without an event: the chart has left it. What is under way is aborted. */
  leave(): void {
    this.#left = true
    this.#endChunks()
    this.#cancel(new Error('The turn is over.'))
  }

  include(messages: readonly TeamMessage[]): void {
    this.#shown.push(...messages)
  }

  show<E extends TeamMessage>(event: Draft<E>, how?: 'aside'): E {
    const { run, path } = this.#options
    const shown = run.publish(path, createMessage<E>(event, run, this.id))
    if (how !== 'aside') this.#shown.push(shown)
    return shown
  }

  reply<M extends ChatMessage>(message: Draft<M>): M {
    return createMessage<M>(message, this.#options.run, this.id)
  }

  chunk(content: string, messageId: string | null): void {
    const { run, name } = this.#options
    if (this.#cancelling.signal.aborted) return
    if (messageId !== null) this.#chunked.add(messageId)
    run.chunk(name, content, messageId)
  }

  /** The result of an effect: the recorded one in a replay, else what performing it comes to. */
  async #result(effect: Effect): Promise<EffectResult> {
    if (this.#options.run.replay && effect.whole !== false) {
      const recorded = await this.#recorded(effect)
      if (recorded) return recorded
    }
    await this.#flushBefore(effect)
    const result = await this.#perform(effect)
    const isRecorded = effect.whole !== false && !this.#cancelling.signal.aborted
    return isRecorded ? this.#record(result) : result
  }

  /** Counts what a model call has used. */
  #count({ model }: Effect, result: EffectResult): void {
    const spending = model && 'answer' in result ? spendingOf(model, result.answer) : undefined
    if (spending) this.#options.run.spent(spending)
  }

  /** The recorded result, or null where the recording ends before it. */
  async #recorded(effect: Effect): Promise<EffectResult | null> {
    const { replay } = this.#options.run
    let result: EffectResult | null = null
    await this.#wait('recording', (resume) =>
      replay!.expect(this.#key(), {
        resolve: (recorded) => {
          result = recorded
          effect.replayed?.()
          resume()
        },
        execute: resume
      })
    )
    // A question that was open before a pause stays open: it can be answered meanwhile.
    if (!result && this.#paused && !asksPerson.has(effect.step)) await this.#permission(effect)
    return result
  }

  /** Asks the chart for permission to begin an effect, again after each pause that comes before it has begun. */
  async #permission({ step }: Effect): Promise<void> {
    do {
      await this.#wait('permission', () => this.#emit({ type: 'wants', step }))
      if (!this.#beginsAtOnce(step)) await this.#eventLoopTurn()
    } while (this.#paused)
  }

  // A replay takes a turn of the event loop for each entry as it is. Where a person is asked the chart has said so, so
  // there has to be a question at once.
  #beginsAtOnce(step: string | null): boolean {
    return this.#options.run.replay !== null || (step !== null && asksPerson.has(step))
  }

  async #eventLoopTurn(): Promise<void> {
    const { scheduler, isNew } = this.#options.run
    await scheduler.turn(isNew)
    this.#cancelling.signal.throwIfAborted()
  }

  /** Commits what led to an effect that acts outside, and holds runs that are far ahead of the disk. */
  async #flushBefore(effect: Effect): Promise<void> {
    const { journal } = this.#options.run
    while (actsOutside.has(effect.step) || journal.isFull) {
      await journal.flushed()
      this.#cancelling.signal.throwIfAborted()
      if (!this.#paused) return
      await this.#permission(effect)
    }
  }

  async #perform(effect: Effect): Promise<EffectResult> {
    const { run } = this.#options
    run.performs()
    const counts = effect.whole !== false && !asksPerson.has(effect.step) ? 1 : 0
    run.busy += counts
    try {
      return { answer: await this.#performOnce(effect) }
    } catch (error) {
      return { failure: failureOf(error) }
    } finally {
      run.busy -= counts
    }
  }

  /** Inside of a tool call that is made again, what was finished is not performed again. */
  async #performOnce(effect: Effect): Promise<unknown> {
    const { once } = this.#options.run
    if (!once || effect.whole === false) return effect.perform(this.#call())
    let isKept = true
    const answer = await once(this.#key(), () => {
      isKept = false
      return effect.perform(this.#call())
    })
    if (isKept) effect.replayed?.()
    return answer
  }

  /** What was half written is kept no longer: the whole message has been said, or never will be. */
  #endChunks(): void {
    if (this.#chunked.size > 0) this.#options.run.observer.chunksEnded?.([...this.#chunked])
    this.#chunked.clear()
  }

  /** Records a result; one that cannot be written as JSON is a failure. */
  #record(result: EffectResult): EffectResult {
    const { run } = this.#options
    const entry = { kind: 'effect', key: this.#key(), at: run.now() } as const
    try {
      run.journal.append({ ...entry, ...result })
      return result
    } catch (error) {
      const failure = failureOf(error)
      run.journal.append({ ...entry, failure })
      return { failure }
    }
  }

  #call(): EffectCall {
    const { run, name, path } = this.#options
    return {
      signal: this.#cancelling.signal,
      activity: this.#followed(),
      idempotencyKey: `${run.name}:${this.#key()}`,
      env: run.env,
      context: run.context,
      network: run.network,
      yieldToOthers: () => run.scheduler.turn(),
      onRecord: (record) => run.observer.modelCalled(record, name),
      once: (key, perform) => this.#inputs.during(() => this.#once(`${this.#key()}:${key}`, perform)),
      keep: (key, perform) => this.#once(`${this.#key()}:${key}`, perform),
      show: (message) => {
        if (message.type === 'ModelClientStreamingChunkEvent' && message.full_message_id)
          this.#chunked.add(message.full_message_id)
        run.publishInner(path, message)
      },
      ask: (question) => this.#inputs.ask(question),
      approve: (question) => this.#inputs.approve(question),
      askAs: (question) => this.#inputs.askAs(question),
      approveAs: (question) => this.#inputs.approveAs(question),
      idOf: (key) => run.ids(`${this.#key()}:${key}`)(),
      runTeam: (team, task) => this.#inputs.runTeam(team, task)
    }
  }

  #followed(): Activity {
    const { run, name, path } = this.#options
    this.#activity ??= run.beginTurn(path, name)
    return this.#activity
  }

  async #once<T>(key: string, perform: () => Promise<T>): Promise<T> {
    const { run } = this.#options
    if (run.once) return run.once(key, perform)
    const recorded = run.recordedPart(key)
    if (recorded) return recorded.answer as T
    const answer = await perform()
    if (!this.#left) run.journal.append({ kind: 'part', key, answer })
    return answer
  }

  #key(): string {
    const { path, number } = this.#options
    return `${path}:${number}:${this.#step}`
  }

  #emit(event: EffectEvent): void {
    if (!this.#left) this.#options.emit(event)
  }

  #proceed(): void {
    this.#paused = false
    if (this.#waiting?.for === 'permission') this.#waiting.resume()
  }

  #cancel(reason: Error): void {
    this.#cancelling.abort(reason)
    this.#waiting?.cancel(reason)
  }

  /** Waits until `resume` is called; rejects when the turn is cancelled first. */
  #wait(what: Wait['for'], begin: (resume: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const resume = () => {
        this.#waiting = null
        resolve()
      }
      this.#waiting = { for: what, resume, cancel: reject }
      begin(resume)
    })
  }
}
