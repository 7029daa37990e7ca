import type { RawResponse } from '../http/raw.ts'
import type { Link } from './link.ts'
import { type Begin, tells, WINDOW } from './ops.ts'

/** The answer to a request that another process has read. */
export class FarResponse implements RawResponse {
  readonly #link: Link
  readonly #id: number
  readonly #done: () => void
  #begin: Begin | null = { status: '200 OK', headers: [] }
  #waiting = 0
  #aborted = (): void => {}
  #data = (_chunk: Uint8Array, _isLast: boolean): void => {}
  #writable: (() => boolean) | null = null

  /** `done` is called when nothing more is to be said of the request. */
  constructor(link: Link, id: number, done: () => void) {
    this.#link = link
    this.#id = id
    this.#done = done
  }

  onAborted(fn: () => void): void {
    this.#aborted = fn
  }
  onData(fn: (chunk: Uint8Array, isLast: boolean) => void): void {
    this.#data = fn
  }
  // The gateway holds a body back until the server asks for it.
  pause(): void {}
  resume(): void {
    this.#link.put(tells.resume, this.#id)
  }
  onWritable(fn: () => boolean): void {
    this.#writable = fn
  }
  cork(fn: () => void): void {
    fn()
  }
  writeStatus(status: string): void {
    if (this.#begin) this.#begin.status = status
  }
  writeHeader(name: string, value: string): void {
    this.#begin?.headers.push([name, value])
  }

  write(chunk: string): boolean {
    this.#tellHead()
    this.#waiting += this.#link.put(tells.piece, this.#id, chunk)
    return this.#waiting <= WINDOW
  }

  end(body?: string | Uint8Array): void {
    this.#tellHead()
    this.#link.put(tells.end, this.#id, body)
    this.#done()
  }

  endWithoutBody(length = 0): void {
    this.#tellHead()
    this.#link.put(tells.endBare, this.#id, length)
    this.#done()
  }

  /** A part of the request's body has come. */
  body(chunk: Uint8Array, isLast: boolean): void {
    this.#data(chunk, isLast)
  }

  /** So much has gone out to the client. */
  taken(bytes: number): void {
    const behind = this.#waiting > WINDOW
    this.#waiting -= bytes
    if (behind && this.#waiting <= WINDOW) this.#writable?.()
  }

  /** The client has left. */
  abort(): void {
    this.#aborted()
  }

  #tellHead(): void {
    if (this.#begin) this.#link.put(tells.begin, this.#id, JSON.stringify(this.#begin))
    this.#begin = null
  }
}
