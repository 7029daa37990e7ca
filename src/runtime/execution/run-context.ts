import type { AnyActorRef } from 'xstate'
import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { ParticipantContext, RunScope, TeamContext } from '../contract/agent.ts'
import type { Guard } from '../contract/guards.ts'
import type { RunHooks } from '../contract/hooks.ts'
import type { InputAnswer, Question } from '../contract/question.ts'
import { type Spending, UsageMeter } from '../contract/usage.ts'
import { discardingJournal, type JournalWriter } from '../journal/entries.ts'
import { JournalReplayer, type Recording, type ReplayEvents } from '../journal/replayer.ts'
import type { ModelCallRecord } from '../models/model.ts'
import type { Network } from '../network/network.ts'
import type { Clock } from '../shared/clock.ts'
import { deterministicIds } from '../shared/deterministic-ids.ts'
import type { Scheduler } from '../shared/scheduler.ts'
import { type Activity, type ActivityScope, unfollowed } from '../shared/telemetry/activity.ts'
import { hooked } from './hooked-activity.ts'
import type { LimitWatch } from './limit-watch.ts'

/** What a run reports, at once and in order. */
export interface RunObserver {
  /** `isReplayed`: the message was published before this process loaded the run. */
  message(message: TeamMessage, isReplayed?: boolean): void
  chunk(source: string, content: string, messageId: string | null): void
  /** What was writing these messages has ended; those that were not published meanwhile never come. */
  chunksEnded?(messageIds: Iterable<string>): void
  inputRequested(question: Question, source: string): void
  /** The question was answered or withdrawn. */
  inputClosed?(requestId: string): void
  modelCalled(record: ModelCallRecord, source: string): void
  /** The run's team has ended a turn; turn 0 is the task. */
  turnEnded?(turn: number, speakers: readonly string[]): void
}

interface OpenInput {
  question: Question
  answered(answer: InputAnswer): void
}

interface RunContextOptions {
  /** Names the run in idempotency keys. */
  name: string
  clock: Clock
  scheduler: Scheduler
  env: Readonly<Record<string, string | undefined>>
  /** What models' requests go through; the usual one, where it is not said. */
  network?: Network
  observer: RunObserver
  /** What the program gives its tools. */
  context?: unknown
  /** Loads the team and commits the start of the run; throws what the run fails with. */
  open(): Promise<void>
  /** Where effect results are recorded; nowhere by default. */
  journal?: JournalWriter
  /** The journal so far, where the run is replayed. */
  recording?: Recording
  /** A UUID from which the ids of the run follow; random by default. */
  seed?: string
  /** Whether effects are performed, or only played; performed unless told. */
  performs?: boolean
  /** The activity that observes its turns; none by default. */
  activity?: ActivityScope
  /** Keeps the results of effects of a run inside of a tool call, and has those that are kept already. */
  once?: <T>(key: string, run: () => Promise<T>) => Promise<T>
}

/**
 * What all actors of one run share: its teams by path (`team/critic`), the open questions, the observer, the journal,
 * the replay and the deterministic ids. An actor finds it with `runContextOf(system)`.
 */
export class RunContext implements RunScope {
  /** Names the run in idempotency keys. */
  readonly name: string
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly env: RunContextOptions['env']
  readonly network: Network | undefined
  readonly observer: RunObserver
  /** What the program gives its tools. */
  readonly context: unknown
  /** What the model calls have used, also those before a replay. */
  readonly usage = new UsageMeter()
  /** Ends the run where it reaches a limit; known once the team is loaded. */
  #limits: LimitWatch | undefined
  #hooks: RunHooks | undefined
  /** Whether effects are performed, or only played. */
  readonly performsEffects: boolean
  #guards: readonly Guard[] = []
  readonly journal: JournalWriter
  /** Where a run inside of a tool call keeps the results of its effects. */
  readonly once: RunContextOptions['once']
  /** How many effects are under way, questions to persons not counted. */
  busy = 0
  /** How many of these only wait for persons who are asked inside of them. */
  waiting = 0
  #activity: ActivityScope
  /** The turns under way that are followed, by the path of the speaker. */
  readonly #turnsFollowed = new Map<string, Activity>()
  readonly #open: RunContextOptions['open']
  readonly #teams = new Map<string, TeamContext>()
  /** The messages of teams that run inside a turn, by path. */
  readonly #collected = new Map<string, TeamMessage[]>()
  readonly #openInputs = new Map<string, OpenInput>()
  readonly #recording: Recording | undefined
  #replayer: JournalReplayer | null = null
  #seed: string
  /** Seeds that replace `#seed` after a turn, by turn. */
  readonly #seeds = new Map<number, string>()
  readonly #ids = new Map<string, () => string>()
  #turns = 0
  readonly #speakers: string[] = []

