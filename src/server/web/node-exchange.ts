import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHead } from '../http/http.ts'
import type { RawResponse } from '../http/raw.ts'
import { requestId } from '../http/request-id.ts'

/** What is known of a request of `node:http` before its body has come. */
export function headOfNode(incoming: IncomingMessage): RequestHead {
  const { method = 'GET', url = '/', rawHeaders } = incoming
  const headers = new Map<string, string>()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    const before = headers.get(name)
    headers.set(name, before === undefined ? rawHeaders[i + 1]! : `${before}, ${rawHeaders[i + 1]}`)
  }
  const mark = url.indexOf('?')
  const search = mark < 0 ? '' : url.slice(mark + 1)
  return {
    id: requestId(headers),
    method: method.toUpperCase(),
    path: mark < 0 ? url : url.slice(0, mark),
    search,
    query: new URLSearchParams(search),
    headers,
    remote: incoming.socket.remoteAddress ?? ''
  }
}

/** A request of `node:http` and its answer, as the rest of the server uses them. */
export class NodeExchange implements RawResponse {
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  #isOver = false

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#incoming = incoming
    this.#outgoing = outgoing
    outgoing.sendDate = false
    // What is wrong with a line ends it: that is heard of by its end.
    incoming.on('error', () => {})
    outgoing.on('error', () => {})
  }

  onAborted(fn: () => void): void {
    this.#outgoing.once('close', () => {
      if (!this.#isOver) fn()
    })
  }

  onData(fn: (chunk: Uint8Array, isLast: boolean) => void): void {
    this.#incoming.on('data', (chunk: Buffer) => fn(chunk, false))
    this.#incoming.once('end', () => fn(new Uint8Array(), true))
  }
  pause(): void {
    this.#incoming.pause()
  }
  resume(): void {
    this.#incoming.resume()
  }

  onWritable(fn: () => boolean): void {
    this.#outgoing.on('drain', fn)
  }
  cork(fn: () => void): void {
    const { socket } = this.#outgoing
    socket?.cork()
    fn()
    socket?.uncork()
  }
  writeStatus(status: string): void {
    const space = status.indexOf(' ')
    this.#outgoing.statusCode = Number(status.slice(0, space))
    this.#outgoing.statusMessage = status.slice(space + 1)
  }
  writeHeader(name: string, value: string): void {
    this.#outgoing.appendHeader(name, value)
  }

  write(chunk: string | Uint8Array): boolean {
    return this.#outgoing.write(chunk)
  }

  end(body: string | Uint8Array = ''): void {
    this.#isOver = true
    if (!this.#outgoing.headersSent && hasLength(this.#outgoing.statusCode))
      this.#outgoing.setHeader('content-length', Buffer.byteLength(body))
    this.#outgoing.end(body)
  }

  endWithoutBody(length = 0): void {
    this.#isOver = true
    this.#outgoing.setHeader('content-length', length)
    this.#outgoing.end()
  }
}

const hasLength = (status: number): boolean => status !== 204 && status !== 304
