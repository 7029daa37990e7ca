/** A frame that goes out: its text, and its number where it is durable. */
export interface OutgoingFrame {
  seq: number | null
  text: string
}

/** Somebody who follows a run; gets frames in order, several at a time. */
export interface Subscriber {
  /** It is no client: whether it is there changes nothing for the run. */
  readonly isObserver?: boolean
  deliver(lines: readonly OutgoingFrame[]): void
  /** Resolves when there is room for more of the past; false where the listener has left. */
  untilRoom(): Promise<boolean>
  /** The run is over and its last frame was told, or the run is lost: it cannot go on in this process. */
  onRunEnded(lost: boolean): void
}

/** Those who follow one run: all hear the same, in the same order. */
export class Subscribers {
  readonly #listeners = new Set<Subscriber>()

  get size(): number {
    return this.#listeners.size
  }

  add(listener: Subscriber): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  publish(lines: readonly OutgoingFrame[]): void {
    for (const listener of this.#listeners) listener.deliver(lines)
  }

  end(lost = false): void {
    for (const listener of [...this.#listeners]) listener.onRunEnded(lost)
    this.#listeners.clear()
  }
}
