import { setTimeout as sleep } from 'node:timers/promises'

/** How often a database that cannot be reached is asked whether it is back, in milliseconds. */
const PROBE = 250

/** Knows whether the database answers: from what statements meet, and by asking while it does not. */
export class Reachability {
  #trouble: string | null = null
  #closed = false

  /** Why the database cannot be used at present, or null. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** A statement was answered. */
  answered(): void {
    this.#trouble = null
  }

  /** A statement met a broken connection, or a database that may not be used. `ask` is tried until it succeeds. */
  failed(error: Error, ask: () => Promise<unknown>): void {
    const known = this.#trouble !== null
    this.#trouble = error.message
    if (!known) void this.#probe(ask)
  }

  close(): void {
    this.#closed = true
  }

  async #probe(ask: () => Promise<unknown>): Promise<void> {
    while (this.#trouble !== null && !this.#closed) {
      await sleep(PROBE, undefined, { ref: false })
      await ask().catch(() => {})
    }
  }
}
