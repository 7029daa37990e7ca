import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { Subscriber } from '../../runtime/subscriptions/subscriber.ts'

const MIB = 2 ** 20
/** With so many bytes waiting for it a client has fallen behind, and is given this time to catch up, in milliseconds. */
const SLACK = 8 * MIB
const PATIENCE = 2000
/** The most that waits for a client: a few of the largest frames. */
const MOST = 128 * MIB
/** What may wait for a client that is given the past. */
const ROOM = MIB

/** A subscriber whose connection may be slow: one that falls behind too far is closed. Holds no other objects: there may be very many. */
export abstract class BackpressuredSubscriber implements Subscriber {
  #leave: (() => void) | null = null
  #drained: (() => void) | null = null
  #behind = 0
  #open = true

  /** Bytes that wait for the client. */
  protected abstract readonly buffered: number
  protected abstract put(lines: readonly OutgoingFrame[]): void
  /** The client is to come back, or there is nothing more to be told. */
  protected abstract end(why: 'tooSlow' | 'finished' | 'lost'): void

  /** Whether the client has left. */
  get hasLeft(): boolean {
    return !this.#open
  }

  deliver(lines: readonly OutgoingFrame[]): void {
    if (!this.#open) return
    if (this.#isTooSlow()) this.end('tooSlow')
    else this.put(lines)
  }

  async untilRoom(): Promise<boolean> {
    if (this.#open && this.buffered > ROOM) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
    }
    return this.#open
  }

  onRunEnded(lost: boolean): void {
    if (this.#open) this.end(lost ? 'lost' : 'finished')
  }

  /** How to leave the run when the client has gone; it may have gone already. */
  protected leaveBy(leave: () => void): void {
    if (this.#open) this.#leave = leave
    else leave()
  }

  onDrain(): void {
    this.#behind = 0
    this.#drained?.()
  }

  onClose(): void {
    this.#open = false
    this.#leave?.()
    this.#leave = null
    this.#drained?.()
  }

  /** Judged before something is sent: a frame alone may be larger than all slack. */
  #isTooSlow(): boolean {
    const { buffered } = this
    if (buffered <= SLACK) this.#behind = 0
    else this.#behind ||= performance.now()
    return buffered > MOST || (this.#behind > 0 && performance.now() - this.#behind > PATIENCE)
  }
}
