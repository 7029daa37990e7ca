import type { ComponentModel } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import { ignoreOwn, reasons, TroupeError } from '../../protocol/errors.ts'
import type { RunLimits, RunOptions, StartedRunOptions } from '../../protocol/run-options.ts'
import { isFinal } from '../../protocol/run-status.ts'
import type { RunInfo } from '../../protocol/server-frames.ts'
import { Registry } from '../components/registry.ts'
import { type Addresses, addressesIn, SecretVault } from '../components/secret-vault.ts'
import type { Hooks } from '../contract/hooks.ts'
import type { Network } from '../network/network.ts'
import { GroupCommitter } from '../run/group-committer.ts'
import type { LiveRun } from '../run/live-run.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { type Logger, silentLogger } from '../shared/logger.ts'
import { Metrics } from '../shared/metrics/metrics.ts'
import { Scheduler } from '../shared/scheduler.ts'
import type { RunRow, Store } from '../store/store.ts'
import {
  DisconnectPolicies,
  type DisconnectPolicy,
  type DisconnectPolicyTarget
} from '../subscriptions/disconnect-policy.ts'
import type { Subscriber } from '../subscriptions/subscriber.ts'
import { Subscriptions } from '../subscriptions/subscriptions.ts'
import { History } from './history.ts'
import { IdleSweeper, type RunHost, WAKE_BATCH } from './idle-sweeper.ts'
import { Quarantine } from './quarantine.ts'
import { Retention } from './retention.ts'
import { infoOf, restingInfo } from './run-info.ts'
import { RunLoader } from './run-loader.ts'

/** How long effects under way may take to finish when the process ends, in milliseconds. */
const GRACE = 8000

/** After so many milliseconds in which a run has not gone on its process has had it for a while. */
const HELD = 500

const unref = (timer: unknown) => void (timer as Partial<NodeJS.Timeout> | null)?.unref?.()

export interface RuntimeOptions {
  store: Store
  registry?: Registry
  clock?: Clock
  /** The environment variables of the process, as runs see them. */
  env?: Readonly<Record<string, string | undefined>>
  /**
   * The environment variables that a user has set, for this user's runs only; `isTenant`: the run's team is a
   * client's and not the program's.
   */
  envOf?(user: string | null, isTenant: boolean): Promise<Readonly<Record<string, string>>>
  /** What happens to a run when its last client has left, unless the run asks for something else. */
  disconnectPolicy?: DisconnectPolicy
  /** Runs that ended so many days ago are deleted; none by default. */
  retainDays?: number
  /** Takes what the operator is to know; nothing is written by default. */
  log?: Logger
  /** Whether the process before this one is known to have died of something inside of it. */
  hasCrashed?: boolean
  /** Where what happens is counted. */
  metrics?: Metrics
  /** What the program gives its tools. */
  context?: unknown
  /** Hear what all runs do. */
  on?: Hooks
  /** What ends runs that have no limits of their own. */
  limits?: RunLimits
  /** What requests of models go through; the usual one, where it is not said. */
  network?: Network
}

/** What a run is started with. */
export interface RunStart {
  task: readonly ChatMessage[]
  team_config: ComponentModel
  options?: RunOptions & Pick<StartedRunOptions, 'team_owner' | 'tenant'>
}

/** The variables in a user's settings that say where something is sent. */
async function addressesOf({ settings }: Pick<Store, 'settings'>, user: string): Promise<Addresses> {
  const [row] = await settings.list(user)
  return addressesIn(row?.config) ?? {}
}

/** The runs of one process: starts, wakes, evicts and recovers them; subscribers and commands reach them through it. */
export class Runtime implements RunHost, DisconnectPolicyTarget {
  readonly store: Store
  readonly registry: Registry
  readonly clock: Clock
  readonly scheduler = new Scheduler()
  readonly log: Logger
  /** What has been counted since this runtime began. */
  readonly metrics: Metrics
  /** Keeps the secrets of components out of rows and frames. */
  readonly vault: SecretVault
  /** Turns and states of runs, and forks. */
  readonly history: History
  readonly #loaded = new Map<number, LiveRun>()
  readonly #waking = new Map<number, Promise<LiveRun>>()
  readonly #committer: GroupCommitter
  readonly #policies: DisconnectPolicies
  readonly #subscriptions: Subscriptions
  readonly #loader: RunLoader
  readonly #sweeper: IdleSweeper
  readonly #retention: Retention
  readonly #quarantine: Quarantine
  readonly #limits: RunLimits | undefined
  #isClosing = false
  #isRecovered = false

