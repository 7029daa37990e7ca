import type { Histogram } from './histogram.ts'

/** How often it is looked, in milliseconds. */
const INTERVAL = 50

/** Measures how late the event loop is, until it is stopped. */
export class LoopDelay {
  readonly #into: Histogram
  readonly #timer: NodeJS.Timeout
  #due = performance.now() + INTERVAL

  /** `into` takes seconds. */
  constructor(into: Histogram) {
    this.#into = into
    this.#timer = setInterval(() => this.#look(), INTERVAL).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = performance.now()
    this.#into.observe(Math.max(0, now - this.#due) / 1000)
    this.#due = now + INTERVAL
  }
}
