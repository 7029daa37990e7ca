import type { RawResponse } from '../http/raw.ts'

/** Bytes of an answer that may wait for a client before it counts as slow. */
const ROOM = 2 ** 18

/** The answer to a web `Request`, which becomes a web `Response` as it is written. */
export class FetchResponse implements RawResponse {
  /** Resolves when the answer has begun. */
  readonly response: Promise<Response>
  readonly #request: Request
  /** What stands before `/api/` in the address: redirects lead below it. */
  readonly #mount: string
  readonly #begun = Promise.withResolvers<Response>()
  readonly #headers = new Headers()
  #status = 200
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined
  #aborted = (): void => {}
  #writable: (() => boolean) | undefined
  #data: ((chunk: Uint8Array, isLast: boolean) => void) | undefined
  #isPaused = false
  #resumed = Promise.withResolvers<void>()
  #isOver = false

  constructor(request: Request, mount: string) {
    this.#request = request
    this.#mount = mount
    this.response = this.#begun.promise
    request.signal.addEventListener('abort', this.#leave, { once: true })
  }

  onAborted(fn: () => void): void {
    this.#aborted = fn
  }

  onData(fn: (chunk: Uint8Array, isLast: boolean) => void): void {
    this.#data = fn
    void this.#read()
  }
  pause(): void {
    this.#isPaused = true
  }
  resume(): void {
    this.#isPaused = false
    this.#resumed.resolve()
    this.#resumed = Promise.withResolvers()
  }

  onWritable(fn: () => boolean): void {
    this.#writable = fn
  }
  cork(fn: () => void): void {
    fn()
  }
  writeStatus(status: string): void {
    this.#status = Number.parseInt(status, 10)
  }
  writeHeader(name: string, value: string): void {
    const isOwnPath = name.toLowerCase() === 'location' && value.startsWith('/')
    this.#headers.append(name, isOwnPath ? this.#mount + value : value)
  }

  write(chunk: string | Uint8Array): boolean {
    const stream = this.#stream ?? this.#startStream()
    stream.enqueue(bytesOf(chunk))
    return (stream.desiredSize ?? 0) > 0
  }

  end(body: string | Uint8Array = ''): void {
    if (this.#stream) {
      if (body.length > 0) this.#stream.enqueue(bytesOf(body))
      this.#stream.close()
    } else this.#begin(body.length === 0 ? null : bytesOf(body))
    this.#done()
  }

  endWithoutBody(length = 0): void {
    this.#headers.set('content-length', String(length))
    this.#begin(null)
    this.#done()
  }

  /** Ends an answer that is still being written: its server closes. */
  cut(): void {
    if (this.#isOver) return
    this.#leave()
    this.#stream?.close()
  }

  /** Is called when the answer is over: it has ended, or its client has left. */
  onOver: () => void = () => {}

  #startStream(): ReadableStreamDefaultController<Uint8Array> {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (given) => {
          controller = given
        },
        pull: () => void this.#writable?.(),
        cancel: this.#leave
      },
      { highWaterMark: ROOM, size: (chunk) => chunk.byteLength }
    )
    this.#begin(stream)
    this.#stream = controller
    return controller!
  }

  #begin(body: ReadableStream | Uint8Array<ArrayBuffer> | null): void {
    const init = { status: this.#status, headers: this.#headers }
    this.#begun.resolve(new Response(body, init))
  }

  /** The client has left, or the answer is given up. */
  readonly #leave = (): void => {
    if (this.#isOver) return
    this.#done()
    this.#aborted()
    this.#begun.resolve(new Response(null, { status: 499 }))
  }

  #done(): void {
    this.#isOver = true
    this.#request.signal.removeEventListener('abort', this.#leave)
    this.#resumed.resolve()
    this.onOver()
  }

  /** Reads the body, a chunk at a time while it is not held back; what comes after the answer is not read. */
  async #read(): Promise<void> {
    const reader = this.#request.body?.getReader()
    try {
      for (;;) {
        if (this.#isPaused && !this.#isOver) await this.#resumed.promise
        if (this.#isOver) return void reader?.cancel().catch(() => {})
        const { done, value } = (await reader?.read()) ?? { done: true }
        if (this.#isOver) continue
        this.#data?.(value ?? new Uint8Array(), done)
        if (done) return
      }
    } catch {
      // The body broke off: so has the client.
      this.#leave()
    }
  }
}

const bytesOf = (chunk: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  typeof chunk === 'string' ? new TextEncoder().encode(chunk) : new Uint8Array(chunk)
