import { once } from 'node:events'
import WebSocket from 'ws'
import { type Fields, isFields } from './matcher.ts'

const shown = ['system', 'message', 'message_chunk', 'input_request', 'result', 'completion', 'error', 'pong']

/** Frames wait in lanes: those of the lane `order` come as recorded, the others may stand anywhere among them. */
export type Lane = 'order' | 'pong' | 'input_request' | 'model call'

/** The lane that a frame of a recording waits in. */
export function laneOf(frame: Fields, strict: boolean): Lane {
  if (strict) return 'order'
  if (frame.type === 'pong' || frame.type === 'input_request') return frame.type
  const data = frame.data as Fields | undefined
  return frame.type === 'message' && data?.source === 'llm_call_event' ? 'model call' : 'order'
}

/** One client of the WebSocket; it keeps each frame until the play takes it. */
export class WireSocket {
  /** The id of the run in the address. */
  readonly run: number
  /** All frames so far, also those that a play does not compare. */
  readonly frames: Fields[] = []
  closedWith?: { code: number; reason: string }
  /** Set when the play expects the end or what comes no longer counts. */
  mayClose = false
  ignoresRest = false
  #waiting: Record<Lane, Fields[]> = { order: [], pong: [], input_request: [], 'model call': [] }
  #socket: WebSocket
  #changed = Promise.withResolvers<void>()

  private constructor(url: string, headers: Record<string, string>, strict: boolean) {
    this.run = Number(/\/runs\/(\d+)/.exec(url)?.[1])
    this.#socket = new WebSocket(url, { headers })
    this.#socket.on('message', (data, binary) => this.#receive(binary ? undefined : String(data), strict))
    this.#socket.on('close', (code, reason) => {
      this.closedWith = { code, reason: String(reason) }
      this.#wake()
    })
  }

  /** Opens a connection; a refused handshake is an error. */
  static async open(url: string, headers: Record<string, string>, strict: boolean): Promise<WireSocket> {
    const socket = new WireSocket(url, headers, strict)
    await once(socket.#socket, 'open')
    socket.#socket.on('error', () => {})
    return socket
  }

  /** The frames that nobody has taken. */
  get left(): Fields[] {
    return Object.values(this.#waiting).flat()
  }

  /** Whether the server has closed with 1000 after the end of the run, which it always may. */
  get finished(): boolean {
    return (
      this.closedWith?.code === 1000 &&
      this.frames.some(({ type }) => type === 'result' || type === 'completion')
    )
  }

  /** The next frame of a lane, left where it is; nothing when none comes in time. */
  async peek(lane: Lane, wait: number): Promise<Fields | undefined> {
    await this.#until(() => this.#waiting[lane].length > 0 || this.closedWith !== undefined, wait)
    return this.#waiting[lane][0]
  }

  take(lane: Lane): void {
    this.#waiting[lane].shift()
  }

  async closing(wait: number): Promise<{ code: number; reason: string } | undefined> {
    await this.#until(() => this.closedWith !== undefined, wait)
    return this.closedWith
  }

  send(data: string | Buffer): void {
    if (this.closedWith && !this.finished)
      throw new Error(`The server has closed with ${this.closedWith.code}.`)
    this.#socket.send(data, () => {})
  }

  close(code?: number): void {
    this.mayClose = true
    this.#socket.close(code)
  }

  /** Cuts the TCP connection. */
  drop(): void {
    this.mayClose = true
    this.#socket.terminate()
  }

  #receive(text: string | undefined, strict: boolean): void {
    const frame = parse(text)
    this.frames.push(frame)
    if (shown.includes(frame.type as string)) this.#waiting[laneOf(frame, strict)].push(frame)
    this.#wake()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #until(reached: () => boolean, wait: number): Promise<void> {
    const deadline = Date.now() + wait
    while (!reached() && Date.now() < deadline) {
      const timer = setTimeout(() => this.#wake(), deadline - Date.now() + 1)
      await this.#changed.promise
      clearTimeout(timer)
    }
  }
}

/** A frame as an object; what is none becomes a message that fits no recording. */
function parse(text: string | undefined): Fields {
  try {
    const frame: unknown = JSON.parse(text!)
    return isFields(frame) ? frame : { type: 'message', unreadable: text }
  } catch {
    return { type: 'message', unreadable: text ?? 'a binary frame' }
  }
}
