import type { ComponentModel } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import { ignoreOwn, reasons, TroupeError } from '../../protocol/errors.ts'
import type { RunOptions } from '../../protocol/run-options.ts'
import { isFinal } from '../../protocol/run-status.ts'
import { Registry } from '../components/registry.ts'
import { SecretVault } from '../components/secret-vault.ts'
import { GroupCommitter } from '../run/group-committer.ts'
import type { LiveRun } from '../run/live-run.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import type { RunRow, Store } from '../store/store.ts'
import { DisconnectPolicies, type DisconnectPolicy } from '../subscriptions/disconnect-policy.ts'
import type { Subscriber } from '../subscriptions/subscriber.ts'
import { Subscriptions } from '../subscriptions/subscriptions.ts'
import { History } from './history.ts'
import { IdleSweeper, WAKE_BATCH } from './idle-sweeper.ts'
import { Retention } from './retention.ts'
import { infoOf, type RunInfo, restingInfo } from './run-info.ts'
import { RunLoader } from './run-loader.ts'

/** How long turns that are under way may take to end when the process is going, in milliseconds. */
const GRACE = 8000

interface RuntimeOptions {
  store: Store
  registry?: Registry
  clock?: Clock
  env?: Readonly<Record<string, string | undefined>>
  /** The environment variables of a user, for this user's runs only. */
  envOf?(user: string | null): Promise<Readonly<Record<string, string>>>
  /** What happens to a run when its last client has left, unless the run says otherwise. */
  absence?: DisconnectPolicy
  /** Runs that ended so many days ago are deleted; none, where it is not said. */
  retainDays?: number
  /** Is told what nobody else is: what only the operator can see to. */
  log?(text: string, error: unknown): void
}

/** What a run is started with. */
export interface RunStart {
  task: readonly ChatMessage[]
  team_config: ComponentModel
  options?: RunOptions
}

/** Keeps the runs of a server: starts them, brings them back, lets clients follow and steer them. */
export class Runtime {
  readonly store: Store
  readonly registry: Registry
  readonly clock: Clock
  /** Keeps the secrets of components out of rows and logs. */
  readonly vault: SecretVault
  /** What runs were before, and new runs that begin there. */
  readonly history: History
  readonly #entrance: RunLoader
  readonly #recorder: GroupCommitter
  readonly #live = new Map<number, LiveRun>()
  readonly #waking = new Map<number, Promise<LiveRun>>()
  readonly #absences: DisconnectPolicies
  readonly #following: Subscriptions
  readonly #caretaker: IdleSweeper
  readonly #retention: Retention
  readonly #log: NonNullable<RuntimeOptions['log']>
  #closing = false

