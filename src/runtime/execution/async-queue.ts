/** A queue with one producer, which pushes, and one consumer, which iterates. */
export class AsyncQueue<Item> implements AsyncIterable<Item> {
  readonly #items: Item[] = []
  #wake: (() => void) | null = null
  #closed = false

  push(item: Item): void {
    this.#items.push(item)
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, void> {
    for (;;) {
      yield* this.#items.splice(0)
      if (this.#items.length > 0) continue
      if (this.#closed) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = null
    }
  }
}
