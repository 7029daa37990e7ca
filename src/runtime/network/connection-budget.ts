/** A pool of connections, as the budget sees it. */
export interface Spender {
  readonly isWaiting: boolean
  /** Lets a waiting request begin; whether one began. */
  admit(): boolean
  /** Ends a connection that carries nothing; whether there was one. */
  yieldIdle(): boolean
  /** Forgets requests whose callers have left. */
  prune(): void
}

/** So long after the system had no files left more connections are tried, in milliseconds. */
const PAUSE = 100

/**
 * How many connections all pools of a network may have together. Pools that want more take turns. Where the system has
 * no files left, there are as many as there are, and a few more are tried now and then.
 */
export class ConnectionBudget {
  readonly #limit: number
  readonly #pools: Iterable<Spender>
  #taken = 0
  /** How many the system has let us have; no limit, as long as it has refused none. */
  #ceiling = Number.POSITIVE_INFINITY
  /** How many more are tried next. */
  #step = 1
  #timer: NodeJS.Timeout | undefined
  /** Pools with requests that wait for a connection, the one that waits longest first. */
  readonly #starved = new Set<Spender>()

  /**
   * @param limit the most connections at once
   * @param pools all pools there are, at any time
   */
  constructor(limit: number, pools: Iterable<Spender>) {
    this.#limit = limit
    this.#pools = pools
  }

  /** Whether a pool may open a connection; where it may not, it is admitted when there is room. */
  take(pool: Spender): boolean {
    if (!this.#hasRoom && !this.#reclaim(pool)) {
      this.#starved.add(pool)
      this.#tryLater()
      return false
    }
    this.#taken++
    return true
  }

  /** A connection is gone. */
  give(): void {
    this.#taken--
    this.#admit()
  }

  /** The system has refused a connection, which is to be given back next. */
  exhausted(pool: Spender): void {
    this.#ceiling = this.#taken - 1
    this.#step = 1
    this.#starved.add(pool)
    this.#tryLater()
  }

  /** A connection carries nothing: it is ended where another pool needs room. */
  idle(pool: Spender): void {
    if (this.#starved.size > 0) pool.yieldIdle()
  }

  get #hasRoom(): boolean {
    return this.#taken < this.#limit && this.#taken < this.#ceiling
  }

  #admit(): void {
    for (const pool of [...this.#starved]) {
      if (!this.#hasRoom) return
      this.#starved.delete(pool)
      pool.admit()
      // An owner with more waiting requests comes after all others.
      if (pool.isWaiting) this.#starved.add(pool)
    }
  }

  #reclaim(wanting: Spender): boolean {
    for (const pool of this.#pools) if (pool !== wanting && pool.yieldIdle()) return true
    return false
  }

  #tryLater(): void {
    if (this.#ceiling === Number.POSITIVE_INFINITY) return
    this.#timer ??= setTimeout(() => this.#tryMore(), PAUSE)
  }

  #tryMore(): void {
    this.#timer = undefined
    for (const pool of this.#starved) {
      pool.prune()
      if (!pool.isWaiting) this.#starved.delete(pool)
    }
    if (this.#starved.size === 0) return
    this.#ceiling = this.#taken + this.#step
    this.#step *= 2
    for (let left = this.#step; left > 0 && this.#hasRoom; left--) this.#admit()
    if (this.#starved.size > 0) this.#tryLater()
  }
}
