type Counts = Readonly<Record<string, number>>

/** How long a count is good, in milliseconds; and, where counting takes long, so many times as long as it took. */
const [LEAST, TIMES] = [5_000, 100]

/** A count that takes longer the more there is to count: however often it is asked for, it takes 1 % of the time. */
export class CachedCount {
  readonly #count: () => Promise<Counts>
  #last: Promise<Counts> | undefined
  #until = 0

  constructor(count: () => Promise<Counts>) {
    this.#count = count
  }

  get(): Promise<Counts> {
    if (this.#last && performance.now() < this.#until) return this.#last
    const began = performance.now()
    this.#until = Number.POSITIVE_INFINITY
    const counts = this.#count()
    this.#last = counts
    const done = () => {
      const now = performance.now()
      this.#until = now + Math.max(LEAST, TIMES * (now - began))
    }
    counts.then(done, () => {
      this.#last = undefined
    })
    return counts
  }
}
