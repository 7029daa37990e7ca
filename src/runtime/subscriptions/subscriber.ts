/** A frame that goes out: its text, and its number where it is durable. */
export interface Line {
  seq: number | null
  text: string
}

/** Somebody who follows a run; gets frames in order, several at a time. */
export interface Listener {
  /** It is no client: whether it is there changes nothing for the run. */
  readonly onlyLooks?: boolean
  lines(lines: readonly Line[]): void
  /** Resolves when there is room for more of the past; false where the listener has left. */
  room(): Promise<boolean>
  /** The run is over and its last frame was told, or the run is lost: it cannot go on in this process. */
  ended(lost: boolean): void
}

/** Those who follow one run: all hear the same, in the same order. */
export class Audience {
  readonly #listeners = new Set<Listener>()

  get size(): number {
    return this.#listeners.size
  }

  add(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  publish(lines: readonly Line[]): void {
    for (const listener of this.#listeners) listener.lines(lines)
  }

  end(lost = false): void {
    for (const listener of [...this.#listeners]) listener.ended(lost)
    this.#listeners.clear()
  }
}
