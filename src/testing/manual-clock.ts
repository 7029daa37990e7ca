import type { Clock } from '../runtime/shared/clock.ts'

interface Timer {
  due: number
  callback: () => void
}

/**
 * A clock that goes on by `pass` alone.
 *
 * @example
 * const clock = new ManualClock()
 * const troupe = await openTroupe({ store, teams, clock })
 * clock.pass(60_000)
 */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now: number

  /** @param now milliseconds since 1970 */
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  /** How many timers are still to ring. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    const timer = { due: this.#now + milliseconds, callback }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /**
   * Lets time pass; what falls due on the way rings in order.
   *
   * @param milliseconds how long
   */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.due - b.due)[0]
      if (!next || next.due > end) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.due)
      next.callback()
    }
    this.#now = end
  }
}
