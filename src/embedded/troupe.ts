import type { ComponentModel } from '../machines/component/component.ts'
import { demandOptions, nearestName } from '../machines/shared/option-names.ts'
import { TroupeError } from '../protocol/errors.ts'
import { demandLimits, mergeOptions, type RunLimits, type RunOptions } from '../protocol/run-options.ts'
import type { RunStatus } from '../protocol/run-status.ts'
import type { Runtime } from '../runtime/host/runtime.ts'
import type { Egress } from '../runtime/network/egress/egress.ts'
import { readTask, type Task } from '../runtime/shared/task.ts'
import type { RunRow } from '../runtime/store/store.ts'
import { steering } from '../server/run-api/commands.ts'
import { InputAcks } from '../server/run-api/input-acks.ts'
import { StartableTeams } from '../server/run-api/teams/startable-teams.ts'
import { version } from '../server/version.ts'
import { type FetchHandler, type RequestInfo, socketsOf } from '../server/web/fetch-handler.ts'
import { Allowed } from './handler/allow.ts'
import type { Front } from './handler/front.ts'
import { type HandlerOptions, handlerOptionNames } from './handler/handler-options.ts'
import type { Ask } from './runs/ask.ts'
import { Run, type RunServices } from './runs/run.ts'
import type { NameOf, OutputOfTeam, TeamSources } from './typing.ts'

/** How a run is started. */
export interface StartOptions extends Pick<RunOptions, 'input' | 'state'> {
  /** The user that the run belongs to; none by default. */
  user?: string
  /** What ends it; the runtime's limits unless told. */
  limits?: RunLimits
  /** What its tools are given instead of the runtime's `context`; for as long as this process has the run. */
  context?: unknown
  /** The session that it belongs to; a new one unless told. */
  session?: number
  /** Goes on from the state that the session's last run has ended with. */
  continue?: boolean
}

/** Which runs are listed. */
export interface RunsQuery {
  user?: string
  status?: RunStatus | readonly RunStatus[]
  /** A part of the team's name or of how the task begins. */
  q?: string
  /** Only runs with smaller ids: the next page. */
  before?: number
  /** At most so many; 100 unless told. */
  limit?: number
}

/** Whose questions are listed. */
export interface PendingQuery {
  user?: string
}

/** A run in a list. */
export interface ListedRun {
  /** The team's name. */
  readonly team: string | null
  /** How its task begins. */
  readonly task: string | null
  /** The participants for whom a person is to answer. */
  readonly waitsFor: string | null
}

interface TroupeParts {
  runtime: Runtime
  /** Which addresses components may reach. */
  egress: Egress
  teams: readonly string[]
  lost: Promise<never>
}

const startNames: readonly (keyof StartOptions)[] = [
  ...(['user', 'limits', 'context', 'session', 'continue', 'input', 'state'] as const)
]

/** How much of a task is in a session's name, in characters. */
const NAME = 80

/** How many runs are read at a time, where all are wanted. */
const PAGE = 200

/** Durable runs in this process. */
export class Troupe<Teams extends TeamSources = TeamSources> implements AsyncDisposable {
  /** Rejects when this process must let go, since another one has taken the store's database over. */
  readonly lost: Promise<never>
  readonly #runtime: Runtime
  readonly #teams: readonly string[]
  readonly #services: RunServices
  readonly #egress: Egress
  /** The handlers that were asked for something. */
  readonly #fronts = new Set<Promise<Front>>()
  #closing: Promise<void> | undefined