  constructor({ store, registry, clock = systemClock, env = process.env, ...options }: RuntimeOptions) {
    this.store = store
    this.registry = registry ?? new Registry()
    this.clock = clock
    this.log = options.log ?? silentLogger
    this.metrics = options.metrics ?? new Metrics()
    this.#limits = options.limits
    this.vault = new SecretVault(store.secrets, (user) => addressesOf(store, user))
    this.history = new History({ store, registry: this.registry, clock, loaded: this.#loaded })
    this.#committer = new GroupCommitter(store.runs, { logger: this.log, metrics: this.metrics })
    const usual = options.disconnectPolicy ?? { policy: 'continue', grace: 30 }
    this.#policies = new DisconnectPolicies(clock, usual, this)
    this.#subscriptions = new Subscriptions({
      ...{ log: store.runs, policies: this.#policies, loaded: this.#loaded, logger: this.log }
    })
    this.#loader = new RunLoader({
      ...{ store, registry: this.registry, vault: this.vault, clock, scheduler: this.scheduler },
      ...{ metrics: this.metrics, network: options.network, context: options.context, on: options.on },
      ...{ committer: this.#committer, subscriptions: this.#subscriptions },
      environments: { process: env, ofUser: options.envOf }
    })
    this.#sweeper = new IdleSweeper(clock, store.runs, this, this.log)
    this.#retention = new Retention({ clock, runs: store.runs, days: options.retainDays, log: this.log })
    this.#quarantine = new Quarantine({ clock, runs: store.runs, hasCrashed: options.hasCrashed ?? false })
  }

  /** Why nothing can be stored at present, or null. */
  get failure(): unknown {
    return this.#committer.failure
  }

