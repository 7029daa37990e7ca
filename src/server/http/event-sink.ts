import type { Sent, Sink, SinkEvents } from './http.ts'
import type { RawResponse } from './raw.ts'

/** An event stream that is being sent. */
export class EventSink implements Sink {
  private readonly res: RawResponse
  private listener: SinkEvents | undefined
  private live = true
  private waiting = 0

  constructor(res: RawResponse) {
    this.res = res
    res.onWritable(() => {
      this.flush()
      return true
    })
  }

  /** From now on `listener` hears of its client; one that has closed the stream already does not. */
  heard(listener: SinkEvents): void {
    if (this.live) this.listener = listener
  }

  get buffered(): number {
    return this.waiting
  }

  send(text: string | Uint8Array): Sent {
    if (!this.live) return 'dropped'
    let flowing = true
    this.res.cork(() => {
      flowing = this.res.write(text)
    })
    this.waiting = flowing ? 0 : this.waiting + Buffer.byteLength(text)
    return flowing ? 'sent' : 'queued'
  }

  close(): void {
    if (!this.live) return
    this.live = false
    this.res.cork(() => this.res.end())
  }

  /** The client has left: the response must not be touched any more. */
  abandoned(): void {
    const { live } = this
    this.live = false
    if (live) this.listener?.onClose()
  }

  // With a listener for this event uWebSockets.js leaves all writing to us, also of what it has queued itself. A
  // comment is the least that can be written, and when it has gone out then so has all before it.
  private flush(): void {
    if (this.live && this.waiting > 0 && this.send(':\n\n') === 'sent') this.listener?.onDrain()
  }
}
