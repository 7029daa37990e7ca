import { externalStop } from '../../machines/conditions/index.ts'
import type { Outcome } from '../../machines/shared/outcome.ts'
import { failureFor, reasons } from '../../protocol/errors.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import { isIdle, statePath } from '../../protocol/run-status.ts'
import { type Execution, execute } from '../execution/execute.ts'
import type { RunCommand } from '../journal/entries.ts'
import type { Clock } from '../shared/clock.ts'
import { turnToBegin } from '../shared/scheduler.ts'
import type { RunStatus } from '../store/store.ts'
import type { OutgoingFrame, Subscribers } from '../subscriptions/subscriber.ts'
import type { Team } from '../teams/team.ts'
import { beginning } from './beginning.ts'
import type { LiveRunOptions } from './live-run-options.ts'
import { Orders } from './orders.ts'
import { Outbox } from './outbox.ts'
import { type PendingInput, PendingInputs } from './pending-inputs.ts'
import { RunWriter } from './run-writer.ts'

/** A run that the server keeps: numbers what happens, has it stored, and then tells its audience. */
export class LiveRun {
  readonly id: number
  /** Resolves when the last frame is stored and told, or the run is lost. */
  readonly ended: Promise<void>
  readonly #ready = Promise.withResolvers<void>()
  /** Resolves when the run is where it stood, if it is played again; else at once. */
  readonly ready = this.#ready.promise
  readonly subscribers: Subscribers
  readonly settings: StartedRunOptions
  /** Why the run cannot go on in this process, if what it said cannot be stored. */
  commitError: unknown = null
  readonly #clock: Clock
  readonly #outbox: Outbox
  readonly #questions: PendingInputs
  readonly #play: Execution
  readonly #narrator: RunWriter
  readonly #orders: Orders
  readonly #end = Promise.withResolvers<Outcome>()
  readonly #gone = Promise.withResolvers<void>()
  #team: Team | null = null
  #reason: string | null = null
  #quiet = false

