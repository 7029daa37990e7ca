import type { TerminationCondition } from '../../machines/conditions/index.ts'
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
import type { Chosen } from '../../machines/teams/selector.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { ParticipantContext, RunnableTeam, RunScope, TeamContext } from '../contract/agent.ts'
import { type Agent, type Effect, type Turn, wait } from '../contract/agent.ts'
import type { Execution } from '../execution/execute.ts'
import { systemClock } from '../shared/clock.ts'
import { readTask } from '../shared/task.ts'
import { type RunOptions, streamRun, type TaskResult } from './stream-run.ts'
import { loadTeam, saveTeam, standingOfTeam } from './team-state.ts'
import type { TeamType } from './team-type.ts'

export type { TeamType } from './team-type.ts'

/** What all teams may be told. */
export interface TeamOptions {
  name?: string | null
  description?: string | null
  terminationCondition?: TerminationCondition | null
  /** More than 0. */
  maxTurns?: number | null
  /** Whether the choice of each speaker is shown. */
  emitTeamEvents?: boolean
  /** Types of messages besides the built-in ones and those of the participants. */
  customMessageTypes?: readonly MessageType[]
}

/** The most participants that a team may have. */
const MAX_PARTICIPANTS = 256

/** Agents and teams that talk by turns. A team remembers: the next run continues. */
export abstract class Team implements TeamContext, Agent, RunnableTeam {
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
  thread: TeamMessage[] = []
  progress: TeamProgress
  choices = 0
  #running: 'no' | 'starting' | Execution = 'no'

  // biome-ignore lint/suspicious/noExplicitAny: each type of team has a state of its own
  protected constructor(type: TeamType<any>, participants: readonly Agent[], options: TeamOptions) {
    const names = participants.map(({ name }) => name)
    if (names.length === 0) throw new Error('At least one participant is required.')
    if (names.length > MAX_PARTICIPANTS) throw new TroupeError('too_many_participants', String(names.length))
    if (new Set(names).size < names.length) throw new Error('The participant names must be unique.')
    this.type = type
    this.name = options.name ?? type.name
    this.description = options.description ?? type.description
    this.emitTeamEvents = options.emitTeamEvents ?? false
    this.definition = {
      names,
      participants: participants.map(({ name, opening }) => ({ name, opening })),
      selector: type.selector,
      condition: options.terminationCondition?.rule ?? null,
      maxTurns: options.maxTurns ?? null
    }
    this.participants = new Map(participants.map((agent) => [agent.name, { agent, unread: [], turns: 0 }]))
    this.messageTypes = [
      ...(options.customMessageTypes ?? []),
      ...participants.flatMap((agent) => agent.messageTypes ?? [])
    ]
    this.types = new MessageTypes(this.messageTypes)
    this.progress = freshProgress(this.definition, Date.now())
  }

  get manager(): string {
    return this.type.manager
  }

  /** Runs the team and gives what `runStream` ends with. */
  async run(options: RunOptions = {}): Promise<TaskResult> {
    let last: TeamMessage | TaskResult | undefined
    for await (const item of this.runStream(options)) last = item
    return last as TaskResult
  }

  /**
   * Runs the team: yields each message and event in order, and a `TaskResult` last. Leaving the loop early, or the
   * signal, cancels. Throws what went wrong inside; the team can be run again.
   */
  async *runStream(options: RunOptions = {}): AsyncGenerator<TeamMessage | TaskResult, void, void> {
    const task = options.task == null ? null : readTask(options.task, options.clock ?? systemClock)
    if (this.#running !== 'no') throw new TroupeError('already_running')
    this.#running = 'starting'
    try {
      yield* streamRun(this, task, options, (play) => {
        this.#running = play
      })
    } finally {
      this.#running = 'no'
    }
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

  #tell(event: { type: 'pause' | 'resume' }): void {
    if (typeof this.#running === 'string') throw new TroupeError('not_running')
    const { actor } = this.#running
    // The stream's consumer may not have reached its end yet.
    if (actor.getSnapshot().status === 'active') actor.send(event)
  }

  /** Gives back what the participants hold of the world: connections, processes. The team can be run again. */
  async close(): Promise<void> {
    await Promise.all([...this.participants.values()].map(({ agent }) => agent.close?.()))
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
    if ('failure' in outcome) {
      const { type, message } = outcome.failure
      throw Object.assign(new Error(message), type === undefined ? {} : { name: type })
    }
  }
}
