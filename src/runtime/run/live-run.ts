import type { ComponentModel } from '../../machines/component/component.ts'
import { externalStop } from '../../machines/conditions/index.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import type { Decision } from '../../machines/shared/decision.ts'
import type { Outcome } from '../../machines/shared/outcome.ts'
import { failureFor, reasons } from '../../protocol/errors.ts'
import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import { isIdle, type RunStatus, statePath } from '../../protocol/run-status.ts'
import type { PendingInput } from '../../protocol/server-frames.ts'
import { type Execution, execute } from '../execution/execute.ts'
import { type LimitEnd, latestEnd, strictest } from '../execution/limit-watch.ts'
import type { RunCommand } from '../journal/entries.ts'
import type { RunHistory } from '../journal/run-log.ts'
import type { Clock } from '../shared/clock.ts'
import { CountedActivity } from '../shared/telemetry/counted.ts'
import type { Subscribers } from '../subscriptions/subscriber.ts'
import type { Team } from '../team/team.ts'
import { initialRow } from './initial-row.ts'
import type { LiveRunOptions } from './live-run-options.ts'
import { Outbox } from './outbox.ts'
import { PendingInputs } from './pending-inputs.ts'
import { type FinalOutcome, RunWriter } from './run-writer.ts'

/**
 * A durable run that is loaded: executes its team, and has everything it does numbered, committed and then published.
 * Commands (stop, pause, resume) wait until the team is loaded and a replay is over; a stop does not wait for the team.
 */
export class LiveRun implements LimitEnd {
  readonly id: number
  readonly options: StartedRunOptions
  readonly subscribers: Subscribers
  /** Resolves when the last frame is committed and published, or the run failed to commit. */
  readonly ended: Promise<void>
  /** Why the run cannot go on in this process, where what it did can never be committed. */
  commitError: unknown = null
  readonly #ready = Promise.withResolvers<void>()
  readonly #clock: Clock
  /** Since when its limit of time counts, in milliseconds since 1970. */
  readonly #limitsSince: number
  readonly #outbox: Outbox
  readonly #pendingInputs: PendingInputs
  readonly #writer: RunWriter
  readonly #execution: Execution
  readonly #outcome = Promise.withResolvers<Outcome>()
  readonly #abandoned = Promise.withResolvers<void>()
  #team: Team | null = null
  /** Why a client stopped the run, if one did. */
  #stopReason: string | null = null
  /** After a replay: the run waited for a person, and the tool that asks is called again first. */
  #asksAgain: NodeJS.Timeout | null = null
  /** The process ends: the run begins nothing new, and its pause is not told to clients. */
  #isDraining = false
  #pendingCommands: RunCommand[] = []
  readonly #commandsDone = Promise.withResolvers<void>()