  constructor(options: LiveRunOptions) {
    const { id, task, team_config, settings, past, audience, recorder, clock, env } = options
    this.id = id
    this.subscribers = audience
    this.settings = settings
    this.#clock = clock
    this.#questions = new PendingInputs(settings, clock, past?.requests)
    this.#outbox = new Outbox({
      ...{ run: id, recorder, audience, seq: past?.seq, journal: past?.journal },
      snapshot: () => JSON.stringify(this.#play.actor.getPersistedSnapshot()),
      wakeAt: () => this.#questions.deadline,
      lost: (error) => this.#lose(error)
    })
    this.#narrator = new RunWriter({ run: id, outbox: this.#outbox, questions: this.#questions, clock, past })
    this.#orders = new Orders({
      isReady: (command) => this.#isReady(command),
      carryOut: (command) => this.#carryOut(command)
    })
    if (!past) this.#outbox.changeRow(beginning(task, team_config, settings))
    const open = async () => {
      // What the run was asked to do is stored before anything is done.
      if (!past) await this.#outbox.committed().then(turnToBegin)
      this.#team = await options.load(team_config)
      if (settings.state) this.#team.loadState(settings.state)
      return this.#team
    }
    this.#play = execute({
      ...{ id: String(id), team: open, task: task.length > 0 ? task : null, clock, env },
      watcher: this.#narrator,
      ...{ journal: this.#outbox, kept: past?.kept, seed: settings.seed },
      replay: {
        command: (command) => this.#do(command),
        done: () => this.#goLive(),
        stuck: () => {
          // One that was left in the middle is not stuck.
          if (this.#isActive) this.#end.resolve({ failure: failureFor('log_does_not_fit') })
        }
      }
    })
    this.#play.actor.subscribe(({ status }) => {
      if (status !== 'active') return
      this.#tellStatus()
      // It may have been opening its team when the process was told to end.
      if (this.#quiet && this.state === 'running.active') this.drain()
      this.#orders.look()
    })
    if (!past) this.#goLive()
    void this.#play.ended.then(({ outcome }) => this.#end.resolve(outcome))
    const told = this.#end.promise.then((outcome) => this.#tellEnd(outcome))
    this.ended = Promise.race([told, this.#gone.promise])
  }

  /** Where the run's chart is: `running.awaitingInput`. */
  get state(): string {
    return statePath(this.#play.actor.getSnapshot().value)
  }

  get status(): RunStatus {
    return this.#narrator.status
  }

  /** The number of the last frame that was told. */
  get seq(): number {
    return this.#outbox.published
  }

  /** The questions that were told and not answered yet, oldest first. */
  get pendingInput(): PendingInput[] {
    return this.#questions.published
  }

  /** Whether nothing is lost when the run is put away until somebody answers or resumes it. */
  get isParked(): boolean {
    return isIdle(this.status) && this.busy === 0 && this.#outbox.isEmpty && !this.#play.context.replay
  }

  /** How many effects are under way, persons' answers not counted. */
  get busy(): number {
    return this.#play.context.busy
  }

  /** What is told at once to whoever comes: the open questions, unless it has a cursor, and answers half written. */
  framesOnJoin(after: number | null): OutgoingFrame[] {
    return [...(after === null ? this.#questions.frames : []), ...this.#narrator.partialFrames()]
  }

  /** The team's state in AutoGen's shape, with no turn half done in it. */
  teamState(): Record<string, unknown> | null {
    return this.#team?.saveState() ?? null
  }

  /** Resolves when it is stored that the run has begun. */
  started(): Promise<void> {
    return this.#outbox.flushed()
  }

  /** Resolves when all that the run was told and has said so far is stored. */
  async flushed(): Promise<void> {
    await this.#orders.carriedOut()
    // An answer goes through the charts before it is noted.
    await new Promise((resolve) => setImmediate(resolve))
    await this.#outbox.flushed()
  }

  stop(reason: string): void {
    this.#orders.give({ type: 'cancel', reason })
  }
  /** Ends the run after the present turn. */
  stopGracefully(): void {
    this.#orders.give({ type: 'finish', reason: externalStop })
  }
  pause(): void {
    this.#orders.give({ type: 'pause' })
  }
  resume(): void {
    this.#orders.give({ type: 'resume' })
  }

  /** Begins nothing new and says nothing of it: the process is going. What is under way may finish. */
  drain(): void {
    this.#quiet = true
    // A run that is played again does nothing new until it is where it stood, and must come there as it did.
    if (this.#isActive && !this.#play.context.replay) this.#play.actor.send({ type: 'pause' })
  }

  /** Ends what is under way without a word: the run is put away, or the process is going. */
  unload(): void {
    this.#narrator.mute()
    this.#play.actor.stop()
    this.#ready.resolve()
    this.#orders.end()
  }

  /** Answers a question, or the oldest one, and gives its id; null where that is not asked, or not any more. */
  answerInput(content: string, requestId = this.#play.context.openInputs()[0]): string | null {
    return requestId !== undefined && this.#play.context.answerInput(requestId, { content })
      ? requestId
      : null
  }

  /** Whether a question was ever told: that one, or any. */
  wasInputRequested(requestId?: string): boolean {
    return this.#questions.wasRequested(requestId)
  }

  /** Somebody follows the run: after a restart it is one that was left. */
  markFollowed(): void {
    if (!this.settings.followed)
      this.#outbox.changeRow({ options: Object.assign(this.settings, { followed: true }) })
  }

  /** Does what was decided for questions that nobody has answered in time. */
  checkDeadlines(): void {
    for (const requestId of this.#questions.overdue()) {
      const { on_timeout = 'fail', answer = '' } = this.settings.input ?? {}
      if (on_timeout === 'stop') this.stop(reasons.input_timeout())
      else if (on_timeout === 'answer') this.answerInput(answer, requestId)
      else this.#play.context.answerInput(requestId, { failure: failureFor('input_timeout') })
    }
  }

  /** What is stored stays, and whoever comes next finds the run as it is there. */
  #lose(error: unknown): void {
    this.commitError = error
    this.unload()
    this.#gone.resolve()
  }

  get #isActive(): boolean {
    return this.#play.actor.getSnapshot().status === 'active'
  }

  /** A run that is stopped need not have its team. */
  #isReady({ type }: RunCommand): boolean {
    return !this.#play.context.replay && (type === 'cancel' || this.state !== 'starting')
  }

  #carryOut(command: RunCommand): void {
    if (!this.#isActive) return
    this.#outbox.append({ kind: 'command', at: this.#clock.now(), command })
    this.#do(command)
  }

  #do(command: RunCommand): void {
    if (command.type === 'cancel') this.#reason ??= command.reason
    if (this.#isActive) this.#play.actor.send(command)
  }

  /** The run is where it stood, or has just begun. */
  #goLive(): void {
    if (this.#quiet) this.drain()
    if (this.#isActive) this.#tellStatus()
    this.#orders.look()
    this.#ready.resolve()
  }

  #tellStatus(): void {
    if (!this.#quiet && !this.#play.context.replay) this.#narrator.statusChanged(this.state)
  }

  /** Tells how the run came out, and waits until that is stored. */
  async #tellEnd(outcome: Outcome): Promise<void> {
    this.#ready.resolve()
    this.#orders.end()
    const told = 'cancelled' in outcome && this.#reason !== null ? { cancelled: this.#reason } : outcome
    await this.#narrator.writeOutcome(told, this.settings.began)
    if (this.#isActive) this.#play.actor.stop()
  }
}
