import type { HttpResponse, Sent, Sink, SinkEvents, User } from '../http/http.ts'
import type { Expiring, TokenExpiries, TokenHolder } from '../ws/token-expiry.ts'

/** An event stream that ends with the token of its client. */
class LimitedStream implements Sink, SinkEvents, Expiring {
  readonly #sink: Sink
  readonly #expiries: TokenExpiries
  readonly #at: number
  readonly holder: TokenHolder
  #owner: SinkEvents | undefined
  #open = true

  constructor(sink: Sink, expiries: TokenExpiries, at: number, holder: TokenHolder) {
    this.holder = holder
    this.#sink = sink
    this.#expiries = expiries
    this.#at = at
    expiries.add(this, at)
  }

  start(begin: (sink: Sink) => SinkEvents): this {
    this.#owner = begin(this)
    return this
  }

  get buffered(): number {
    return this.#sink.buffered
  }
  send(text: string): Sent {
    return this.#sink.send(text)
  }
  close(): void {
    this.#end()
    this.#sink.close()
  }
  onDrain(): void {
    this.#owner?.onDrain()
  }
  onClose(): void {
    if (this.#end()) this.#owner?.onClose()
  }
  expire(): void {
    if (!this.#end()) return
    this.#sink.close()
    this.#owner?.onClose()
  }

  #end(): boolean {
    const was = this.#open
    this.#open = false
    this.#expiries.remove(this, this.#at)
    return was
  }
}

/** The same answer; if it is a stream, it ends when the token does. */
export function limited(
  answer: HttpResponse,
  expiries: TokenExpiries,
  { id, token, expires: at }: Pick<User, 'id' | 'token' | 'expires'>
): HttpResponse {
  const { stream } = answer
  if (stream === undefined || at === undefined) return answer
  return { ...answer, stream: (sink) => new LimitedStream(sink, expiries, at, { id, token }).start(stream) }
}
