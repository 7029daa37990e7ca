import { again } from './frames.ts'

/** A frame that goes out: its text, and its number where it is durable. */
export interface Line {
  seq: number | null
  text: string
}

/** Somebody who follows a run; gets frames in order, several at a time. */
export interface Listener {
  lines(lines: readonly Line[]): void
  /** The run is over and its last frame was told. */
  ended(): void
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

  end(): void {
    for (const listener of [...this.#listeners]) listener.ended()
    this.#listeners.clear()
  }
}

/** Holds what comes while the past is read, so that nothing is lost or told twice between both. */
export class Latecomer implements Listener {
  readonly #listener: Listener
  #held: Line[] | null = []
  #over = false

  constructor(listener: Listener) {
    this.#listener = listener
  }

  lines(lines: readonly Line[]): void {
    if (this.#held) this.#held.push(...lines)
    else this.#listener.lines(lines)
  }

  ended(): void {
    this.#over = true
    if (!this.#held) this.#listener.ended()
  }

  /** Tells the past, then answers that are half written, then what was held, then all else as it comes. */
  catchUp(past: readonly Line[], partial: readonly Line[]): void {
    const last = past.at(-1)?.seq ?? 0
    const held = this.#held ?? []
    this.#held = null
    const lines = [
      ...[...past, ...partial].map(({ seq, text }) => ({ seq, text: again(text) })),
      ...held.filter(({ seq }) => seq === null || seq > last)
    ]
    if (lines.length > 0) this.#listener.lines(lines)
    if (this.#over) this.#listener.ended()
  }
}