  constructor(options: RunContextOptions) {
    this.name = options.name
    this.clock = options.clock
    this.scheduler = options.scheduler
    this.env = options.env
    this.network = options.network
    this.observer = options.observer
    this.context = options.context
    this.journal = options.journal ?? discardingJournal
    this.once = options.once
    this.#open = options.open
    this.performsEffects = options.performs ?? true
    this.#activity = options.activity ?? unfollowed
    this.#recording = options.recording
    this.#seed = options.seed ?? crypto.randomUUID()
    for (const entry of options.recording?.entries ?? [])
      if (entry.kind === 'seed') this.#seeds.set(entry.turn, entry.seed)
  }

  /** Loads the team; recorded effects are replayed from then on. */
  async open(): Promise<void> {
    await this.#open()
    this.#replayer?.begin()
  }

  /** Replays the recording, if there is one; to be called right after the run's actor was started. */
  startReplay(events: ReplayEvents): void {
    if (this.#recording) this.#replayer = new JournalReplayer(this.#recording, events)
  }

  /** The replay under way, or null. */
  get replay(): JournalReplayer | null {
    return this.#replayer?.done === false ? this.#replayer : null
  }

  /** Whether the team has not ended a turn yet, the task not counted. */
  get isNew(): boolean {
    return this.#turns <= 1
  }

  /** The recorded result of a part of an effect, if there is one. */
  recordedPart(key: string): { answer: unknown } | undefined {
    return this.#replayer?.part(key)
  }

  now(): number {
    return this.replay?.now ?? this.clock.now()
  }

  /** A source of UUIDs for `key`, such as one participant's turn: the same ones in each replay. */
  ids(key: string): () => string {
    return deterministicIds(this.#seed, key)
  }

  /** The next UUID of the run's one source for `key`. */
  id(key: string): string {
    let next = this.#ids.get(key)
    if (!next) {
      next = this.ids(key)
      this.#ids.set(key, next)
    }
    return next()
  }

  /** From now on hooks hear what the run does. */
  hookBy(hooks: RunHooks): RunHooks {
    this.#hooks = hooks
    this.#activity = hooked(hooks, this.#activity)
    return hooks
  }

  /** The guards of the team, which is loaded. */
  guardBy(guards: readonly Guard[]): void {
    this.#guards = guards
  }

  /** The guards of what comes in, or of what goes out. */
  guards(kind: Guard['kind']): Guard[] {
    return this.#guards.filter((guard) => guard.kind === kind)
  }

  /** Whether a message was published before this process loaded the run. */
  isRecorded(id: string): boolean {
    return this.#recording?.messages.has(id) ?? false
  }

  /** A message as it was published before this process loaded the run, where it was. */
  recordedMessage<M extends TeamMessage>(message: M): M {
    return (this.#recording?.messages.get(message.id) as M | undefined) ?? message
  }

  /** Publishes a piece of a message that is still being written; not where what is said is looked at first. */
  chunk(source: string, content: string, messageId: string | null): void {
    if (!this.#guards.some(({ kind }) => kind === 'output')) this.observer.chunk(source, content, messageId)
  }

  /** From now on a limit may end the run. */
  watch(limits: LimitWatch): void {
    this.#limits = limits
    limits.start()
  }

  endWatch(): void {
    this.#limits?.stop()
  }

  /** A model call was answered. */
  spent(spending: Spending): void {
    this.usage.add(spending)
    this.#limits?.spent(spending)
    if (this.replay) return
    this.#limits?.look()
    const { usage: spent, model } = spending
    this.#hooks?.call('usage', { spent, model, total: this.usage.total })
  }

  /** An effect is performed: the turn to which it belongs is under way. */
  performs(): void {
    this.#limits?.look()
  }

  /** A speaker begins a turn; in a nested team, under the turn in which that team runs. */
  beginTurn(path: string, name: string): Activity {
    let within: ActivityScope = this.#activity
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const outer = this.#turnsFollowed.get(path.slice(0, slash))
      if (!outer) continue
      within = outer
      break
    }
    const activity = within.turn(name)
    if (activity !== within) this.#turnsFollowed.set(path, activity)
    return activity
  }

  addTeam(path: string, team: TeamContext): void {
    this.#teams.set(path, team)
  }

  team(path: string): TeamContext {
    return this.#teams.get(path)!
  }

  participant(path: string): ParticipantContext {
    const slash = path.lastIndexOf('/')
    return this.team(path.slice(0, slash)).participants.get(path.slice(slash + 1))!
  }

  /** Appends messages to a team's thread, and `heard` to what every participant but `from` has to answer. */
  deliver(
    path: string,
    from: string | null,
    messages: readonly TeamMessage[],
    heard: readonly ChatMessage[]
  ): void {
    const { thread, participants, heardOnly } = this.team(path)
    thread.push(...(heardOnly ? heard : messages))
    for (const [name, participant] of participants) {
      if (name !== from) participant.unread.push(...heard)
      // A turn that was cut off and goes on answers the new messages of the team too.
      if (from === null) delete participant.answering
    }
  }

  /**
   * Publishes a message to the observer and to turns in which the team at `path` runs. Returns the message as it is to
   * be remembered: in a replay, as it was published the first time.
   */
  publish<M extends TeamMessage>(path: string, message: M): M {
    const recorded = this.#recording?.messages.get(message.id) as M | undefined
    const published = recorded ?? message
    for (const [team, messages] of this.#collected)
      if (path === team || path.startsWith(`${team}/`)) messages.push(published)
    this.observer.message(published, recorded !== undefined)
    return published
  }

  /** Publishes a message or a chunk from inside an effect, which may come out otherwise when it is performed again. */
  publishInner(path: string, message: TeamMessage): void {
    if (message.type === 'ModelClientStreamingChunkEvent')
      return this.chunk(message.source, message.content, message.full_message_id ?? null)
    const recorded = this.#recording?.messages.get(message.id)
    this.publish(path, recorded && !isAlike(recorded, message) ? { ...message, id: randomId() } : message)
  }

  /** Collects the messages of the team at a path until `stop` is called. */
  collect(path: string): { messages: TeamMessage[]; stop(): void } {
    const messages: TeamMessage[] = []
    this.#collected.set(path, messages)
    return { messages, stop: () => this.#collected.delete(path) }
  }

  /** A participant (`name`; null for the task) of the team at `path` has ended its part of a turn; `isLast`: the turn too. */
  speakerEnded(path: string, name: string | null, isLast: boolean): void {
    if (path !== 'team') return
    if (name !== null) this.#speakers.push(name)
    if (!isLast) return
    const turn = this.#turns++
    this.#limits?.turnEnded(turn)
    const speakers = this.#speakers.splice(0)
    this.observer.turnEnded?.(turn, speakers)
    if (turn > 0 && !this.replay) this.#hooks?.call('turn', { turn, speakers })
    const seed = this.#seeds.get(turn)
    if (seed === undefined) return
    this.#seed = seed
    this.#ids.clear()
  }

  /** Asks a person; `answered` is called at most once. */
  openInput(question: Question, source: string, answered: (answer: InputAnswer) => void): void {
    this.#openInputs.set(question.requestId, { question, answered })
    this.observer.inputRequested(question, source)
  }

  /** Withdraws a question, or notes that its answer has arrived. */
  closeInput(requestId: string): void {
    this.#openInputs.delete(requestId)
    this.observer.inputClosed?.(requestId)
  }

  /** The request ids of the open questions, oldest first. */
  openInputs(): string[] {
    return [...this.#openInputs.keys()]
  }

  /**
   * Answers a question. False where it is not open, or answered already. Throws `wrong_answer` for a decision where no
   * call is to be approved.
   */
  answerInput(requestId: string, answer: InputAnswer): boolean {
    const open = this.#openInputs.get(requestId)
    if (!open) return false
    if ('decision' in answer && !open.question.call) throw new TroupeError('wrong_answer')
    this.#openInputs.delete(requestId)
    open.answered(answer)
    return true
  }
}

const randomId = () => crypto.randomUUID()

/** Whether two messages say the same, whenever they say it. */
const isAlike = (one: TeamMessage, other: TeamMessage): boolean =>
  JSON.stringify({ ...one, created_at: '' }) === JSON.stringify({ ...other, created_at: '' })

/** The actor system of one run: all its actors have the same. */
export type System = AnyActorRef['system']

/** XState gives actors that are built once nothing of their run but their system, so the context is a field of it. */
interface RunSystem {
  runContext?: RunContext
}

/** Ties the actors of a system to their run. */
export function setRunContext(system: System, run: RunContext): void {
  const runSystem: RunSystem = system as object
  runSystem.runContext = run
}

/** The context of the run to which an actor's system belongs. */
export const runContextOf = (system: System): RunContext => (system as RunSystem).runContext!
