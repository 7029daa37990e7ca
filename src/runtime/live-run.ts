import type { ComponentModel } from '../machines/component.ts'
import { externalStop } from '../machines/conditions/index.ts'
import type {
  ChatMessage,
  ModelClientStreamingChunkEvent,
  TeamMessage,
  TextMessage
} from '../machines/message.ts'
import type { Outcome } from '../machines/outcome.ts'
import type { Question } from './agents/agent.ts'
import type { Audience, Line } from './audience.ts'
import type { Clock } from './clock.ts'
import { complete } from './complete.ts'
import { tellEnd } from './ending.ts'
import { reasons } from './errors.ts'
import { chunkFrame, messageFrame } from './frames.ts'
import type { Command } from './journal.ts'
import type { ModelCallRecord } from './models/model.ts'
import { Outbox } from './outbox.ts'
import type { Past } from './past.ts'
import { type PendingInput, Questions } from './questions.ts'
import type { Recorder } from './recorder.ts'
import { type Play, play } from './run.ts'
import type { Settings } from './settings.ts'
import type { Watcher } from './stage.ts'
import { stateOf, statusOf } from './status.ts'
import type { RunStatus } from './store/store.ts'
import type { Team } from './teams/team.ts'

interface LiveRunOptions {
  id: number
  task: readonly ChatMessage[]
  team_config: ComponentModel
  settings: Settings
  /** What is kept of the run, where it began in another process or was put away. */
  past?: Past
  load(component: ComponentModel): Team | Promise<Team>
  audience: Audience
  recorder: Recorder
  clock: Clock
  env: Readonly<Record<string, string | undefined>>
}

/** A run that the server keeps: numbers what happens, has it stored, and then tells its audience. */
export class LiveRun implements Watcher {
  readonly id: number
  /** Resolves when the last frame is stored and told. */
  readonly ended: Promise<void>
  /** Resolves when the run is where it stood, if it is played again; else at once. */
  readonly ready: Promise<void>
  readonly audience: Audience
  readonly settings: Settings
  readonly #clock: Clock
  readonly #outbox: Outbox
  readonly #questions: Questions
  readonly #play: Play
  readonly #messages: TeamMessage[] = []
  readonly #partial = new Map<string, ModelClientStreamingChunkEvent>()
  readonly #end = Promise.withResolvers<Outcome>()
  readonly #ready = Promise.withResolvers<void>()
  /** What the run was told before it was ready to do it. */
  readonly #waiting: Command[] = []
  /** Resolves when the run was ready for the first time. */
  readonly #told = Promise.withResolvers<void>()
  #team: Team | null = null
  #status: RunStatus
  #reason: string | null = null
  #quiet = false
  /** The last turn whose end is kept. */
  #turn: number

