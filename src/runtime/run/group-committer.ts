import { isPermanentError } from '../store/commit-errors.ts'
import type { RunChange, RunLog } from '../store/store.ts'

/** What somebody has to store, and what to do when it is stored. */
interface PendingCommit {
  change: RunChange | null
  /** How much there is to store, about in bytes. */
  size: number
  stored(): void
}

/** Somebody whose doings are kept: gives what is to be stored, and publishes it once it is. */
export interface CommitSource {
  /** What there is to store since the last call. */
  drain(): PendingCommit
  /** What there was to store can never be stored. */
  fail(error: unknown): void
}

type Batch = readonly (PendingCommit & { run: CommitSource })[]

/** How much is stored at once, in bytes: enough to share what a commit costs, and done in a few milliseconds. */
const MOST = 2 ** 18

/** How long to wait before a store that failed is tried again, in milliseconds. */
const PATIENCE = [50, 100, 250, 500, 1000]

/**
 * Keeps what runs do. Everything that happened in one turn of the event loop, over all runs, is one commit, and one
 * commit is under way at a time. Nothing is published before it is stored: while the store fails, runs fall silent.
 * A run whose doings can never be stored is lost, and no other one with it.
 */
export class GroupCommitter {
  readonly #log: Pick<RunLog, 'commit'>
  readonly #due = new Set<CommitSource>()
  #flushing: Promise<void> | null = null
  #failure: unknown = null
  #closed = false

  constructor(log: Pick<RunLog, 'commit'>) {
    this.#log = log
  }

  /** Why the store fails at present, or null. */
  get failure(): unknown {
    return this.#failure
  }

  /** Notes that somebody has something to store. */
  schedule(run: CommitSource): void {
    if (this.#closed) return
    this.#due.add(run)
    this.#flushing ??= nextTurn().then(() => this.#flush())
  }

  /** Takes note of nothing more; resolves when all that was noted is stored, or the store has failed for too long. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#flushing
  }

  async #flush(): Promise<void> {
    while (this.#due.size > 0) {
      await this.#store(this.#take())
      // What publishing has caused may join the next commit together with what else the loop brings.
      if (this.#due.size > 0) await nextTurn()
    }
    this.#flushing = null
  }

  // What is more than that is stored in a later turn: the loop stands still for as long as a commit takes.
  #take(): Batch {
    const batch: Batch[number][] = []
    let size = 0
    for (const run of this.#due) {
      this.#due.delete(run)
      const taken = attempt(run, () => run.drain())
      if (!taken) continue
      batch.push({ run, ...taken })
      size += taken.size
      if (size >= MOST) break
    }
    return batch
  }

  /** Stores and publishes what several have to say: at once, or one by one where one of them prevents that. */
  async #store(batch: Batch): Promise<void> {
    const problem = await this.#commit(batch.flatMap(({ change }) => change ?? []))
    if (problem === null) for (const { run, stored } of batch) attempt(run, stored)
    else if (batch.length === 1 || !isPermanentError(problem)) for (const { run } of batch) run.fail(problem)
    else for (const one of batch) await this.#store([one])
  }

  /** Tries until it is stored; gives the error where that is in vain. */
  async #commit(changes: readonly RunChange[]): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      try {
        if (changes.length > 0) await this.#log.commit(changes)
        this.#failure = null
        return null
      } catch (error) {
        if (isPermanentError(error)) return error
        this.#failure = error
        // The process is going: nobody was told, so what is lost will be done again.
        if (this.#closed && tries >= PATIENCE.length) return error
        const wait = PATIENCE[Math.min(tries, PATIENCE.length - 1)]
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Whoever throws is lost, and nobody else. */
function attempt<Result>(run: CommitSource, work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    run.fail(error)
    return undefined
  }
}