  constructor({
    id,
    task,
    team_config,
    options,
    history,
    createdAt = 0,
    clock,
    ...services
  }: LiveRunOptions) {
    const { subscribers, committer, scheduler, metrics } = services
    this.id = id
    this.subscribers = subscribers
    this.options = options
    this.#clock = clock
    this.#limitsSince = Math.max(options.began, createdAt)
    this.#pendingInputs = new PendingInputs(options, clock, history?.inputRequests)
    this.#outbox = new Outbox({
      ...{ run: id, committer, scheduler, subscribers, metrics, pendingInputs: this.#pendingInputs },
      ...{ seq: history?.seq, journal: history?.journal, size: history?.size },
      ...{ journalSize: history?.journalSize }
    })
    this.#writer = new RunWriter({
      ...{ run: id, outbox: this.#outbox, pendingInputs: this.#pendingInputs, clock, history }
    })
    if (!history) this.#outbox.changeRow(initialRow(task, team_config, options))
    this.#execution = this.#execute(task, team_config, history, services)
    this.#execution.actor.subscribe(({ status }) => {
      if (status === 'active') this.#onChartChanged()
    })
    if (!history) this.#onReplayed()
    void this.#execution.ended.then(({ outcome }) => this.#outcome.resolve(outcome))
    void this.#writer.failed.then((failure) => this.#outcome.resolve({ failure }))
    void this.#outbox.failed.then((error) => this.#abandon(error))
    if (options.deaths) void this.#outbox.progressed.then(() => this.#forgetDeaths())
    const written = this.#outcome.promise.then((outcome) => this.#writeOutcome(outcome))
    this.ended = Promise.race([written, this.#abandoned.promise])
  }

  /** Resolves when a replayed run is where it was; at once for one that begins. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** The value of the run's chart: `running.awaitingInput`. */
  get state(): string {
    return statePath(this.#execution.actor.getSnapshot().value)
  }

  get status(): RunStatus {
    return this.#writer.status
  }

  /** The number of the last frame that was published. */
  get seq(): number {
    return this.#outbox.published
  }

  /** The open questions that clients were sent, oldest first. */
  get pendingInput(): PendingInput[] {
    return this.#pendingInputs.published
  }

  /** Whether nothing is lost when the run is evicted until it is answered or resumed. */
  get isParked(): boolean {
    return isIdle(this.status) && this.busy === 0 && this.#outbox.isEmpty && !this.#isReplaying
  }

  /** How many effects are under way, questions to persons not counted. */
  get busy(): number {
    return this.#execution.context.busy
  }

  /** Whether effects are under way that do not only wait for a person. */
  get isWorking(): boolean {
    const { busy, waiting } = this.#execution.context
    return busy > waiting
  }

  /** What a subscriber gets as it joins: open questions, unless it has a cursor, and messages half written. */
  framesOnJoin(after: number | null): OutgoingFrame[] {
    return [...(after === null ? this.#pendingInputs.frames : []), ...this.#writer.partialFrames()]
  }

  /** The team's state in AutoGen's shape, with no turn half done in it; null before the team is loaded. */
  teamState(): Record<string, unknown> | null {
    return this.#team?.saveState() ?? null
  }

  /** Resolves when the start of the run is committed. */
  started(): Promise<void> {
    return this.#outbox.flushed()
  }

  /** Resolves when all commands so far, and all that the run did so far, are committed. */
  async flushed(): Promise<void> {
    if (this.#pendingCommands.length > 0) await this.#commandsDone.promise
    // An answer goes through the charts before it is recorded.
    await new Promise((resolve) => setImmediate(resolve))
    await this.#outbox.flushed()
  }

  stop(reason: string): void {
    this.#command({ type: 'cancel', reason })
  }
  /** Ends the run after the present turn, since it has reached a limit. */
  finish(reason: string): void {
    this.#command({ type: 'finish', reason, by: 'limit' })
  }
  /** Ends the run at once, since its time is over. */
  cancel(reason: string): void {
    this.stop(reason)
  }
  /** Ends the run after the present turn. */
  stopGracefully(): void {
    this.#command({ type: 'finish', reason: externalStop })
  }
  pause(): void {
    this.#command({ type: 'pause' })
  }
  resume(): void {
    this.#command({ type: 'resume' })
  }

  /** Begins nothing new, and publishes nothing of that: the process ends. Effects under way may finish. */
  drain(): void {
    this.#isDraining = true
    // The process ends in order: this run has nothing to do with it.
    this.#forgetDeaths()
    // A replay does nothing new until it is over, and must get there the way the run did.
    if (this.#isActive && !this.#isReplaying) this.#execution.actor.send({ type: 'pause' })
  }

  /** Takes the run out of memory as it is: it is evicted, or the process ends. Effects under way are aborted. */
  unload(): void {
    this.#writer.mute()
    if (this.#asksAgain) clearTimeout(this.#asksAgain)
    this.#execution.actor.stop()
    this.#ready.resolve()
    this.#dropCommands()
  }

  /**
   * Answers a question, by default the oldest, and returns its id; null where it is not open. A text is taken for a
   * decision where a call is to be approved; throws `wrong_answer` the other way round.
   */
  answerInput(answer: string | Decision, requestId = this.#execution.context.openInputs()[0]): string | null {
    const { context } = this.#execution
    const given = typeof answer === 'string' ? { content: answer } : { decision: answer }
    return requestId !== undefined && context.answerInput(requestId, given) ? requestId : null
  }

  /** Whether clients were ever sent this question or, without an id, any. */
  wasInputRequested(requestId?: string): boolean {
    return this.#pendingInputs.wasRequested(requestId)
  }

  /** Notes in the run's row that a client has followed it: a run that is recovered may have lost its last one. */
  markFollowed(): void {
    if (!this.options.followed)
      this.#outbox.changeRow({ options: Object.assign(this.options, { followed: true }) })
  }

  /** Does what `on_timeout` says for questions whose deadline has passed. */
  checkDeadlines(): void {
    for (const requestId of this.#pendingInputs.overdue()) {
      const { on_timeout = 'fail', answer = '' } = this.options.input ?? {}
      if (on_timeout === 'stop') this.stop(reasons.input_timeout())
      else if (on_timeout === 'answer') this.answerInput(answer, requestId)
      else this.#execution.context.answerInput(requestId, { failure: failureFor('input_timeout') })
    }
  }

  /** Notes that this process has had the run for a while in which it has not gone on. */
  noteHeld(): void {
    const { deaths } = this.options
    if (!deaths || !this.#isActive) return
    deaths.held = true
    this.#outbox.changeRow({ options: this.options })
  }

  #forgetDeaths(): void {
    if (this.options.deaths === undefined) return
    delete this.options.deaths
    this.#outbox.changeRow({ options: this.options })
  }

  get #isActive(): boolean {
    return this.#execution.actor.getSnapshot().status === 'active'
  }

  get #isReplaying(): boolean {
    return this.#execution.context.replay !== null
  }

  #execute(
    task: readonly ChatMessage[],
    team_config: ComponentModel,
    history: RunHistory | undefined,
    {
      teamSource,
      scheduler,
      metrics,
      on,
      ...given
    }: Pick<LiveRunOptions, 'teamSource' | 'scheduler' | 'metrics' | 'network' | 'context' | 'on'>
  ): Execution {
    const load = async () => {
      // What the run was asked to do is committed before anything is done.
      if (!history) await this.#outbox.committed().then(() => scheduler.turn(true))
      this.#team = await teamSource.load(team_config)
      this.#pendingInputs.endBy(
        latestEnd(strictest(this.#team.limits, this.options.limits), this.#limitsSince)
      )
      if (this.options.state) this.#team.loadState(this.options.state)
      return this.#team
    }
    const events = {
      command: (command: RunCommand) => this.#do(command),
      done: () => this.#onReplayed(),
      stuck: () => {
        // One that has ended is not stuck: what came too late for it is recorded all the same.
        if (this.#isActive) this.#outcome.resolve({ failure: failureFor('log_does_not_fit') })
      }
    }
    return execute({
      limits: { limits: this.options.limits, began: this.#limitsSince, end: this },
      ...{ on, run: this.id },
      mode: {
        ...{ kind: 'live', clock: this.#clock, scheduler, env: teamSource.env, journal: this.#outbox },
        ...(history && { replay: { recording: history.recording, events } })
      },
      ...{ id: String(this.id), team: load, task: task.length > 0 ? task : null },
      ...{ observer: this.#writer, seed: this.options.seed, activity: new CountedActivity(metrics), ...given }
    })
  }

  /** The run begins, or its replay is over: from now on it does something new. */
  #onReplayed(): void {
    if (this.#isDraining) this.drain()
    const waited = this.status === 'awaiting_input' && this.state === 'running.active'
    if (this.#isActive && waited && !this.#isDraining)
      this.#asksAgain = setTimeout(() => this.#goOn(), ASKS_AGAIN)
    else this.#goOn()
  }

  /** The run stands where it did: from now on clients are told what changes. */
  #goOn(): void {
    if (this.#asksAgain) clearTimeout(this.#asksAgain)
    this.#asksAgain = null
    if (this.#isActive) this.#publishStatus()
    this.#doPendingCommands()
    // Questions that were open are asked again right after this.
    setImmediate(() => this.#ready.resolve())
  }

  #onChartChanged(): void {
    if (this.#asksAgain && this.state !== 'running.active') this.#goOn()
    this.#publishStatus()
    // It may have been opening its team when the process was told to end.
    if (this.#isDraining && this.state === 'running.active') this.drain()
    this.#doPendingCommands()
  }

  #publishStatus(): void {
    if (!this.#isDraining && !this.#isReplaying && !this.#asksAgain) this.#writer.statusChanged(this.state)
  }

  #command(command: RunCommand): void {
    if (this.#acceptsCommand(command)) this.#recordAndDo(command)
    else this.#pendingCommands.push(command)
  }

  #acceptsCommand({ type }: RunCommand): boolean {
    if (this.#isReplaying) return false
    return type === 'cancel' || (!this.#asksAgain && this.state !== 'starting')
  }

  #doPendingCommands(): void {
    if (this.#pendingCommands.length === 0 || !this.#acceptsCommand(this.#pendingCommands[0]!)) return
    for (const command of this.#pendingCommands.splice(0)) this.#recordAndDo(command)
    this.#commandsDone.resolve()
  }

  #dropCommands(): void {
    this.#pendingCommands = []
    this.#commandsDone.resolve()
  }

  #recordAndDo(command: RunCommand): void {
    if (!this.#isActive) return
    this.#outbox.append({ kind: 'command', at: this.#clock.now(), command })
    this.#do(command)
  }

  #do(command: RunCommand): void {
    if (command.type === 'cancel') this.#stopReason ??= command.reason
    if (this.#isActive) this.#execution.actor.send(command)
  }

  /** What is stored stays, and the next client finds the run as it is there. */
  #abandon(error: unknown): void {
    this.commitError = error
    this.unload()
    this.#abandoned.resolve()
  }

  async #writeOutcome(outcome: Outcome): Promise<void> {
    if (this.#asksAgain) clearTimeout(this.#asksAgain)
    this.#asksAgain = null
    this.#ready.resolve()
    this.#dropCommands()
    const stopped = 'cancelled' in outcome && this.#stopReason !== null
    const final: FinalOutcome = stopped ? { cancelled: this.#stopReason! } : outcome
    await this.#writer.writeOutcome(final, this.options.began)
    if (this.#isActive) this.#execution.actor.stop()
  }
}

/** How long a tool that has asked a person has to ask again after a restart, in milliseconds. */
const ASKS_AGAIN = 5000
