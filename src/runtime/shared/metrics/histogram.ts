/** How often values fell below each of some bounds. Observing one costs a few nanoseconds and keeps nothing. */
export class Histogram {
  /** Upper bounds, ascending. */
  readonly bounds: readonly number[]
  /** How many values fell into each interval; the last one has no upper bound. */
  readonly counts: Float64Array
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    const { bounds, counts } = this
    let at = 0
    while (at < bounds.length && value > bounds[at]!) at++
    counts[at]!++
    this.sum += value
  }

  get count(): number {
    return this.counts.reduce((sum, one) => sum + one, 0)
  }
}
