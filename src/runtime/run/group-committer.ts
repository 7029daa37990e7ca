import { type Logger, silentLogger } from '../shared/logger.ts'
import { Metrics } from '../shared/metrics/metrics.ts'
import { isPermanentError } from '../store/commit-errors.ts'
import type { RunChange, RunLog } from '../store/store.ts'

/** What one run has to commit, and what follows once it is committed. */
export interface PendingCommit {
  change: RunChange | null
  /** About how much there is to store, in bytes. */
  size: number
  onCommitted(): void
}

/** A run that has something to commit. */
export interface CommitSource {
  /** All that is to be committed since the last call. */
  drain(): PendingCommit
  /** What was drained can never be committed. */
  fail(error: unknown): void
}

type Batch = readonly (PendingCommit & { source: CommitSource })[]

/** How much one commit stores, in bytes: enough to share what a commit costs, and done in a few milliseconds. */
const BATCH = 2 ** 18

/** How long to wait before a commit that failed is tried again, in milliseconds. */
const BACKOFF = [50, 100, 250, 500, 1000]
/** One in so many failures in a row is logged. */
const REPORT = 30

/**
 * Group commit: collects what all runs have to commit in one turn of the event loop, stores it in one transaction (about
 * 256 KiB at most), then has it published. One commit is under way at a time. While the store fails nothing is
 * published, and the commit is tried again for ever, with a back-off of 50 ms to 1 s. A permanent error loses only the
 * run that causes it.
 */
export class GroupCommitter {
  readonly #log: Pick<RunLog, 'commit'>
  readonly #logger: Logger
  readonly #metrics: Metrics
  readonly #due = new Set<CommitSource>()
  #flushing: Promise<void> | null = null
  #failure: unknown = null
  #isClosed = false

  constructor(log: Pick<RunLog, 'commit'>, { logger = silentLogger, metrics = new Metrics() } = {}) {
    this.#log = log
    this.#logger = logger
    this.#metrics = metrics
  }

  /** Why the store fails at present, or null. */
  get failure(): unknown {
    return this.#failure
  }

  /** How many runs have something to commit. */
  get waiting(): number {
    return this.#due.size
  }

  /** Notes that a run has something to commit. */
  schedule(source: CommitSource): void {
    if (this.#isClosed) return
    this.#due.add(source)
    this.#flushing ??= nextTurn().then(() => this.#flush())
  }

  /** Accepts nothing more; resolves when all that was scheduled is committed, or the store has failed for about 2 s. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#flushing
  }

  async #flush(): Promise<void> {
    while (this.#due.size > 0) {
      await this.#commit(this.#batch())
      // What follows from publishing may join the next commit together with what else the loop brings.
      if (this.#due.size > 0) await nextTurn()
    }
    this.#flushing = null
  }

  // What is more than a batch is stored in a later turn: the loop stands still for as long as a commit takes.
  #batch(): Batch {
    const batch: Batch[number][] = []
    let size = 0
    for (const source of this.#due) {
      this.#due.delete(source)
      const pending = attempt(source, () => source.drain())
      if (!pending) continue
      batch.push({ source, ...pending })
      size += pending.size
      if (size >= BATCH) break
    }
    return batch
  }

  /** Commits and publishes a batch: as a whole, or run by run where one of them prevents that. */
  async #commit(batch: Batch): Promise<void> {
    const problem = await this.#store(batch.flatMap(({ change }) => change ?? []))
    if (problem === null) for (const { source, onCommitted } of batch) attempt(source, onCommitted)
    else if (batch.length === 1 || !isPermanentError(problem))
      for (const { source } of batch) source.fail(problem)
    else for (const one of batch) await this.#commit([one])
  }

  /** Tries until the changes are stored; returns the error where that is in vain, else null. */
  async #store(changes: readonly RunChange[]): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      try {
        if (changes.length > 0) await this.#timed(changes, tries > 0)
        if (tries > 0) this.#logger.warn({ tries, runs: changes.length }, 'the store takes commits again')
        this.#failure = null
        return null
      } catch (error) {
        if (isPermanentError(error)) return error
        this.#failure = error
        this.#metrics.commitFailures++
        this.#report(error, tries, changes.length)
        // The process ends: none of it was published, so what is lost will be done again.
        if (this.#isClosed && tries >= BACKOFF.length) return error
        const wait = BACKOFF[Math.min(tries, BACKOFF.length - 1)]
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }

  async #timed(changes: readonly RunChange[], again: boolean): Promise<void> {
    const began = performance.now()
    await this.#log.commit(changes, again)
    this.#metrics.commits.observe((performance.now() - began) / 1000)
  }

  /** At the first try of a commit, and then about each half minute. */
  #report(error: unknown, tries: number, runs: number): void {
    if (tries % REPORT === 0)
      this.#logger.error({ code: 'internal', err: error, tries, runs }, 'the store takes no commits')
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A run whose work throws fails, and no other one with it. */
function attempt<Result>(source: CommitSource, work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    source.fail(error)
    return undefined
  }
}