  constructor({ store, registry, clock = systemClock, env = process.env, ...options }: RuntimeOptions) {
    const { runs } = store
    const present = (id: number) => this.getLoaded(id)
    this.store = store
    this.registry = registry ?? new Registry()
    this.clock = clock
    this.#log = options.log ?? (() => {})
    this.vault = new SecretVault(store.secrets)
    this.history = new History({ store, registry: this.registry, clock, present })
    this.#recorder = new GroupCommitter(runs)
    const usual = options.absence ?? { policy: 'continue', grace: 30 }
    this.#absences = new DisconnectPolicies(clock, usual, {
      followed: (id) => this.getLoaded(id)?.markFollowed(),
      act: (id, policy) => void this.#forsake(id, policy)
    })
    this.#following = new Subscriptions({ runs, present, absences: this.#absences })
    this.#entrance = new RunLoader({
      ...{ store, registry: this.registry, keyring: this.vault, clock, env, envOf: options.envOf },
      ...{ recorder: this.#recorder, audience: (id) => this.#following.subscribersOf(id) },
      over: (id, lost) => this.#following.onRunEnded(id, lost)
    })
    this.#caretaker = new IdleSweeper({
      ...{ clock, runs, live: this.#live },
      wake: (id) => this.getOrWake(id),
      putAway: (run) => this.#putAway(run)
    })
    this.#retention = new Retention({ clock, runs, days: options.retainDays })
  }

  /** Why nothing can be stored at present, or null. */
  get failure(): unknown {
    return this.#recorder.failure
  }

  /** Starts a run that was created. What is wrong with the team becomes the run's end, not an error here. */
  start(run: RunRow, { options, ...start }: RunStart): LiveRun {
    if (this.#closing) throw new TroupeError('closing')
    if (this.#live.has(run.id) || run.status !== 'created') throw new TroupeError('already_started')
    const settings = { ...options, seed: crypto.randomUUID(), began: this.clock.now() }
    return this.#keep(this.#entrance.create(run, { ...start, settings }))
  }

  /**
   * A run that is under way; one that was put away while it waits for a person is brought back. Refuses by code where
   * the run has not begun or is over.
   */
  async getOrWake(id: number): Promise<LiveRun> {
    // One that is being woken is not where it stood yet: it knows no question that somebody could answer.
    const live = this.#waking.get(id) ?? this.#live.get(id)
    this.#caretaker.keepLoaded(id)
    if (live) return live
    const waking = this.#wake(id).finally(() => this.#waking.delete(id))
    this.#waking.set(id, waking)
    return waking
  }

  /** A run that is in memory. */
  getLoaded(id: number): LiveRun | undefined {
    return this.#live.get(id)
  }

  /** How many follow a run. */
  subscriberCount(id: number): number {
    return this.#following.count(id)
  }

  /** A client has left that may have been the only one to know of a run. */
  clientLeft(id: number): void {
    this.#absences.startGraceIfEmpty(id)
  }

  /** Makes a run that goes on from the end of another one's turn, and lets it go on. */
  async fork(run: RunRow, turn: number): Promise<number> {
    if (this.#closing) throw new TroupeError('closing')
    const id = await this.history.fork(run, turn)
    await this.getOrWake(id).catch((error) => {
      // A fork that cannot go on ends as an error that says why.
      if ((error as TroupeError).code !== 'cannot_go_on') throw error
    })
    return id
  }

  /** The next frames of a run above a number, of those that were told, marked as told again. */
  readFrames(id: number, after: number, limit: number): Promise<{ seq: number; text: string }[]> {
    return this.#following.readFrames(id, after, limit)
  }

  /** Stops a run if it is under way, and waits for its end. */
  async stop(id: number, reason: string): Promise<void> {
    const run = await this.store.runs.get(id)
    if (!run || run.status === 'created' || isFinal(run.status)) return
    const live = await this.getOrWake(id)
    live.stop(reason)
    await live.ended
  }

  /** Where a run stands. */
  async info(run: RunRow): Promise<RunInfo> {
    const { id } = run
    const goesOn = run.status !== 'created' && !isFinal(run.status)
    const live = goesOn || this.#live.has(id) ? await this.getOrWake(id).catch(ignoreOwn) : undefined
    return live ? infoOf(live) : restingInfo(run, this.store.runs)
  }

  /**
   * Lets somebody follow a run: with `after`, everything above it again and then all else; without, what comes from
   * now on. Gives a way to leave.
   */
  subscribe(run: RunRow, after: number | null, listener: Subscriber): Promise<() => void> {
    return this.#following.subscribe(run, after, listener)
  }

  /** Brings back the runs that were going on when the last process ended, and begins to look after deadlines. */
  async recover(): Promise<void> {
    const ids = await this.store.runs.withStatus('active')
    for (let i = 0; i < ids.length; i += WAKE_BATCH) {
      // One that cannot go on ends as an error that says why; the others go on.
      await Promise.allSettled(ids.slice(i, i + WAKE_BATCH).map((id) => this.#recover(id)))
    }
    this.#caretaker.start()
    this.#retention.begin()
  }

  async #recover(id: number): Promise<void> {
    try {
      const { settings } = await this.getOrWake(id)
      // Whoever followed it went with the last process, and may come back.
      if (settings.followed) this.#absences.startGraceIfEmpty(id)
    } catch (error) {
      // What has no code is the store's fault, and may pass.
      if (!(error instanceof TroupeError)) this.#caretaker.retryWake(id)
    }
  }

  /** Lets turns that are under way end, stores what was said, and leaves all runs where they are. */
  async close(): Promise<void> {
    this.#closing = true
    this.#caretaker.stop()
    this.#retention.end()
    for (const live of this.#live.values()) live.drain()
    const until = this.clock.now() + GRACE
    while ([...this.#live.values()].some(({ busy }) => busy > 0) && this.clock.now() < until) {
      await new Promise((resolve) => this.clock.setTimeout(() => resolve(undefined), 10))
    }
    await this.#recorder.close()
    for (const live of this.#live.values()) live.unload()
  }

  #keep(live: LiveRun): LiveRun {
    const { id, settings, ended } = live
    this.#live.set(id, live)
    this.#absences.applyTo(id, settings)
    void ended.then(() => {
      this.#live.delete(id)
      this.#following.onRunEnded(id, live.commitError !== null)
      if (live.commitError !== null)
        this.#log(`run ${id} is lost: what it said could not be stored`, live.commitError)
    })
    // It was on its way when the process was told to end.
    if (this.#closing) live.drain()
    return live
  }

  async #wake(id: number): Promise<LiveRun> {
    const saved = await this.store.runs.saved(id)
    if (!saved) throw new TroupeError('unknown_run', String(id))
    if (saved.status === 'created' || isFinal(saved.status)) throw new TroupeError('not_started')
    if (this.#closing) throw new TroupeError('closing')
    const live = this.#keep(await this.#entrance.recover(saved))
    await live.ready
    return live
  }

  #putAway(live: LiveRun): void {
    this.#live.delete(live.id)
    live.unload()
    this.#following.onEvicted(live.id)
  }

  /** Nobody has followed a run for as long as it may be alone. */
  async #forsake(id: number, policy: 'pause' | 'stop'): Promise<void> {
    const live = await this.getOrWake(id).catch(() => undefined)
    if (policy === 'pause') live?.pause()
    else live?.stop(reasons.forsaken())
  }
}