  constructor({ runtime, egress, teams, lost }: TroupeParts) {
    this.lost = lost
    this.#runtime = runtime
    this.#egress = egress
    this.#teams = teams
    this.#services = {
      runtime,
      leavers: new Set(),
      startFrom: (run, { state, task }) => this.#startFrom(run, state, task)
    }
  }

  /**
   * Starts a run. Resolves when its beginning is stored; from then on it survives the process.
   *
   * @param team the name of a team that was given, the id of a stored one, or a component
   * @param task what is to be done
   * @param options whose run it is, and what is particular to it
   * @throws `no_such_team`, `bad_task`, `empty_task`, `unknown_option`, `closing`
   */
  start<Name extends NameOf<Teams>>(
    team: Name,
    task: Task,
    options?: StartOptions
  ): Promise<Run<OutputOfTeam<Teams, Name>>>
  start(team: number | ComponentModel, task: Task, options?: StartOptions): Promise<Run>
  async start(
    team: string | number | ComponentModel,
    task: Task,
    options: StartOptions = {}
    // biome-ignore lint/suspicious/noExplicitAny: the signatures above say what each team comes to
  ): Promise<Run<any>> {
    demandOptions('start', options, startNames)
    demandLimits(options.limits)
    const fields = this.#teamFields(team)
    const said = readTask(task, this.#runtime.clock)
    const { store } = this.#runtime
    const { user, session, context, ...rest } = options
    const user_id = user ?? null
    const text = said.find(({ content }) => typeof content === 'string')?.content
    const name = typeof text === 'string' ? text.slice(0, NAME) : ''
    const session_id = session ?? (await store.sessions.insert({ user_id, name, team_id: null })).id
    const row = await store.runs.create({ session_id, user_id })
    if ('context' in options) this.#runtime.giveContext(row.id, context)
    return this.#begin(row, { ...fields, task: said, options: rest })
  }

  /**
   * A run by its id, whichever process has started it.
   *
   * @param options `user`: throws `not_yours` where the run is another user's
   * @throws `unknown_run`
   */
  async run(id: number, options: { user?: string } = {}): Promise<Run> {
    const row = await this.#runtime.store.runs.get(id)
    if (!row) throw new TroupeError('unknown_run', String(id))
    if (options.user !== undefined && row.user_id !== options.user) throw new TroupeError('not_yours')
    return new Run(this.#services, row)
  }

  /** Runs, newest first. */
  async runs({ user, status, q, before, limit = 100 }: RunsQuery = {}): Promise<(Run & ListedRun)[]> {
    const { runs } = this.#runtime.store
    const statuses = typeof status === 'string' ? [status] : status
    const listed = await runs.overview({ user, status: statuses, q, before, limit })
    const found = await Promise.all(
      listed.map(async ({ id, team, task, waits_for: waitsFor }) => {
        const row = await runs.get(id)
        return row ? [Object.assign(new Run(this.#services, row), { team, task, waitsFor })] : []
      })
    )
    return found.flat()
  }

  /** The open questions of all runs, or of one user's, oldest run first. */
  async pending({ user }: PendingQuery = {}): Promise<Ask<Run>[]> {
    const { runs } = this.#runtime.store
    const waiting: number[] = []
    for (let before: number | undefined, isLast = false; !isLast; ) {
      const status = ['active', 'awaiting_input', 'paused'] as const
      const page = await runs.overview({ user, status, before, limit: PAGE })
      waiting.push(...page.filter(({ waits_for }) => waits_for !== null).map(({ id }) => id))
      before = page.at(-1)?.id
      isLast = page.length < PAGE
    }
    const asks: Ask<Run>[] = []
    for (const id of waiting.reverse()) {
      const row = await runs.get(id)
      if (row) asks.push(...(await new Run(this.#services, row).pending()))
    }
    return asks
  }

  /**
   * Answers web requests for this runtime's runs: the whole REST API, event streams and, with `attachWebSocket`, sockets.
   * What stands before `/api/` in an address is where it is mounted.
   *
   * @param options who asks, and what clients may do
   * @throws `unknown_option`, and where a verb does not exist
   * @example
   * app.all('/agents/*', (c) => handler(c.req.raw)) // Hono; `toNode(handler)` of `troupe/http` for Express and node:http
   */
  handler(options: HandlerOptions = {}): FetchHandler {
    demandOptions('handler', options, handlerOptionNames)
    // What is wrong with them is said at once; all else is loaded with the first request.
    new Allowed(options.allow, options.teams)
    let front: Promise<Front> | undefined
    const load = (): Promise<Front> => {
      front ??= this.#front(options)
      return front
    }
    const handler = async (request: Request, info: RequestInfo = {}) => (await load()).answer(request, info)
    return Object.assign(handler, { [socketsOf]: async () => (await load()).sockets })
  }

  /**
   * Lets what is under way finish (8 s at most), stores it, and gives everything back: runs go on where they are when
   * their store is opened again. Loops over events end, and who waits for a result is thrown `closing`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    const { store } = this.#runtime
    await this.#runtime.close()
    for (const front of this.#fronts) await front.then((one) => one.close()).catch(() => {})
    for (const leave of [...this.#services.leavers]) leave()
    await store.close()
  }

  #front(options: HandlerOptions): Promise<Front> {
    const parts = { runtime: this.#runtime, egress: this.#egress, version }
    const front = import('./handler/front.ts').then(({ Front }) => new Front(parts, options))
    this.#fronts.add(front)
    return front
  }

  #teamFields(team: string | number | ComponentModel) {
    if (typeof team === 'number') return { team_id: team }
    if (typeof team === 'object') return { team_config: team as unknown as Record<string, unknown> }
    if (this.#teams.includes(team)) return { team }
    const near = nearestName(team, this.#teams)
    const known = this.#teams.map((name) => `"${name}"`).join(', ') || 'none'
    throw new TroupeError('no_such_team', team, near ? `Did you mean "${near}"?` : `There are: ${known}.`)
  }

  async #begin(row: RunRow, fields: Parameters<typeof steering.start>[0]): Promise<Run> {
    const runtime = this.#runtime
    const teams = new StartableTeams(runtime)
    const caller = { runtime, teams, run: row.id, answers: new InputAcks(), warn() {} }
    const live = await steering.start(fields, caller)
    await live.started()
    return new Run(this.#services, { ...row, status: 'active' })
  }

  /** Starts a run of the same team in the session of another one, from a state. */
  async #startFrom(run: RunRow, state: Record<string, unknown>, task: unknown): Promise<number> {
    const { runs } = this.#runtime.store
    const { session_id, user_id } = run
    const saved = (await runs.saved(run.id))!
    const row = await runs.create({ session_id, user_id })
    const before = saved.options as RunOptions
    const options = mergeOptions(null, { options: { input: before.input, limits: before.limits }, state })
    const said = task === undefined ? [] : readTask(task, this.#runtime.clock)
    const live = this.#runtime.start(row, { task: said, team_config: saved.team_config!, options })
    await live.started()
    return row.id
  }
}
