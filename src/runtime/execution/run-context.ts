import type { AnyActorRef } from 'xstate'
import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import type { Failure } from '../../machines/shared/outcome.ts'
import type { Question } from '../contract/agent.ts'
import type { ParticipantContext, TeamContext } from '../contract/context.ts'
import { discardingJournal, type JournalWriter } from '../journal/entries.ts'
import { JournalReplayer, type Recording, type ReplayEvents } from '../journal/replayer.ts'
import type { ModelCallRecord } from '../models/model.ts'
import type { Clock } from '../shared/clock.ts'
import { deterministicIds } from '../shared/deterministic-ids.ts'

/** What a person answered, or why nobody did. */
export type InputAnswer = { content: string } | { failure: Failure }

/** Who follows a run from outside: hears everything in order, at once. */
export interface RunObserver {
  /** `known`: it was said before the process ended, and the run is played again. */
  message(message: TeamMessage, known?: boolean): void
  chunk(source: string, content: string, messageId: string | null): void
  inputRequested(question: Question, source: string): void
  /** The question is answered, or not asked any more. */
  inputClosed?(requestId: string): void
  modelCalled(record: ModelCallRecord, source: string): void
  /** The run's team has ended a turn, or heard its task. */
  turnEnded?(turn: number, speakers: readonly string[]): void
}

interface RunContextOptions {
  /** Names the run in idempotency keys. */
  id: string
  clock: Clock
  env: Readonly<Record<string, string | undefined>>
  watcher: RunObserver
  /** Makes the run ready: it is loaded and stored when this comes back, and fails when it throws. */
  open?(stage: RunContext): Promise<void>
  journal?: JournalWriter
  /** What is kept of the run, when it is played again. */
  kept?: Recording
  /** A UUID from which the ids of the run follow; random unless told. */
  seed?: string
}

/** One live run, as its actors reach it: the teams by path, the open questions, those who watch. */
export class RunContext {
  /** Names the run in idempotency keys. */
  readonly name: string
  readonly clock: Clock
  readonly env: RunContextOptions['env']
  readonly observer: RunObserver
  readonly open: () => Promise<void>
  readonly #teams = new Map<string, TeamContext>()
  readonly #led = new Map<string, TeamMessage[]>()
  readonly #questions = new Map<string, (answer: InputAnswer) => void>()
  /** How many effects are under way, persons' answers not counted. */
  busy = 0

  readonly journal: JournalWriter
  #seed: string
  /** The seeds from which ids follow after a turn. */
  readonly #seeds = new Map<number, string>()
  readonly #kept: Recording | undefined
  readonly #ids = new Map<string, () => string>()
  #replay: JournalReplayer | null = null
  #turns = 0
  readonly #spoken: string[] = []

  constructor({ id, clock, env, watcher, open, journal, kept, seed }: RunContextOptions) {
    this.name = id
    this.clock = clock
    this.env = env
    this.observer = watcher
    this.open = async () => {
      await open?.(this)
      // What is kept came when the team was there.
      this.#replay?.begin()
    }
    this.journal = journal ?? discardingJournal
    this.#kept = kept
    this.#seed = seed ?? crypto.randomUUID()
    for (const entry of kept?.entries ?? [])
      if (entry.kind === 'seed') this.#seeds.set(entry.turn, entry.seed)
  }

