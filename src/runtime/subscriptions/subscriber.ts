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

  get size(): number {
    return this.#all.size
  }

  /** Adds a subscriber; returns how it leaves. */
  add(subscriber: Subscriber): () => void {
    this.#all.add(subscriber)
    return () => this.#all.delete(subscriber)
  }

  publish(frames: readonly OutgoingFrame[]): void {
    for (const subscriber of this.#all) subscriber.deliver(frames)
  }

  /** Ends all subscriptions. */
  end(lost = false): void {
    for (const subscriber of [...this.#all]) subscriber.onRunEnded(lost)
    this.#all.clear()
  }
}
