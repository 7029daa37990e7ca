import { externalStop } from '../../machines/conditions/index.ts'
import {
  freshProgress,
  type GroupChatInput,
  type GroupChatOutput,
  type TeamDefinition,
  type TeamProgress
} from '../../machines/group-chat.ts'
import {
  type ChatMessage,
  type MessageType,
  MessageTypes,
  type TeamMessage
} from '../../machines/messages/index.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { errorOf } from '../../machines/shared/outcome.ts'
import type { Chosen } from '../../machines/teams/selector.ts'
import { TroupeError } from '../../protocol/errors.ts'
import { demandLimits, type RunLimits } from '../../protocol/run-options.ts'
import type { ParticipantContext, RunnableTeam, RunScope, TeamContext } from '../contract/agent.ts'
import { type Agent, type Effect, type Turn, wait } from '../contract/agent.ts'
import { demandGuards, type Guard } from '../contract/guards.ts'
import { demandHooks, type Hooks } from '../contract/hooks.ts'
import type { MessageWith, Typing } from '../contract/typing.ts'
import type { Execution } from '../execution/execute.ts'
import type { Task } from '../shared/task.ts'
import { misusesOf } from './misuse.ts'
import { type RunOptions, type RunOptionsWithTask, readRunArguments } from './run-options.ts'
import { streamRun } from './stream-run.ts'
import type { TaskResult } from './task-result.ts'
import {
  conditionIn,
  fromConfig,
  type MarkedTeamOptions,
  maxTurnsIn,
  type TeamOptions,
  teamOptionNames
} from './team-options.ts'
import { loadTeam, saveTeam, standingOfTeam } from './team-state.ts'
import type { TeamType } from './team-type.ts'
import { insideOf, taskOf } from './within.ts'

export type { TeamOptions } from './team-options.ts'
export type { TeamType } from './team-type.ts'

/** What a run yields: what is said, and how it came out last. */
export type RunStream<Output> = AsyncGenerator<MessageWith<Output> | TaskResult<Output>, void, void>

/** The most participants that a team may have. */
const MAX_PARTICIPANTS = 256

