import { sentence } from '../../protocol/errors.ts'
import type { Budget } from '../../runtime/shared/budget.ts'
import { HttpError, type RequestHead } from './http.ts'
import type { RawResponse } from './raw.ts'

type Stream = Pick<RawResponse, 'onData' | 'pause' | 'resume'>

/** Whether a request has a body. */
export const hasBody = (headers: RequestHead['headers']): boolean =>
  headers.has('content-length') || headers.has('transfer-encoding')

/** What bodies may take. */
export interface BodyLimits {
  /** Bytes of one. */
  largest: number
  /** Bytes of all that have not been answered. */
  budget: Budget
}

/**
 * The body of a request. It is held back until it is asked for: who is turned away before that makes the server keep
 * no more than what came together with the head.
 */
export class Body {
  readonly #res: Stream
  readonly #limits: BodyLimits
  readonly #text = Promise.withResolvers<string>()
  #chunks: Buffer[] = []
  #size = 0
  #held = false
  #owner: string | undefined
  #taken = 0

  constructor(res: Stream, { headers }: Pick<RequestHead, 'headers'>, limits: BodyLimits) {
    this.#res = res
    this.#limits = limits
    // It need not be waited for.
    this.#text.promise.catch(() => {})
    if (!hasBody(headers)) this.#text.resolve('')
    else if (Number(headers.get('content-length')) > limits.largest) this.#tooLarge()
    else this.#hold()
  }

  /**
   * UTF-8 text, empty where none was sent; refuses with 413 what is above the limit, and with 429 what is more than its
   * owner may have under way.
   */
  read(owner: string): Promise<string> {
    this.#owner = owner
    this.release()
    return this.#text.promise
  }

  /** Lets it come, read or not; to be called before the answer, or nothing more can be asked on this line. */
  release(): void {
    if (this.#held) this.#res.resume()
    this.#held = false
  }

  /** Its request is answered. */
  done(): void {
    this.#chunks = []
    if (this.#owner !== undefined) this.#limits.budget.give(this.#owner, this.#taken)
    this.#owner = undefined
    this.#taken = 0
  }

  /** Its client has left: the response must not be touched any more. */
  abandon(): void {
    this.#held = false
    this.done()
    this.#text.reject(new HttpError(400, 'The body did not come whole'))
  }

  #hold(): void {
    this.#res.onData((chunk, isLast) => {
      this.#size += chunk.byteLength
      if (this.#size > this.#limits.largest) return this.#tooLarge()
      if (!this.#take(chunk.byteLength)) return
      this.#chunks.push(Buffer.concat([new Uint8Array(chunk)]))
      if (!isLast) return
      this.#text.resolve(Buffer.concat(this.#chunks).toString())
      this.#chunks = []
    })
    this.#res.pause()
    this.#held = true
  }

  /** What comes before it is asked for is little; what comes after the answer is thrown away. */
  #take(bytes: number): boolean {
    if (this.#owner === undefined) return this.#held
    if (!this.#limits.budget.take(this.#owner, bytes)) {
      this.#refuse(
        new HttpError(429, sentence('too_much_at_once'), { 'retry-after': '1' }, 'too_much_at_once')
      )
      return false
    }
    this.#taken += bytes
    return true
  }

  #tooLarge(): void {
    const limit = `${Math.floor(this.#limits.largest / 2 ** 20)} MiB`
    this.#refuse(new HttpError(413, sentence('too_large', limit), {}, 'too_large'))
  }

  #refuse(error: HttpError): void {
    this.done()
    this.#text.reject(error)
  }
}
