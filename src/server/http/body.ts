import { HttpError, type RequestHead } from './http.ts'
import type { RawResponse } from './raw.ts'

type Stream = Pick<RawResponse, 'onData' | 'pause' | 'resume'>

/** Whether a request has a body. */
export const hasBody = (headers: RequestHead['headers']): boolean =>
  headers.has('content-length') || headers.has('transfer-encoding')

/**
 * The body of a request. It is held back until somebody reads it: who is turned away before that makes the server keep
 * no more than what came together with the head.
 */
export class Body {
  readonly #res: Stream
  readonly #limit: number
  readonly #text = Promise.withResolvers<string>()
  #chunks: Buffer[] = []
  #size = 0
  #held = false

  constructor(res: Stream, { headers }: Pick<RequestHead, 'headers'>, limit: number) {
    this.#res = res
    this.#limit = limit
    // Nobody has to wait for it.
    this.#text.promise.catch(() => {})
    if (!hasBody(headers)) this.#text.resolve('')
    else if (Number(headers.get('content-length')) > limit) this.#refuse()
    else this.#hold()
  }

  /** UTF-8 text, empty where none was sent; refuses with 413 what is above the limit. */
  read(): Promise<string> {
    this.release()
    return this.#text.promise
  }

  /** Lets it come, read or not; to be called before the answer, or nothing more can be asked on this line. */
  release(): void {
    if (this.#held) this.#res.resume()
    this.#held = false
  }

  /** Its client has left: the response must not be touched any more. */
  abandon(): void {
    this.#held = false
    this.#chunks = []
    this.#text.reject(new HttpError(400, 'The body did not come whole'))
  }

  #hold(): void {
    this.#res.onData((chunk, isLast) => {
      this.#size += chunk.byteLength
      if (this.#size > this.#limit) return this.#refuse()
      this.#chunks.push(Buffer.concat([new Uint8Array(chunk)]))
      if (isLast) this.#text.resolve(Buffer.concat(this.#chunks).toString())
    })
    this.#res.pause()
    this.#held = true
  }

  #refuse(): void {
    this.#chunks = []
    this.#text.reject(new HttpError(413, 'The body is too large'))
  }
}
