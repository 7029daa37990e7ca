import type { ComponentModel } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import { failureFor, TroupeError } from '../../protocol/errors.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { Registry } from '../components/registry.ts'
import type { SecretVault } from '../components/secret-vault.ts'
import { incompatibility, parseRunLog, type RunHistory, readLog } from '../journal/run-log.ts'
import { tellEnd } from '../run/ending.ts'
import type { GroupCommitter } from '../run/group-committer.ts'
import { LiveRun } from '../run/live-run.ts'
import { Outbox } from '../run/outbox.ts'
import type { Clock } from '../shared/clock.ts'
import type { RunRow, SavedRun, Store } from '../store/store.ts'
import type { Subscribers } from '../subscriptions/subscriber.ts'
import type { Team } from '../teams/team.ts'

type Env = Readonly<Record<string, string | undefined>>

interface RunLoaderOptions {
  store: Store
  registry: Registry
  keyring: SecretVault
  clock: Clock
  recorder: GroupCommitter
  env: Env
  /** The environment variables of a user, for this user's runs only. */
  envOf?(user: string | null): Promise<Readonly<Record<string, string>>>
  audience(id: number): Subscribers
  /** A run has ended that could not be brought back. */
  over(id: number, lost: boolean): void
}

interface Entering {
  task: readonly ChatMessage[]
  team_config: ComponentModel
  settings: StartedRunOptions
  /** What is kept of the run, where it is brought back. */
  past?: RunHistory
}

/** Where runs come into memory: new ones, and those that are brought back. */
export class RunLoader {
  readonly #options: RunLoaderOptions

  constructor(options: RunLoaderOptions) {
    this.#options = options
  }

  create({ id, user_id }: Pick<RunRow, 'id' | 'user_id'>, entering: Entering): LiveRun {
    const { registry, keyring, recorder, clock, audience, envOf } = this.#options
    // What the user has set comes when the team is loaded; it stands before what the process has.
    const env: Record<string, string | undefined> = Object.create(this.#options.env)
    return new LiveRun({
      ...{ id, ...entering, recorder, clock, env },
      load: async (component) => {
        Object.assign(env, await envOf?.(user_id))
        return registry.load<Team>(await keyring.reveal(component, user_id), 'team')
      },
      audience: audience(id)
    })
  }

  /** Brings back a run; one for which that cannot be done is ended, and refused by code. */
  async recover(saved: SavedRun): Promise<LiveRun> {
    const problem = incompatibility(saved)
    if (problem) return this.#giveUp(saved, problem)
    const log = await readLog(this.#options.store.runs, saved.id)
    let past: RunHistory
    try {
      past = parseRunLog(saved, log)
    } catch (error) {
      return this.#giveUp(saved, (error as Error).message)
    }
    const { settings, task } = past
    return this.create(saved, { settings, task, past, team_config: saved.team_config! })
  }

  async #giveUp({ id, state, created_at }: SavedRun, why: string): Promise<never> {
    const { store, recorder, clock } = this.#options
    let lost = false
    const [last] = (await store.runs.frames(id)).slice(-1)
    const outbox = new Outbox({
      ...{ run: id, recorder, audience: this.#options.audience(id) },
      ...{ seq: last?.seq ?? 0, journal: state?.journal },
      snapshot: () => state?.snapshot ?? 'null',
      lost: () => {
        lost = true
      }
    })
    outbox.changeRow({ waits_for: null })
    const past = { clock, began: Date.parse(created_at), messages: [] }
    await tellEnd(outbox, { failure: failureFor('cannot_go_on', why) }, past)
    this.#options.over(id, lost)
    throw new TroupeError('cannot_go_on', why)
  }
}