  /** Whether it is being closed, or is closed: what cannot be done then is no fault. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Why nothing can be begun at present; undefined where it can. */
  get unreadiness(): string | undefined {
    if (this.#isClosing) return 'The server is closing.'
    if (!this.#isRecovered) return 'The runs of the last process are being brought back.'
    return this.failure ? 'The database cannot be written to.' : undefined
  }

  /** How many runs and steps wait for their turn, by what they wait for. */
  get queues(): Readonly<Record<string, number>> {
    return { commit: this.#committer.waiting, ...this.scheduler.waiting }
  }

  /** The runs in memory, by id. */
  get loaded(): ReadonlyMap<number, LiveRun> {
    return this.#loaded
  }

  /**
   * Starts a run that was created. Throws `closing` and `already_started`; what is wrong with the team ends the run.
   */
  start(run: RunRow, { options, ...start }: RunStart): LiveRun {
    if (this.#isClosing) throw new TroupeError('closing')
    if (this.#loaded.has(run.id) || run.status !== 'created') throw new TroupeError('already_started')
    this.metrics.runsStarted++
    const limits = options?.limits ?? this.#limits
    const started = {
      ...options,
      ...(limits && { limits }),
      seed: crypto.randomUUID(),
      began: this.clock.now()
    }
    return this.#add(this.#loader.create(run, { ...start, options: started }))
  }

  /**
   * Has the tools of one run given something else than those of all runs. It is gone with this process: a run that is
   * recovered in another one is given what all are.
   */
  giveContext(id: number, context: unknown): void {
    this.#loader.giveContext(id, context)
  }

  /**
   * A run that has begun and not ended; one that was evicted is woken. Throws `unknown_run`, `not_started` (also where
   * it has ended), `closing`, `cannot_go_on`.
   */
  async getOrWake(id: number): Promise<LiveRun> {
    // One that is being woken is not where it was yet: it knows no question that could be answered.
    const run = this.#waking.get(id) ?? this.#loaded.get(id)
    this.#sweeper.keepLoaded(id)
    if (run) return run
    const waking = this.#wake(id).finally(() => this.#waking.delete(id))
    this.#waking.set(id, waking)
    return waking
  }

  /** How many subscribers a run has. */
  subscriberCount(id: number): number {
    return this.#subscriptions.count(id)
  }

  /** A client has left that may have been the only one to know of a run. */
  clientLeft(id: number): void {
    this.#policies.startGraceIfEmpty(id)
  }

  /** Makes a run that goes on from the end of another run's turn, and starts it; returns its id. */
  async fork(run: RunRow, turn: number): Promise<number> {
    if (this.#isClosing) throw new TroupeError('closing')
    const id = await this.history.fork(run, turn)
    this.#quarantine.isOwn(id)
    this.metrics.runsStarted++
    await this.getOrWake(id).catch((error) => {
      // A fork that cannot go on ends as an error that says why.
      if ((error as TroupeError).code !== 'cannot_go_on') throw error
    })
    return id
  }

  /** The next `limit` published frames of a run above a number, marked as replay. */
  readFrames(id: number, after: number, limit: number): Promise<{ seq: number; text: string }[]> {
    return this.#subscriptions.readFrames(id, after, limit)
  }

  /** Stops a run that has begun, and waits for its end. */
  async stop(id: number, reason: string): Promise<void> {
    const run = await this.store.runs.get(id)
    if (!run || run.status === 'created' || isFinal(run.status)) return
    const live = await this.getOrWake(id)
    live.stop(reason)
    await live.ended
  }

  /** The status, the last `seq` and the open questions of a run. */
  async info(run: RunRow): Promise<RunInfo> {
    const { id } = run
    const hasBegun = run.status !== 'created' && !isFinal(run.status)
    const live = hasBegun || this.#loaded.has(id) ? await this.getOrWake(id).catch(ignoreOwn) : undefined
    return live ? infoOf(live) : restingInfo(run, this.store.runs)
  }

  /**
   * Subscribes to a run: with `after`, every frame above that number and then what is published; without, what is
   * published from now on. Returns how to unsubscribe.
   */
  subscribe(run: RunRow, after: number | null, subscriber: Subscriber): Promise<() => void> {
    return this.#subscriptions.subscribe(run, after, subscriber)
  }

  /**
   * Recovers the runs that were active when the last process ended, and begins to sweep. One that was under way whenever
   * the process died ends as an error (`quarantined`).
   */
  async recover(): Promise<void> {
    const ids = await this.store.runs.withStatus('active').catch((error) => this.#recoverLater(error))
    if (!ids) return
    for (let i = 0; i < ids.length && !this.#isClosing; i += WAKE_BATCH) {
      // What a client has woken meanwhile is taken up already.
      const batch = ids.slice(i, i + WAKE_BATCH).filter((id) => !this.#loaded.has(id))
      // One that cannot go on ends as an error that says why; the others go on.
      await this.#quarantine
        .takeUp(batch)
        .catch((error) => this.log.error({ code: 'internal', err: error }, 'runs are taken up unmarked'))
      await Promise.allSettled(batch.map((id) => this.#recover(id)))
    }
    if (this.#isClosing) return
    this.#isRecovered = true
    this.#sweeper.start()
    this.#retention.start()
  }

  /** The store cannot say which runs were active: it is asked again each second, until this runtime is closed. */
  #recoverLater(error: unknown): void {
    if (this.#isClosing) return
    this.log.error({ code: 'internal', err: error }, 'the runs of the last process cannot be read')
    unref(this.clock.setTimeout(() => void (this.#isClosing || this.recover()), 1000))
  }

  /** Takes a run up that was active when the last process ended. */
  async takeUp(id: number): Promise<void> {
    const run = await this.getOrWake(id)
    const { options } = run
    if (options.deaths) unref(this.clock.setTimeout(() => run.noteHeld(), HELD))
    // Its clients went with the last process, and may come back.
    if (options.followed) this.#policies.startGraceIfEmpty(id)
  }

  async #recover(id: number): Promise<void> {
    try {
      await this.takeUp(id)
    } catch (error) {
      // What has no code is the store's fault, and may pass.
      if (error instanceof TroupeError)
        return this.log.warn({ run_id: id, code: error.code, err: error }, 'a run does not go on')
      this.log.error({ run_id: id, code: 'internal', err: error }, 'a run could not be taken up again')
      this.#sweeper.retryWake(id)
    }
  }

  /** Lets effects under way finish (8 s at most), commits what they came to, and unloads all runs where they are. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#sweeper.stop()
    this.#retention.stop()
    for (const run of this.#loaded.values()) run.drain()
    const until = this.clock.now() + GRACE
    while ([...this.#loaded.values()].some(({ isWorking }) => isWorking) && this.clock.now() < until) {
      await new Promise((resolve) => this.clock.setTimeout(() => resolve(undefined), 10))
    }
    await this.#committer.close()
    for (const run of this.#loaded.values()) run.unload()
  }

  /** Takes a run out of memory that only waits. */
  evict(run: LiveRun): void {
    this.#loaded.delete(run.id)
    run.unload()
    this.#subscriptions.onEvicted(run.id)
  }

  onFollowed(id: number): void {
    this.#loaded.get(id)?.markFollowed()
  }

  applyDisconnectPolicy(id: number, policy: 'pause' | 'stop'): void {
    const apply = (run: LiveRun) => (policy === 'pause' ? run.pause() : run.stop(reasons.forsaken()))
    this.getOrWake(id)
      .then(apply)
      .catch((error) => {
        // What has a code says that there is nothing to be paused or stopped.
        if (error instanceof TroupeError) return
        this.log.error(
          { run_id: id, code: 'internal', err: error },
          'what happens to a run without clients could not be done'
        )
        this.#policies.retry(id)
      })
  }

  #add(run: LiveRun): LiveRun {
    const { id, options, ended } = run
    this.#loaded.set(id, run)
    this.#policies.applyTo(id, options)
    const forget = () => {
      this.#loaded.delete(id)
      this.#loader.forget(id)
      this.#subscriptions.onRunEnded(id, run.commitError !== null)
      if (run.commitError !== null)
        this.log.error(
          { run_id: id, code: 'internal', err: run.commitError },
          'a run is lost: what it said could not be stored'
        )
    }
    ended
      .then(forget)
      .catch((err) => this.log.error({ run_id: id, code: 'internal', err }, 'a run did not end as it should'))
    // It was on its way when the process was told to end.
    if (this.#isClosing) run.drain()
    return run
  }

  async #wake(id: number): Promise<LiveRun> {
    const { runs } = this.store
    // It was under way when the last process ended.
    if ((await runs.get(id))?.status === 'active') await this.#quarantine.takeUp([id])
    const saved = await runs.saved(id)
    if (!saved) throw new TroupeError('unknown_run', String(id))
    if (saved.status === 'created' || isFinal(saved.status)) throw new TroupeError('not_started')
    if (this.#isClosing) throw new TroupeError('closing')
    const run = this.#add(await this.#loader.recover(saved))
    await run.ready
    return run
  }
}
