import type { ComponentModel } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import { failureFor, TroupeError } from '../../protocol/errors.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { Registry } from '../components/registry.ts'
import type { SecretVault } from '../components/secret-vault.ts'
import { incompatibility, parseRunLog, type RunHistory, readLog } from '../journal/run-log.ts'
import type { GroupCommitter } from '../run/group-committer.ts'
import { LiveRun, type TeamSource } from '../run/live-run.ts'
import { Outbox } from '../run/outbox.ts'
import { writeOutcome } from '../run/run-writer.ts'
import type { Clock } from '../shared/clock.ts'
import type { Scheduler } from '../shared/scheduler.ts'
import type { RunRow, SavedRun, Store } from '../store/store.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'
import type { Team } from '../teams/team.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where the environment variables of runs come from. */
export interface Environments {
  /** Those of the process. */
  readonly process: Env
  /** Those that a user has set, for this user's runs only. */
  ofUser?(user: string | null): Promise<Readonly<Record<string, string>>>
}

interface RunLoaderOptions {
  store: Store
  registry: Registry
  vault: SecretVault
  environments: Environments
  committer: GroupCommitter
  scheduler: Scheduler
  clock: Clock
  subscriptions: Subscriptions
}

/** What a run is made of. */
interface RunDefinition {
  task: readonly ChatMessage[]
  team_config: ComponentModel
  options: StartedRunOptions
  /** What is stored of the run, where it has begun before. */
  history?: RunHistory
}

/** Makes live runs: new ones, and those that are recovered from the store. */
export class RunLoader {
  readonly #services: RunLoaderOptions

  constructor(services: RunLoaderOptions) {
    this.#services = services
  }

  create({ id, user_id }: Pick<RunRow, 'id' | 'user_id'>, definition: RunDefinition): LiveRun {
    const { committer, scheduler, clock, subscriptions } = this.#services
    return new LiveRun({
      ...{ id, ...definition, committer, scheduler, clock },
      teamSource: this.#teamSource(user_id),
      subscribers: subscriptions.subscribersOf(id)
    })
  }

  /** Recovers a run from its log. One for which that is impossible ends as `error`; throws `cannot_go_on` then. */
  async recover(saved: SavedRun): Promise<LiveRun> {
    const problem = incompatibility(saved)
    if (problem) return this.#giveUp(saved, problem)
    const log = await readLog(this.#services.store.runs, saved.id)
    let history: RunHistory
    try {
      history = parseRunLog(saved, log)
    } catch (error) {
      return this.#giveUp(saved, (error as Error).message)
    }
    const { options, task } = history
    return this.create(saved, { options, task, history, team_config: saved.team_config! })
  }

  #teamSource(user: string | null): TeamSource {
    const { environments, registry, vault } = this.#services
    // The user's variables come when the team is loaded, and stand before those of the process.
    const env: Record<string, string | undefined> = Object.create(environments.process)
    return {
      env,
      async load(component) {
        Object.assign(env, await environments.ofUser?.(user))
        return registry.load<Team>(await vault.reveal(component, user), 'team')
      }
    }
  }

  async #giveUp({ id, state, created_at }: SavedRun, why: string): Promise<never> {
    const { store, committer, scheduler, clock, subscriptions } = this.#services
    const [last] = (await store.runs.frames(id)).slice(-1)
    const outbox = new Outbox({
      ...{ run: id, committer, scheduler, subscribers: subscriptions.subscribersOf(id) },
      ...{ seq: last?.seq ?? 0, journal: state?.journal }
    })
    outbox.changeRow({ waits_for: null })
    const summary = { clock, startedAt: Date.parse(created_at), messages: [] }
    await writeOutcome(outbox, { failure: failureFor('cannot_go_on', why) }, summary)
    subscriptions.onRunEnded(id, outbox.hasFailed)
    throw new TroupeError('cannot_go_on', why)
  }
}
