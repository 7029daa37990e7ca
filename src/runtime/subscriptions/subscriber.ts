import type { OutgoingFrame } from '../../protocol/frames.ts'
import { type Logger, silentLogger } from '../shared/logger.ts'

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
  readonly #run: number
  readonly #logger: Logger

  /** @param logger takes what a subscriber throws: it is let go, and the run and the others go on */
  constructor(run = 0, logger: Logger = silentLogger) {
    this.#run = run
    this.#logger = logger
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
        this.#failed(error)
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
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#logger.error({ run_id: this.#run, code: 'internal', err: error }, 'a client of a run is let go')
  }
}
