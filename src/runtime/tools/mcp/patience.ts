/** How long an answer may take. Time in which a person is asked does not count, and a sign of life begins it anew. */
export class Patience {
  readonly #time: number
  readonly #late = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #held = 0

  /** `time` in milliseconds. */
  constructor(time: number) {
    this.#time = time
    this.#begin()
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#late.signal
  }

  /** The other side is at work. */
  renew(): void {
    if (this.#held === 0) this.#begin()
  }

  /** Lets time not count while something is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#held++
    clearTimeout(this.#timer)
    try {
      return await work()
    } finally {
      if (--this.#held === 0) this.#begin()
    }
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#held = Number.POSITIVE_INFINITY
  }

  #begin(): void {
    clearTimeout(this.#timer)
    const late = () =>
      this.#late.abort(
        new Error(`Request timed out: the MCP server has given no answer within ${this.#time / 1000} s.`)
      )
    this.#timer = setTimeout(late, this.#time)
  }
}
