import type { IncomingHttpHeaders } from 'node:http'
import type { Transform } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  constants as zlib
} from 'node:zlib'
import type { Dispatcher } from 'undici'
import type { LeavableHandler } from './connection-pool.ts'

/** A request with a body of JSON. */
export interface HttpRequest {
  /** Scheme, host and port. */
  origin: string
  /** Path and query. */
  path: string
  /** Names and values in turn. */
  headers: readonly string[]
  body: string
  /** Ends the request, with its reason. */
  signal: AbortSignal
}

/** Whether more is needed: of what is `nearly` complete a little may follow, and need not. */
export type Progress = 'more' | 'nearly' | 'complete'

/** Who reads an answer. What it throws ends the exchange with that error. */
export interface AnswerReader<Answer> {
  /** It is the turn of the request: it goes out. */
  sent?(): void
  /** The head of the answer. */
  head(status: number, headers: IncomingHttpHeaders): void
  /** A piece of the body, decompressed. */
  piece(bytes: Buffer): Progress
  /** The body is complete. */
  end(): Answer
}

/** An answer that is compressed in a way that is not known here. */
export class UnknownEncodingError extends Error {}

/** So long a server has to end an answer of which nothing, or only what need not be there, is missing; in milliseconds. */
const [SOON, GRACE] = [100, 2000]

/**
 * Sends a request and has its answer read as it comes, on undici's `dispatch`: no stream and no promise stands between
 * the socket and the reader.
 *
 * @returns what the reader makes of it
 * @throws what the network or the reader throws; the signal's reason once it is aborted
 */
export function exchange<Answer>(
  dispatcher: Dispatcher,
  request: HttpRequest,
  reader: AnswerReader<Answer>
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { origin, path, headers, body, signal } = request
    if (signal.aborted) return reject(signal.reason)
    const handler = new Exchange(signal, reader, resolve, reject)
    dispatcher.dispatch({ origin, path, method: 'POST', headers: headers as string[], body }, handler)
  })
}

class Exchange<Answer> implements LeavableHandler {
  readonly #signal: AbortSignal
  readonly #reader: AnswerReader<Answer>
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: unknown) => void
  readonly #abort = () => this.#fail(this.#signal.reason)
  #controller: Dispatcher.DispatchController | undefined
  #unpacking: Transform | undefined
  #settled = false
  #progress: Progress = 'more'
  #grace: NodeJS.Timeout | undefined

  constructor(
    signal: AbortSignal,
    reader: AnswerReader<Answer>,
    resolve: (answer: Answer) => void,
    reject: (error: unknown) => void
  ) {
    this.#signal = signal
    this.#reader = reader
    this.#resolve = resolve
    this.#reject = reject
    signal.addEventListener('abort', this.#abort, { once: true })
  }

  get isLeft(): boolean {
    return this.#settled
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // The caller may have aborted while it waited for a connection.
    if (this.#settled) controller.abort(new Error('The request was aborted.'))
    else this.#reader.sent?.()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders
  ): void {
    if (this.#settled || status < 200) return
    this.#guarded(() => {
      this.#unpacking = unpacker(headers['content-encoding'])
      this.#unpacking?.on('data', (bytes: Buffer) => this.#piece(bytes))
      this.#unpacking?.once('end', () => this.#end())
      this.#unpacking?.once('error', (error) => this.#fail(error))
      this.#reader.head(status, headers)
    })
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#settled) return
    if (this.#unpacking) this.#unpacking.write(bytes)
    else this.#piece(bytes)
  }

  onResponseEnd(): void {
    if (this.#unpacking) this.#unpacking.end()
    else this.#end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#progress === 'more') this.#fail(error)
    else this.#end()
  }

  #piece(bytes: Buffer): void {
    if (this.#settled) return
    this.#guarded(() => {
      const progress = this.#reader.piece(bytes)
      this.#progress = progress
      if (progress === 'more') return
      // The end of the body follows at once, and the connection can be used again. Some servers forget it.
      clearTimeout(this.#grace)
      this.#grace = setTimeout(() => this.#cut(), progress === 'complete' ? SOON : GRACE)
    })
  }

  /** Ends what the server does not end. */
  #cut(): void {
    this.#end()
    this.#controller?.abort(new Error('The answer was complete.'))
  }

  #end(): void {
    if (this.#settled) return
    this.#guarded(() => {
      const answer = this.#reader.end()
      this.#settle()
      this.#resolve(answer)
    })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#settled) return
    this.#settle()
    this.#reject(error)
    this.#controller?.abort(error instanceof Error ? error : new Error(String(error)))
    this.#unpacking?.destroy()
  }

  #settle(): void {
    this.#settled = true
    clearTimeout(this.#grace)
    this.#signal.removeEventListener('abort', this.#abort)
  }
}

// A body that is cut short gives what there is of it: the reader sees whether it is whole.
const lenient = { flush: zlib.Z_SYNC_FLUSH, finishFlush: zlib.Z_SYNC_FLUSH }

function unpacker(encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip(lenient)
    case 'deflate':
      return createInflate(lenient)
    case 'br':
      return createBrotliDecompress({ finishFlush: zlib.BROTLI_OPERATION_FLUSH })
    case 'zstd':
      return createZstdDecompress()
    default:
      throw new UnknownEncodingError(`It is compressed in an unknown way: ${encoding}.`)
  }
}
