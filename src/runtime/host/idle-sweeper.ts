import { TroupeError } from '../../protocol/errors.ts'
import type { LiveRun } from '../run/live-run.ts'
import type { Clock } from '../shared/clock.ts'
import { type Logger, silentLogger } from '../shared/logger.ts'
import type { RunLog } from '../store/store.ts'

/** How often deadlines are checked and idle runs are evicted, in milliseconds. */
const INTERVAL = 1000
/** For so many frames a run stays loaded for a sweep longer: about 6 ms of work are saved by each second. */
const FRAMES_PER_SWEEP = 100
/** How many runs are woken at once. */
export const WAKE_BATCH = 64

/** What holds the runs in memory. */
export interface RunHost {
  /** The runs in memory, by id. */
  readonly loaded: ReadonlyMap<number, LiveRun>
  getOrWake(id: number): Promise<LiveRun>
  /** Takes a run up that was active when the last process ended. */
  takeUp(id: number): Promise<void>
  evict(run: LiveRun): void
}

/** Once a second: lets deadlines of questions pass, wakes evicted runs for theirs, and evicts runs that only wait. */
export class IdleSweeper {
  readonly #clock: Clock
  readonly #log: Pick<RunLog, 'due'>
  readonly #host: RunHost
  /** Runs that were idle at the last sweep, and for how many sweeps they have been. */
  #idle = new Map<number, number>()
  /** The same as this sweep finds them. */
  #idleNow = new Map<number, number>()
  /** Runs that could not be recovered because the store failed. */
  readonly #toRetry = new Set<number>()
  readonly #logger: Logger
  #timer: unknown = null
  #isStopped = false

  /** @param logger takes what has gone wrong with one run; the others are not to suffer for it */
  constructor(clock: Clock, log: Pick<RunLog, 'due'>, host: RunHost, logger: Logger = silentLogger) {
    this.#clock = clock
    this.#log = log
    this.#host = host
    this.#logger = logger
  }

  start(): void {
    if (this.#isStopped) return
    this.#timer = this.#clock.setTimeout(() => void this.#sweep(), INTERVAL)
    if (typeof this.#timer === 'object') (this.#timer as NodeJS.Timeout).unref?.()
  }

  stop(): void {
    this.#isStopped = true
    this.#clock.clearTimeout(this.#timer)
  }

  /** Wakes a run as soon as the store can be read. */
  retryWake(id: number): void {
    this.#toRetry.add(id)
  }

  /** A run is used: it counts as idle only anew. */
  keepLoaded(id: number): void {
    this.#idle.delete(id)
    this.#idleNow.delete(id)
  }

  async #sweep(): Promise<void> {
    try {
      for (const run of [...this.#host.loaded.values()]) this.#look(run)
      this.#idle = this.#idleNow
      this.#idleNow = new Map()
      await this.#wakeDue()
      await this.#retryWakes()
    } catch (error) {
      // The database cannot be read at present; the next sweep may.
      this.#logger.error({ code: 'internal', err: error }, 'runs could not be looked after')
    } finally {
      this.start()
    }
  }

  /** Whatever goes wrong with one run, the others are looked at too. */
  #look(run: LiveRun): void {
    try {
      run.checkDeadlines()
      this.#evictIfIdle(run)
    } catch (error) {
      this.#logger.error({ run_id: run.id, code: 'internal', err: error }, 'a run could not be looked after')
    }
  }

  async #wakeDue(): Promise<void> {
    const now = new Date(this.#clock.now()).toISOString()
    const due = (await this.#log.due(now, WAKE_BATCH)).filter((id) => !this.#host.loaded.has(id))
    const woken = await Promise.allSettled(due.map((id) => this.#host.getOrWake(id)))
    for (const one of woken) if (one.status === 'fulfilled') this.#look(one.value)
  }

  async #retryWakes(): Promise<void> {
    for (const id of [...this.#toRetry].slice(0, WAKE_BATCH)) {
      this.#toRetry.delete(id)
      try {
        await this.#host.takeUp(id)
      } catch (error) {
        if (error instanceof TroupeError) continue
        // Behind the others, whose turn it is first.
        this.#toRetry.add(id)
        this.#logger.error({ run_id: id, code: 'internal', err: error }, 'a run could not be taken up again')
      }
    }
  }

  /** The longer a run is the longer it stays: waking it replays all of it. */
  #evictIfIdle(run: LiveRun): void {
    if (!run.isParked) return
    const sweeps = this.#idle.get(run.id) ?? 0
    if (sweeps <= run.seq / FRAMES_PER_SWEEP) this.#idleNow.set(run.id, sweeps + 1)
    else this.#host.evict(run)
  }
}
