import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { RunLog } from '../store/store.ts'

/** How often old runs are looked for, in milliseconds. */
const INTERVAL = 60_000
/** How many rows are deleted at a time, and how long to wait in between, in milliseconds. */
const SLICE = 500
const REST = 2
const DAY = 86_400_000

interface RetentionOptions {
  clock: Clock
  runs: Pick<RunLog, 'deleteOld'>
  log: Logger
  /** Runs that ended so many days ago are deleted; none by default. */
  days?: number
}

/** Deletes old runs in the background, and what was left when a process ended while it deleted. */
export class Retention {
  readonly #options: RetentionOptions
  #timer: unknown = null
  #isStopped = false

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  start(): void {
    this.#after(0)
  }

  stop(): void {
    this.#isStopped = true
    this.#options.clock.clearTimeout(this.#timer)
  }

  #after(milliseconds: number): void {
    if (this.#isStopped) return
    this.#timer = this.#options.clock.setTimeout(() => void this.#slice(), milliseconds)
    if (typeof this.#timer === 'object') (this.#timer as NodeJS.Timeout).unref?.()
  }

  async #slice(): Promise<void> {
    const { runs, clock, days, log } = this.#options
    // Nothing ended before the empty text.
    const before = days === undefined ? '' : new Date(clock.now() - days * DAY).toISOString()
    let deleted = 0
    try {
      deleted = await runs.deleteOld(before, SLICE)
    } catch (error) {
      log.error({ code: 'internal', err: error }, 'old runs could not be deleted')
    }
    this.#after(deleted > 0 ? REST : INTERVAL)
  }
}
