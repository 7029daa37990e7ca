import type { RunChange, RunLog } from './store/store.ts'

/** Somebody whose doings are kept: gives what is to be stored, and publishes it once it is. */
export interface Recorded {
  /** What there is to store since the last call, and what to do when it is stored. */
  take(): { change: RunChange | null; stored(): void }
}

/** How long to wait before a store that failed is tried again, in milliseconds. */
const PATIENCE = [50, 100, 250, 500, 1000]

/**
 * Keeps what runs do. Everything that happened in one turn of the event loop, over all runs, is one commit, and one
 * commit is under way at a time. Nothing is published before it is stored: while the store fails, runs fall silent.
 */
export class Recorder {
  readonly #log: Pick<RunLog, 'commit'>
  readonly #due = new Set<Recorded>()
  #flushing = false
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
  touch(run: Recorded): void {
    if (this.#closed) return
    this.#due.add(run)
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => void this.#flush())
  }

  /** Takes note of nothing more; resolves when all that was noted is stored. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#flushing) await new Promise((resolve) => setImmediate(resolve))
  }

  async #flush(): Promise<void> {
    while (this.#due.size > 0) {
      const taken = [...this.#due].map((run) => run.take())
      this.#due.clear()
      const changes = taken.flatMap(({ change }) => change ?? [])
      if (changes.length > 0) await this.#commit(changes)
      for (const { stored } of taken) stored()
      // What publishing has caused may join the next commit together with what else the loop brings.
      if (this.#due.size > 0) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#flushing = false
  }

  async #commit(changes: RunChange[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.#log.commit(changes)
        this.#failure = null
        return
      } catch (error) {
        this.#failure = error
        const wait = PATIENCE[Math.min(tries, PATIENCE.length - 1)]
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }
}
