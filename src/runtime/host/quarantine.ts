import type { Deaths, StartedRunOptions } from '../../protocol/run-options.ts'
import type { Clock } from '../shared/clock.ts'
import type { RunChange, RunLog, SavedRun } from '../store/store.ts'

/** With so much against it a run is set aside. */
const TOO_MUCH = 6
/** What speaks against a run: a process that died of something inside, or had it for a while; one that only came and went. */
const [FULL, LITTLE] = [3, 1]
/** Deaths that are further apart have nothing to do with each other, in milliseconds. */
const LONG_AGO = 3_600_000

interface QuarantineOptions {
  clock: Clock
  runs: Pick<RunLog, 'saved' | 'commit'>
  /** Whether the last process is known to have died of something inside of it. */
  hasCrashed: boolean
}

/**
 * Keeps account of the runs that were under way when the process died. A run of which the process dies would end it
 * again at each start: one that was under way twice, and has not gone on in between, is set aside. What the process is
 * killed by from outside while it only starts counts for little, since all runs were under way then.
 */
export class Quarantine {
  readonly #options: QuarantineOptions
  /** Runs that this process has, or has taken up. */
  readonly #known = new Set<number>()

  constructor(options: QuarantineOptions) {
    this.#options = options
  }

  /** A run was made active by this process. */
  isOwn(id: number): void {
    this.#known.add(id)
  }

  /** Notes in the rows of runs that were active that this process takes them up, before it does; of each once. */
  async takeUp(ids: readonly number[]): Promise<void> {
    const { runs } = this.#options
    const changes: RunChange[] = []
    const fresh = ids.filter((id) => !this.#known.has(id))
    for (const id of fresh) {
      this.#known.add(id)
      const saved = await runs.saved(id)
      if (saved?.options) changes.push(this.#marked(saved))
    }
    if (changes.length > 0) await runs.commit(changes)
  }

  #marked({ id, options }: SavedRun): RunChange {
    const started = options as StartedRunOptions
    const deaths = this.#deathsOf(started.deaths)
    return { run: id, frames: [], journal: [], row: { options: { ...started, deaths } } }
  }

  #deathsOf(before: Deaths | undefined): Deaths {
    const { clock, hasCrashed } = this.#options
    const since = clock.now()
    // It went on in the last process, or began there.
    if (!before || since - before.since > LONG_AGO) return { weight: FULL, since, held: false }
    const weight = before.weight + (hasCrashed || before.held ? FULL : LITTLE)
    return { weight, since, held: false }
  }
}

/** Whether a run is to be set aside. */
export const isQuarantined = ({ options }: SavedRun): boolean =>
  ((options as StartedRunOptions | null)?.deaths?.weight ?? 0) >= TOO_MUCH
