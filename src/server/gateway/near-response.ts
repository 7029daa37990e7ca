import { EventSink } from '../http/event-sink.ts'
import type { SinkEvents } from '../http/http.ts'
import type { RawResponse } from '../http/raw.ts'
import type { Link } from './link.ts'
import { ACK, type Begin, told } from './ops.ts'

/** The gateway's end of an answer. */
export class NearResponse implements SinkEvents {
  readonly #res: RawResponse
  readonly #link: Link
  readonly #id: number
  #held = false
  #begin: Begin | null = null
  #sink: EventSink | null = null
  /** Bytes of which the owner of the runs does not know yet that they have gone out. */
  #owed = 0

  constructor(res: RawResponse, link: Link, id: number) {
    this.#res = res
    this.#link = link
    this.#id = id
  }

  /** Passes the body on when it is let to come. */
  hold(): void {
    this.#held = true
    this.#res.pause()
  }

  /** Lets the body come, wanted or not: before the answer, or nothing more can be asked on this line. */
  release(): void {
    if (this.#held) this.#res.resume()
    this.#held = false
  }

  begin(begin: Begin): void {
    this.release()
    this.#begin = begin
  }

  piece(bytes: Buffer): void {
    this.#sink ??= this.#stream()
    this.#owed += bytes.length
    if (this.#sink.send(bytes) === 'sent' && this.#owed >= ACK) this.onDrain()
  }

  end(bytes: Buffer): void {
    if (this.#sink) this.#sink.close()
    else this.#whole(() => this.#res.end(bytes))
  }

  endBare(length: number): void {
    this.#whole(() => this.#res.endWithoutBody(length))
  }

  onDrain(): void {
    this.#link.put(told.taken, this.#id, this.#owed)
    this.#owed = 0
  }

  // The gateway tells it, of whatever answer.
  onClose(): void {}

  #stream(): EventSink {
    this.#res.cork(() => this.#head())
    const sink = new EventSink(this.#res)
    sink.heard(this)
    return sink
  }

  #whole(end: () => void): void {
    this.#res.cork(() => {
      this.#head()
      end()
    })
  }

  #head(): void {
    const { status, headers } = this.#begin!
    this.#res.writeStatus(status)
    for (const [name, value] of headers) this.#res.writeHeader(name, value)
  }
}
