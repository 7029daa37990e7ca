import type { ComponentModel } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import { failureFor, type ReasonCode, TroupeError } from '../../protocol/errors.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { Registry } from '../components/registry.ts'
import type { SecretVault } from '../components/secret-vault.ts'
import type { Hooks } from '../contract/hooks.ts'
import { incompatibility, parseRunLog, type RunHistory, readLog } from '../journal/run-log.ts'
import { operatorsEnvironment } from '../models/wire/access.ts'
import type { Network } from '../network/network.ts'
import type { GroupCommitter } from '../run/group-committer.ts'
import { LiveRun } from '../run/live-run.ts'
import type { TeamSource } from '../run/live-run-options.ts'
import { Outbox } from '../run/outbox.ts'
import { writeOutcome } from '../run/run-writer.ts'
import type { Clock } from '../shared/clock.ts'
import type { Metrics } from '../shared/metrics/metrics.ts'
import type { Scheduler } from '../shared/scheduler.ts'
import { outlast } from '../store/outlast.ts'
import type { RunRow, SavedRun, Store, StoredFrame } from '../store/store.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'
import type { Team } from '../team/team.ts'
import { isQuarantined } from './quarantine.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where the environment variables of runs come from. */
export interface Environments {
  /** Those of the process. */
  readonly process: Env
  /** Those that a user has set, for this user's runs only. */
  ofUser?(user: string | null, isTenant: boolean): Promise<Readonly<Record<string, string>>>
}

interface RunLoaderOptions {
  store: Store
  registry: Registry
  vault: SecretVault
  environments: Environments
  committer: GroupCommitter
  scheduler: Scheduler
  metrics: Metrics
  network?: Network
  /** What the program gives its tools. */
  context?: unknown
  /** Hear what all runs do. */
  on?: Hooks
  clock: Clock
  subscriptions: Subscriptions
}

/** How many frames are read at a time. */
const PAGE = 64

/** What a run is made of. */
interface RunDefinition {
  task: readonly ChatMessage[]
  team_config: ComponentModel
  options: StartedRunOptions
  /** What is stored of the run, where it has begun before, and when it was made, in milliseconds since 1970. */
  history?: RunHistory
  createdAt?: number
}

/** Makes live runs: new ones, and those that are recovered from the store. */
export class RunLoader {
  readonly #services: RunLoaderOptions
  /** What the tools of single runs are given, by run. */
  readonly #contexts = new Map<number, unknown>()

  constructor(services: RunLoaderOptions) {
    this.#services = services
  }

  /** Has the tools of a run given something of its own, for as long as this process has the run. */
  giveContext(id: number, context: unknown): void {
    this.#contexts.set(id, context)
  }

  /** The run has ended. */
  forget(id: number): void {
    this.#contexts.delete(id)
  }

  create({ id, user_id }: Pick<RunRow, 'id' | 'user_id'>, definition: RunDefinition): LiveRun {
    const { committer, scheduler, metrics, network, on, clock, subscriptions } = this.#services
    const context = this.#contexts.has(id) ? this.#contexts.get(id) : this.#services.context
    return new LiveRun({
      ...{ id, ...definition, committer, scheduler, metrics, network, context, on, clock },
      teamSource: this.#teamSource(teamOwner(definition.options, user_id), definition.options.tenant),
      subscribers: subscriptions.subscribersOf(id)
    })
  }

  /**
   * Recovers a run from its log. One for which that is impossible, or that is quarantined, ends as `error`; throws
   * `cannot_go_on` or `quarantined` then.
   */
  async recover(saved: SavedRun): Promise<LiveRun> {
    if (isQuarantined(saved)) return this.#giveUp(saved, 'quarantined')
    const problem = incompatibility(saved)
    if (problem) return this.#giveUp(saved, 'cannot_go_on', problem)
    const log = await readLog(this.#services.store.runs, saved.id)
    let history: RunHistory
    try {
      history = parseRunLog(saved, log)
    } catch (error) {
      return this.#giveUp(saved, 'cannot_go_on', (error as Error).message)
    }
    const { options, task } = history
    const createdAt = Date.parse(saved.created_at)
    return this.create(saved, { options, task, history, createdAt, team_config: saved.team_config! })
  }

  #teamSource(user: string | null, isTenant = false): TeamSource {
    const { environments, registry, vault } = this.#services
    // The user's variables come when the team is loaded, and stand before those of the process.
    const env: Record<string, string | undefined> = Object.create(
      isTenant ? operatorsEnvironment(environments.process) : environments.process
    )
    return {
      env,
      async load(component) {
        Object.assign(env, await outlast(async () => environments.ofUser?.(user, isTenant)))
        return registry.load<Team>(await outlast(async () => vault.reveal(component, user)), 'team')
      }
    }
  }

  async #giveUp({ id, state, created_at }: SavedRun, code: ReasonCode, ...why: string[]): Promise<never> {
    const { store, committer, scheduler, metrics, clock, subscriptions } = this.#services
    const last = await lastFrame(store.runs, id)
    const outbox = new Outbox({
      ...{ run: id, committer, scheduler, metrics, subscribers: subscriptions.subscribersOf(id) },
      ...{ seq: last?.seq ?? 0, journal: state?.journal }
    })
    outbox.changeRow({ waits_for: null })
    const summary = { clock, startedAt: Date.parse(created_at), messages: [] }
    await writeOutcome(outbox, { failure: failureFor(code, ...why) }, summary)
    subscriptions.onRunEnded(id, outbox.hasFailed)
    throw new TroupeError(code, ...why)
  }
}

/** Whose secrets a run's team has: those of whom the run belongs to, unless the team was published by another user. */
const teamOwner = ({ team_owner }: StartedRunOptions, user: string | null): string | null =>
  team_owner === undefined ? user : team_owner

/** The last frame of a run: a page at a time, since all of them may be more than there is room for. */
async function lastFrame(runs: Store['runs'], id: number): Promise<StoredFrame | undefined> {
  let last: StoredFrame | undefined
  for (;;) {
    const page = await runs.frames(id, { after: last?.seq ?? 0, limit: PAGE })
    if (page.length === 0) return last
    last = page.at(-1)
  }
}
