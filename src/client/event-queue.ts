/** Hands values to one loop, in their order. */
export class EventQueue<Value> {
  readonly #waiting: Value[]
  #wake: (() => void) | undefined
  #isOver = false
  #error: unknown

  /** `first`: what the loop gets before all others. */
  constructor(first: Iterable<Value>) {
    this.#waiting = [...first]
  }

  push(value: Value): void {
    this.#waiting.push(value)
    this.#wake?.()
  }

  /** No further value; with an error the loop throws it after those that wait. */
  end(error?: unknown): void {
    this.#isOver = true
    this.#error = error
    this.#wake?.()
  }

  async *values(): AsyncGenerator<Value, void, void> {
    for (let at = 0; ; ) {
      while (at < this.#waiting.length) yield this.#waiting[at++]!
      this.#waiting.length = at = 0
      if (this.#isOver) {
        if (this.#error !== undefined) throw this.#error
        return
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }
}
