import { TroupeError } from '../../protocol/errors.ts'
import type { LiveRun } from '../run/live-run.ts'
import type { Clock } from '../shared/clock.ts'
import type { RunLog } from '../store/store.ts'

/** How often is looked for deadlines and for runs that can be put away, in milliseconds. */
const ROUND = 1000
/** For so many frames a run stays a round longer: about 6 ms of work are saved by each second. */
const FRAMES_PER_ROUND = 100
/** How many runs are woken at once. */
export const WAKE_BATCH = 64

interface IdleSweeperOptions {
  clock: Clock
  runs: Pick<RunLog, 'due'>
  /** The runs that are in memory. */
  live: ReadonlyMap<number, LiveRun>
  wake(id: number): Promise<LiveRun>
  putAway(run: LiveRun): void
}

/** Looks for questions that nobody answered in time, and puts away runs that only wait for somebody. */
export class IdleSweeper {
  readonly #deps: IdleSweeperOptions
  /** Runs that only wait for somebody, and for how many rounds they have. */
  #idle = new Map<number, number>()
  /** Runs that could not be brought back because the store failed. */
  readonly #left = new Set<number>()
  #round: unknown = null
  #over = false

  constructor(deps: IdleSweeperOptions) {
    this.#deps = deps
  }

  /** Goes its rounds from now on. */
  start(): void {
    if (this.#over) return
    this.#round = this.#deps.clock.setTimeout(() => void this.#look(), ROUND)
    if (typeof this.#round === 'object') (this.#round as NodeJS.Timeout).unref?.()
  }

  /** Brings a run back as soon as the store can be read. */
  retryWake(id: number): void {
    this.#left.add(id)
  }

  /** Somebody has something to do with a run: it is not put away from under their hands. */
  keepLoaded(id: number): void {
    this.#idle.delete(id)
  }

  stop(): void {
    this.#over = true
    this.#deps.clock.clearTimeout(this.#round)
  }

  async #look(): Promise<void> {
    const { clock, runs, live, wake } = this.#deps
    for (const run of live.values()) run.checkDeadlines()
    this.#putAway()
    try {
      const now = new Date(clock.now()).toISOString()
      const due = (await runs.due(now, WAKE_BATCH)).filter((id) => !live.has(id))
      const woken = await Promise.allSettled(due.map((id) => wake(id)))
      for (const one of woken) if (one.status === 'fulfilled') one.value.checkDeadlines()
      await this.#wakeLeft()
    } catch {
      // The database cannot be read at present; the next round may.
    }
    this.start()
  }

  async #wakeLeft(): Promise<void> {
    for (const id of [...this.#left].slice(0, WAKE_BATCH)) {
      await this.#deps.wake(id).catch((error) => {
        if (!(error instanceof TroupeError)) throw error
      })
      this.#left.delete(id)
    }
  }

  /** The longer a run is the longer it stays: to bring it back, all of it is played again. */
  #putAway(): void {
    const idle = new Map<number, number>()
    for (const [id, run] of this.#deps.live) {
      if (!run.isParked) continue
      const rounds = this.#idle.get(id) ?? 0
      if (rounds <= run.seq / FRAMES_PER_ROUND) idle.set(id, rounds + 1)
      else this.#deps.putAway(run)
    }
    this.#idle = idle
  }
}