  /** Plays again what is kept of the run; to be called in the moment in which the run's actor is started. */
  startReplay(events: ReplayEvents): void {
    if (this.#kept) this.#replay = new JournalReplayer(this.#kept, events)
  }

  /** The replay that goes on, or null. */
  get replay(): JournalReplayer | null {
    return this.#replay?.done === false ? this.#replay : null
  }

  /** Whether none of the team has ended a turn yet. */
  get isNew(): boolean {
    return this.#turns <= 1
  }

  /** What came of a part of an effect before the process ended, if that is kept. */
  part(key: string): { answer: unknown } | undefined {
    return this.#replay?.part(key)
  }

  /** Milliseconds since 1970; what it was then, in a run that is played again. */
  now(): number {
    return this.replay?.now ?? this.clock.now()
  }

  /** Gives ids for one speaker's turn, or whatever else `key` names: the same ones when the run is played again. */
  ids(key: string): () => string {
    return deterministicIds(this.#seed, key)
  }

  /** The next id of those that `key` names. */
  id(key: string): string {
    let next = this.#ids.get(key)
    if (!next) {
      next = this.ids(key)
      this.#ids.set(key, next)
    }
    return next()
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

  /** Gives what was said to the thread, and what is to be heard to everybody but the one who said it. */
  deliver(
    path: string,
    from: string | null,
    messages: readonly TeamMessage[],
    heard: readonly ChatMessage[]
  ): void {
    const { thread, participants: seats, heardOnly } = this.team(path)
    thread.push(...(heardOnly ? heard : messages))
    for (const [name, seat] of seats) {
      if (name !== from) seat.unread.push(...heard)
      // Whoever is to go on with a turn that was given up hears what the team is told now.
      if (from === null) delete seat.answering
    }
  }

  /**
   * Shows something to those who watch, and to whoever leads the team in which it is said. Gives the message as it
   * is to be remembered: in a run that is played again, as it was said the first time.
   */
  publish<M extends TeamMessage>(path: string, message: M): M {
    const before = this.#kept?.messages.get(message.id) as M | undefined
    const said = before ?? message
    for (const [led, messages] of this.#led)
      if (path === led || path.startsWith(`${led}/`)) messages.push(said)
    this.observer.message(said, before !== undefined)
    return said
  }

  /** Shares what is said inside an effect, pieces of answers too. */
  publishInner(path: string, message: TeamMessage): void {
    if (message.type !== 'ModelClientStreamingChunkEvent') this.publish(path, message)
    else this.observer.chunk(message.source, message.content, message.full_message_id ?? null)
  }

  /** Notes that somebody in the run's team has spoken, and whether that was the turn's last. The task is turn 0. */
  speakerEnded(path: string, name: string | null, last: boolean): void {
    if (path !== 'team') return
    if (name !== null) this.#spoken.push(name)
    if (!last) return
    const turn = this.#turns++
    this.observer.turnEnded?.(turn, this.#spoken.splice(0))
    const seed = this.#seeds.get(turn)
    if (seed === undefined) return
    this.#seed = seed
    this.#ids.clear()
  }

  /** Collects what is said in the team that stands at a path. */
  collect(path: string): { messages: TeamMessage[]; stop(): void } {
    const messages: TeamMessage[] = []
    this.#led.set(path, messages)
    return { messages, stop: () => this.#led.delete(path) }
  }

  openInput(question: Question, source: string, answer: (answer: InputAnswer) => void): void {
    this.#questions.set(question.requestId, answer)
    this.observer.inputRequested(question, source)
  }

  /** Forgets a question that was answered or is no longer asked. */
  closeInput(requestId: string): void {
    this.#questions.delete(requestId)
    this.observer.inputClosed?.(requestId)
  }

  /** The ids of the open questions, oldest first. */
  openInputs(): string[] {
    return [...this.#questions.keys()]
  }

  /** Hands an answer to whoever asked. False where nobody asked that, or it is answered already. */
  answerInput(requestId: string, given: InputAnswer): boolean {
    const answer = this.#questions.get(requestId)
    if (!answer) return false
    this.#questions.delete(requestId)
    answer(given)
    return true
  }
}

/** All actors of one run have one system. */
export type System = AnyActorRef['system']
// A property and no WeakMap: of those the collector makes heavy work.
const key = Symbol('stage')
type Staged = System & { [key]?: RunContext }

/** Ties a run's actors to its stage. */
export function setRunContext(system: System, stage: RunContext): void {
  const staged: Staged = system
  staged[key] = stage
}

/** The stage of the run to which an actor belongs. */
export const runContextOf = (system: System): RunContext => (system as Staged)[key]!
