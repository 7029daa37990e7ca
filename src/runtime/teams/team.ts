import type { TerminationCondition } from '../../machines/conditions/index.ts'
import { freshProgress, type TeamDefinition, type TeamProgress } from '../../machines/group-chat.ts'
import type { TeamMessage } from '../../machines/message.ts'
import type { Selector } from '../../machines/teams/selector.ts'
import type { Agent } from '../agents/agent.ts'
import { systemClock } from '../clock.ts'
import { TroupeError } from '../errors.ts'
import type { Ensemble, Seat, Stage } from '../stage.ts'
import { readTask } from '../task.ts'
import { type RunOptions, streamRun, type TaskResult } from './stream-run.ts'

/** What all teams may be told. */
export interface TeamOptions {
  name?: string | null
  description?: string | null
  terminationCondition?: TerminationCondition | null
  /** More than 0. */
  maxTurns?: number | null
  /** Whether the choice of each speaker is shown. */
  emitTeamEvents?: boolean
}

/** What makes one type of team different from another. */
export interface TeamType {
  name: string
  description: string
  /** The name of its manager in events and saved states. */
  manager: string
  // biome-ignore lint/suspicious/noExplicitAny: each selector has a state of its own
  selector: Selector<any>
}

/** The most participants that a team may have. */
const CROWD = 256

/** Agents who talk by turns. A team remembers: the next run continues. */
export abstract class Team implements Ensemble {
  readonly name: string
  readonly description: string
  readonly manager: string
  readonly emitTeamEvents: boolean
  readonly definition: TeamDefinition
  readonly seats: ReadonlyMap<string, Seat>
  thread: TeamMessage[] = []
  progress: TeamProgress
  #running = false

  protected constructor(type: TeamType, participants: readonly Agent[], options: TeamOptions) {
    const names = participants.map(({ name }) => name)
    if (names.length === 0) throw new Error('At least one participant is required.')
    if (names.length > CROWD) throw new TroupeError('too_many_participants', String(names.length))
    if (new Set(names).size < names.length) throw new Error('The participant names must be unique.')
    this.name = options.name ?? type.name
    this.description = options.description ?? type.description
    this.manager = type.manager
    this.emitTeamEvents = options.emitTeamEvents ?? false
    this.definition = {
      names,
      participants: participants.map(({ name, opening }) => ({ name, opening })),
      selector: type.selector,
      condition: options.terminationCondition?.rule ?? null,
      maxTurns: options.maxTurns ?? null
    }
    this.seats = new Map(participants.map((agent) => [agent.name, { agent, unread: [], turns: 0 }]))
    this.progress = freshProgress(this.definition, Date.now())
  }

  /** Throws where the team can be loaded but never run; told before a run says anything. */
  check(): void {
    const { maxTurns } = this.definition
    if (maxTurns !== null && maxTurns <= 0) throw new Error('max_turns must be greater than 0.')
  }

  /** Takes its place on a run's stage. */
  enter(stage: Stage, path: string): void {
    this.check()
    stage.enter(path, this)
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
    if (this.#running) throw new TroupeError('already_running')
    this.#running = true
    try {
      yield* streamRun(this, task, options)
    } finally {
      this.#running = false
    }
  }
}
