import type { OutgoingFrame } from '../../protocol/frames.ts'

/** What receives the frames of a run, in order and several at a time. */
export interface Subscriber {
  /** It is no client: its presence changes nothing for the run. */
  readonly isObserver?: boolean
  deliver(frames: readonly OutgoingFrame[]): void
  /** Resolves when there is room for more of the frame log; false where the subscriber has left. */
  untilRoom(): Promise<boolean>
  /** The run has ended and its last frame was delivered or, if `lost`, the run cannot go on in this process. */
  onRunEnded(lost: boolean): void
}

/** The subscribers of one run: all get the same frames in the same order. */
export class Subscribers {
  readonly #all = new Set<Subscriber>()
  readonly #note: (error: unknown) => void

  /** @param note is told what a subscriber throws: it is let go, and the run and the others go on */
  constructor(note: (error: unknown) => void = () => {}) {
    this.#note = note
  }

  get size(): number {
    return this.#all.size
  }

  /** Adds a subscriber; returns how it leaves. */
  add(subscriber: Subscriber): () => void {
    this.#all.add(subscriber)
    return () => this.#all.delete(subscriber)
  }

  publish(frames: readonly OutgoingFrame[]): void {
    for (const subscriber of this.#all) {
      try {
        subscriber.deliver(frames)
      } catch (error) {
        this.#all.delete(subscriber)
        this.#note(error)
        this.#end(subscriber, true)
      }
    }
  }

  /** Ends all subscriptions. */
  end(lost = false): void {
    for (const subscriber of [...this.#all]) this.#end(subscriber, lost)
    this.#all.clear()
  }

  #end(subscriber: Subscriber, lost: boolean): void {
    try {
      subscriber.onRunEnded(lost)
    } catch (error) {
      this.#note(error)
    }
  }
}
