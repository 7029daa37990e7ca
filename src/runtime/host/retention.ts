import type { Clock } from '../shared/clock.ts'
import type { RunLog } from '../store/store.ts'

/** How often is looked for runs that are old enough, in milliseconds. */
const ROUND = 60_000
/** How many rows are deleted at a time, and how long everything else has its turn in between, in milliseconds. */
const SLICE = 500
const REST = 2
const DAY = 86_400_000

interface RetentionDeps {
  clock: Clock
  runs: Pick<RunLog, 'deleteOld'>
  /** Runs that ended so many days ago are deleted; none, where it is not said. */
  days?: number
}

/** Deletes old runs in the background, and what was left when a process ended while it deleted. */
export class Retention {
  readonly #deps: RetentionDeps
  #timer: unknown = null
  #over = false

  constructor(deps: RetentionDeps) {
    this.#deps = deps
  }

  /** Looks now and then, from now on. */
  begin(): void {
    this.#after(0)
  }

  end(): void {
    this.#over = true
    this.#deps.clock.clearTimeout(this.#timer)
  }

  #after(milliseconds: number): void {
    if (this.#over) return
    this.#timer = this.#deps.clock.setTimeout(() => void this.#slice(), milliseconds)
    if (typeof this.#timer === 'object') (this.#timer as NodeJS.Timeout).unref?.()
  }

  async #slice(): Promise<void> {
    const { runs, clock, days } = this.#deps
    // Nothing ended before the empty text.
    const before = days === undefined ? '' : new Date(clock.now() - days * DAY).toISOString()
    const deleted = await runs.deleteOld(before, SLICE).catch(() => 0)
    this.#after(deleted > 0 ? REST : ROUND)
  }
}