/** Agents and teams that talk by turns. A team remembers: the next run continues. */
// biome-ignore lint/suspicious/noExplicitAny: a team of which nothing is known may need anything
export abstract class Team<Output = unknown, Context = any>
  implements TeamContext, Agent<Output, Context>, RunnableTeam, AsyncDisposable
{
  declare readonly '~types'?: Typing<Output, Context>
  readonly name: string
  readonly description: string
  readonly opening = 'lead'
  // biome-ignore lint/suspicious/noExplicitAny: each type of team has a state of its own
  readonly type: TeamType<any>
  readonly emitTeamEvents: boolean
  readonly definition: TeamDefinition
  readonly participants: ReadonlyMap<string, ParticipantContext>
  readonly messageTypes: readonly MessageType[]
  /** The messages that may stand in a saved state. */
  readonly types: MessageTypes
  readonly limits: RunLimits | undefined
  readonly on: Hooks | undefined
  guards: readonly Guard[]
  thread: TeamMessage[] = []
  progress: TeamProgress
  choices = 0
  readonly #notes: readonly string[]
  #running: 'no' | 'starting' | Execution = 'no'

  /**
   * Throws `unknown_option`, `unknown_handoff`, `no_end`, `too_many_participants`, and where the participants cannot be
   * told from each other.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each type of team has a state of its own
  protected constructor(type: TeamType<any>, participants: readonly Agent[], options: TeamOptions) {
    const names = participants.map(({ name }) => name)
    demandOptions(type.name, options, [...teamOptionNames, ...(type.options ?? [])])
    if (names.length === 0) throw new Error('At least one participant is required.')
    if (names.length > MAX_PARTICIPANTS) throw new TroupeError('too_many_participants', String(names.length))
    if (new Set(names).size < names.length) throw new Error('The participant names must be unique.')
    const condition = conditionIn(options)
    this.type = type
    this.name = options.name ?? type.name
    this.description = options.description ?? type.description
    this.emitTeamEvents = options.emitTeamEvents ?? false
    demandLimits(options.limits)
    demandHooks(options.on)
    this.limits = options.limits ?? undefined
    this.on = options.on ?? undefined
    demandGuards(options.guards)
    this.guards = options.guards ?? []
    this.#notes = this.#misuses(participants, options)
    this.definition = {
      names,
      participants: participants.map(({ name, opening }) => ({ name, opening })),
      selector: type.selector,
      condition: condition?.rule ?? null,
      maxTurns: maxTurnsIn(options)
    }
    this.participants = new Map(participants.map((agent) => [agent.name, { agent, unread: [], turns: 0 }]))
    this.messageTypes = [
      ...(options.customMessageTypes ?? []),
      ...participants.flatMap((agent) => agent.messageTypes ?? [])
    ]
    this.types = new MessageTypes(this.messageTypes)
    this.progress = freshProgress(this.definition, Date.now())
  }

  /** Warnings for a team from a file that could be meant otherwise. */
  get note(): string | undefined {
    return this.#notes.join(' ') || undefined
  }

  #misuses(participants: readonly Agent[], options: MarkedTeamOptions): string[] {
    const misuses = misusesOf({
      name: this.name,
      participants,
      condition: conditionIn(options),
      hasMaxTurns: options.maxTurns != null,
      endsItself: this.type.endsItself ?? false
    })
    if (misuses.length > 0 && !options[fromConfig]) throw misuses[0]
    return misuses.map(({ message }) => message)
  }

  get manager(): string {
    return this.type.manager
  }

  /** Runs the team and gives what `runStream` ends with. */
  run(task?: Task | null, options?: RunOptions<Context>): Promise<TaskResult<Output>>
  run(options: RunOptionsWithTask<Context>): Promise<TaskResult<Output>>
  async run(
    first?: Task | RunOptionsWithTask<Context> | null,
    second?: RunOptions<Context>
  ): Promise<TaskResult<Output>> {
    let last: MessageWith<Output> | TaskResult<Output> | undefined
    for await (const item of this.#stream(readRunArguments(first, second))) last = item
    return last as TaskResult<Output>
  }

  /**
   * Runs the team: yields each message and event in order, and a `TaskResult` last. Leaving the loop early, or the
   * signal, cancels. Throws what went wrong inside; the team can be run again.
   */
  runStream(task?: Task | null, options?: RunOptions<Context>): RunStream<Output>
  runStream(options: RunOptionsWithTask<Context>): RunStream<Output>
  runStream(
    first?: Task | RunOptionsWithTask<Context> | null,
    second?: RunOptions<Context>
  ): RunStream<Output> {
    return this.#stream(readRunArguments(first, second))
  }

  async *#stream(given: RunOptionsWithTask): RunStream<Output> {
    const { options, place } = insideOf(given)
    const task = taskOf(options)
    const show = given.within?.show
    if (this.#running !== 'no') throw new TroupeError('already_running')
    this.#running = 'starting'
    try {
      const said = streamRun(this, task, options, place, (run) => {
        this.#running = run
      })
      for await (const item of said) {
        if (item.type !== 'TaskResult') show?.(item as TeamMessage)
        yield item as MessageWith<Output> | TaskResult<Output>
      }
    } finally {
      this.#running = 'no'
    }
  }

  /** Ends the run after its present turn. */
  stop(): void {
    this.#tell({ type: 'finish', reason: externalStop, by: 'request' })
  }

  /** Holds the run before its next model or tool call, nested teams included. What is under way finishes. */
  pause(): void {
    this.#tell({ type: 'pause' })
  }

  /** Lets a held run go on exactly where it stood. */
  resume(): void {
    this.#tell({ type: 'resume' })
  }

  /** Forgets everything that was said. Not while the team runs. */
  reset(): void {
    if (this.#running !== 'no') throw new TroupeError('reset_while_running')
    this.thread = []
    this.progress = freshProgress(this.definition, Date.now())
    for (const seat of this.participants.values()) {
      seat.unread = []
      delete seat.answering
      seat.agent.reset()
    }
  }

  /** The team's state as JSON, in AutoGen's shape; at any moment, with no turn half done in it. */
  saveState(): Record<string, unknown> {
    return saveTeam(this)
  }

  standing(): Record<string, unknown> {
    return standingOfTeam(this)
  }

  /** Takes a state that `saveState` or AutoGen has written. Throws, and changes nothing, where it does not fit. */
  loadState(state: unknown): void {
    if (this.#running !== 'no') throw new TroupeError('load_while_running')
    loadTeam(this, state)
  }

  #tell(event: { type: 'pause' | 'resume' } | { type: 'finish'; reason: string; by: 'request' }): void {
    if (typeof this.#running === 'string') throw new TroupeError('not_running')
    const { actor } = this.#running
    // The stream's consumer may not have reached its end yet.
    if (actor.getSnapshot().status === 'active') actor.send(event)
  }

  /**
   * Cancels a run that is under way, and gives back what the participants hold of the world: connections, processes. The
   * team can be run again.
   */
  async close(): Promise<void> {
    if (typeof this.#running === 'object') {
      const { actor, ended } = this.#running
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'cancel' })
      await ended
    }
    await Promise.all([...this.participants.values()].map(({ agent }) => agent.close?.()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Throws where the team can be loaded but never run; told before a run says anything. */
  check(): void {
    const { maxTurns } = this.definition
    if (maxTurns !== null && maxTurns <= 0) throw new Error('max_turns must be greater than 0.')
    for (const { agent } of this.participants.values()) agent.check?.()
  }

  /** Chooses who speaks next, in teams whose selector asks. */
  choose?(turn: Turn): Generator<Effect, Omit<Chosen, 'at'>, unknown>

  *respond(heard: readonly ChatMessage[]): Generator<Effect, readonly TeamMessage[], unknown> {
    return yield* wait({ step: 'lead', whole: false, perform: (call) => call.runTeam(this, heard) })
  }

  enter(run: RunScope, path: string, task: readonly ChatMessage[] | null): GroupChatInput {
    run.addTeam(path, this)
    // A participant whose turn it is not any more gets everything when it is.
    for (const [name, seat] of this.participants)
      if (!this.progress.speakers.includes(name)) delete seat.answering
    const told = task && task.length > 0 ? task : null
    const now = run.now()
    return { path, team: () => this.definition, progress: this.progress, task: told, showTask: false, now }
  }

  leave(output: unknown): void {
    const { outcome, progress } = output as GroupChatOutput
    this.progress = progress
    if ('failure' in outcome) throw errorOf(outcome.failure)
  }
}