  constructor({
    id,
    task,
    team_config,
    settings,
    past,
    load,
    audience,
    recorder,
    clock,
    env
  }: LiveRunOptions) {
    this.id = id
    this.audience = audience
    this.settings = settings
    this.ready = this.#ready.promise
    this.#clock = clock
    this.#status = past?.status ?? 'created'
    this.#turn = past?.turn ?? -1
    this.#questions = new Questions(settings, clock, past?.requests)
    this.#outbox = new Outbox({
      ...{ run: id, recorder, audience, seq: past?.seq, journal: past?.journal },
      snapshot: () => JSON.stringify(this.#play.actor.getPersistedSnapshot()),
      wakeAt: () => this.#questions.deadline
    })
    if (!past) {
      const taken = { source: 'user', content: task, message_type: 'text' }
      this.#outbox.change({ status: 'active', task: taken, team_config, options: settings })
    }
    const open = async () => {
      // What the run was asked to do is stored before anything is done.
      if (!past) await this.#outbox.settled()
      this.#team = await load(team_config)
      if (settings.state) this.#team.loadState(settings.state)
      return this.#team
    }
    this.#play = play({
      ...{ id: String(id), team: open, task: task.length > 0 ? task : null, clock, env, watcher: this },
      ...{ journal: this.#outbox, kept: past?.kept, seed: settings.seed },
      replay: {
        command: (command) => this.#do(command),
        done: () => this.#goLive(),
        stuck: () => {
          // One that was left in the middle is not stuck.
          if (this.#isActive) this.#end.resolve({ failure: { message: reasons.log_does_not_fit() } })
        }
      }
    })
    this.#play.actor.subscribe(({ status }) => {
      if (status !== 'active') return
      this.#tellStatus()
      if (!this.#play.stage.replay) this.#doWaiting()
    })
    if (!past) this.#goLive()
    void this.#play.ended.then(({ outcome }) => this.#end.resolve(outcome))
    this.ended = this.#end.promise.then((outcome) => this.#tellEnd(outcome))
  }

  /** Where the run's chart is: `running.awaitingInput`. */
  get state(): string {
    return stateOf(this.#play.actor.getSnapshot().value)
  }

  get status(): RunStatus {
    return this.#status
  }

  /** The number of the last frame that was told. */
  get seq(): number {
    return this.#outbox.published
  }

  /** The questions that were told and not answered yet, oldest first. */
  get pendingInput(): PendingInput[] {
    return this.#questions.pending
  }

  /** Whether nothing is lost when the run is put away until somebody answers. */
  get isParked(): boolean {
    return this.#status === 'awaiting_input' && this.#outbox.isEmpty && !this.#play.stage.replay
  }

  /** How many effects are under way, persons' answers not counted. */
  get busy(): number {
    return this.#play.stage.busy
  }

  /** The frames of the open questions. */
  questions(): Line[] {
    return this.#questions.frames
  }

  /** The text so far of each answer that is still being written, as one chunk. */
  partial(): Line[] {
    return [...this.#partial.values()].map((chunk) => ({ seq: null, text: chunkFrame(this.id, chunk) }))
  }

  /** The team's state in AutoGen's shape, with no turn half done in it. */
  teamState(): Record<string, unknown> | null {
    return this.#team?.saveState() ?? null
  }

  /** Resolves when all that the run was told and has said so far is stored. */
  async stored(): Promise<void> {
    if (this.#waiting.length > 0) await this.#told.promise
    await this.#outbox.stored()
  }

  stop(reason: string): void {
    this.#command({ type: 'cancel', reason })
  }
  /** Ends the run after the present turn. */
  finish(): void {
    this.#command({ type: 'finish', reason: externalStop })
  }
  pause(): void {
    this.#command({ type: 'pause' })
  }
  resume(): void {
    this.#command({ type: 'resume' })
  }

  /** Begins nothing new and says nothing of it: the process is going. What is under way may finish. */
  hold(): void {
    this.#quiet = true
    // A run that is played again does nothing new until it is where it stood, and must come there as it did.
    if (this.#isActive && !this.#play.stage.replay) this.#play.actor.send({ type: 'pause' })
  }

  /** Ends what is under way without a word: the run is put away, or the process is going. */
  leave(): void {
    this.#play.actor.stop()
    this.#ready.resolve()
  }

  /** Answers a question, or the oldest one, and gives its id; null where that is not asked, or not any more. */
  answer(content: string, requestId = this.#play.stage.questions()[0]): string | null {
    return requestId !== undefined && this.#play.stage.answer(requestId, { content }) ? requestId : null
  }

  /** Whether a question was ever told: that one, or any. */
  wasAsked(requestId?: string): boolean {
    return this.#questions.wasTold(requestId)
  }

  /** Does what was decided for questions that nobody has answered in time. */
  checkDeadlines(): void {
    for (const requestId of this.#questions.overdue()) {
      const { on_timeout = 'fail', answer = '' } = this.settings.input ?? {}
      if (on_timeout === 'stop') this.stop(reasons.input_timeout())
      else if (on_timeout === 'answer') this.answer(answer, requestId)
      else this.#play.stage.answer(requestId, { failure: { message: reasons.input_timeout() } })
    }
  }

  message(message: TeamMessage, known = false): void {
    this.#messages.push(message)
    if (!known) this.#outbox.say(messageFrame(message), () => this.#partial.delete(message.id))
  }

  chunk(source: string, content: string, messageId: string | null): void {
    const chunk = complete<ModelClientStreamingChunkEvent>(
      { type: 'ModelClientStreamingChunkEvent', source, content, full_message_id: messageId },
      this.#clock
    )
    this.#outbox.pass(chunkFrame(this.id, chunk), () => {
      if (messageId === null) return
      const before = this.#partial.get(messageId)
      this.#partial.set(messageId, before ? { ...before, content: before.content + content } : chunk)
    })
  }

  asked(question: Question, source: string): void {
    const frame = this.#questions.ask(question, source)
    if (frame) this.#outbox.say(frame, (line) => this.#questions.told(question.requestId, line))
  }

  answered(requestId: string): void {
    this.#questions.forget(requestId)
  }

  record(record: ModelCallRecord, source: string): void {
    const content = JSON.stringify({ ...record, agent_id: source })
    const message = complete<TextMessage>(
      { type: 'TextMessage', source: 'llm_call_event', content },
      this.#clock
    )
    this.#outbox.say(messageFrame(message))
  }

  turned(turn: number, speakers: readonly string[]): void {
    if (turn <= this.#turn) return
    this.#turn = turn
    this.#outbox.keep({ kind: 'turn', at: this.#clock.now(), turn, seq: this.#outbox.seq, speakers })
  }

  get #isActive(): boolean {
    return this.#play.actor.getSnapshot().status === 'active'
  }

  /** Keeps what somebody told the run, and does it: when its team is there, and where it is played again, after that. */
  #command(command: Command): void {
    const opening = this.state === 'starting' && command.type !== 'cancel'
    if (this.#play.stage.replay || opening) return void this.#waiting.push(command)
    if (!this.#isActive) return
    this.#outbox.keep({ kind: 'command', at: this.#clock.now(), command })
    this.#do(command)
  }

  #do(command: Command): void {
    if (command.type === 'cancel') this.#reason ??= command.reason
    if (this.#isActive) this.#play.actor.send(command)
  }

  /** The run is where it stood, or has just begun. */
  #goLive(): void {
    if (this.#quiet) this.hold()
    if (this.#isActive) this.#tellStatus()
    this.#doWaiting()
    this.#ready.resolve()
  }

  #doWaiting(): void {
    if (this.state === 'starting') return
    for (const command of this.#waiting.splice(0)) this.#command(command)
    this.#told.resolve()
  }

  #tellStatus(): void {
    if (this.#quiet || this.#play.stage.replay) return
    const state = this.state
    const status = statusOf(state)
    if (status === this.#status) return
    this.#status = status
    this.#outbox.change({ status })
    this.#outbox.say({ type: 'status', status, state })
  }

  /** Tells how the run came out, and waits until that is stored. */
  async #tellEnd(outcome: Outcome): Promise<void> {
    this.#questions.clear()
    this.#ready.resolve()
    this.#told.resolve()
    const told = 'cancelled' in outcome && this.#reason !== null ? { cancelled: this.#reason } : outcome
    const past = { clock: this.#clock, began: this.settings.began, messages: this.#messages }
    this.#status = 'stop' in told ? 'complete' : 'failure' in told ? 'error' : 'stopped'
    await tellEnd(this.#outbox, told, past)
    if (this.#isActive) this.#play.actor.stop()
  }
}
