import { TroupeError } from '../../protocol/errors.ts'
import type { LiveRun } from '../run/live-run.ts'
import type { Clock } from '../shared/clock.ts'
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
  evict(run: LiveRun): void
}

/** Once a second: lets deadlines of questions pass, wakes evicted runs for theirs, and evicts runs that only wait. */
export class IdleSweeper {
  readonly #clock: Clock
  readonly #log: Pick<RunLog, 'due'>
  readonly #host: RunHost
  /** Runs that were idle at the last sweep, and for how many sweeps they have been. */
  #idle = new Map<number, number>()
  /** Runs that could not be recovered because the store failed. */
  readonly #toRetry = new Set<number>()
  #timer: unknown = null
  #isStopped = false

  constructor(clock: Clock, log: Pick<RunLog, 'due'>, host: RunHost) {
    this.#clock = clock
    this.#log = log
    this.#host = host
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
  }

  async #sweep(): Promise<void> {
    const { loaded } = this.#host
    for (const run of loaded.values()) run.checkDeadlines()
    this.#evictIdle()
    try {
      const now = new Date(this.#clock.now()).toISOString()
      const due = (await this.#log.due(now, WAKE_BATCH)).filter((id) => !loaded.has(id))
      const woken = await Promise.allSettled(due.map((id) => this.#host.getOrWake(id)))
      for (const one of woken) if (one.status === 'fulfilled') one.value.checkDeadlines()
      await this.#retryWakes()
    } catch {
      // The database cannot be read at present; the next sweep may.
    }
    this.start()
  }

  async #retryWakes(): Promise<void> {
    for (const id of [...this.#toRetry].slice(0, WAKE_BATCH)) {
      await this.#host.getOrWake(id).catch((error) => {
        if (!(error instanceof TroupeError)) throw error
      })
      this.#toRetry.delete(id)
    }
  }

  /** The longer a run is the longer it stays: waking it replays all of it. */
  #evictIdle(): void {
    const idle = new Map<number, number>()
    for (const [id, run] of this.#host.loaded) {
      if (!run.isParked) continue
      const sweeps = this.#idle.get(id) ?? 0
      if (sweeps <= run.seq / FRAMES_PER_SWEEP) idle.set(id, sweeps + 1)
      else this.#host.evict(run)
    }
    this.#idle = idle
  }
}
