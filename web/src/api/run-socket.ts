import { apiPath, tellUnknown, withToken } from './http.ts'
import type { Frame } from './types.ts'

/** Where a line to the server stands. */
export type Line = 'connecting' | 'open' | 'offline' | 'over' | 'missing' | 'refused'

interface RunSocketEvents {
  /** The number of the last frame that was taken: after a cut the rest is asked for. */
  cursor(): number
  frames(frames: Frame[]): void
  /** `retryAt`: when it is tried again, in milliseconds since 1970. */
  line(line: Line, retryAt: number | null): void
}

/** How long it is waited before the next try, in milliseconds. */
const PATIENCE = [300, 700, 1500, 3000, 6000]

/** A line to one run that comes back by itself and hands over frames at most once per picture. */
export class RunSocket {
  readonly #id: number
  readonly #events: RunSocketEvents
  #socket: WebSocket | null = null
  #waiting: Frame[] = []
  #due = false
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(id: number, events: RunSocketEvents) {
    this.#id = id
    this.#events = events
    addEventListener('online', this.#hurry)
    this.#connect()
  }

  /** Sends a frame; false where there is no connection. */
  send(frame: unknown): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    removeEventListener('online', this.#hurry)
    this.#socket?.close()
  }

  #connect(): void {
    const url = new URL(
      withToken(apiPath(`/ws/runs/${this.#id}?after=${this.#events.cursor()}`)),
      location.href
    )
    url.protocol = url.protocol.replace('http', 'ws')
    const socket = new WebSocket(url)
    this.#socket = socket
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data))
    socket.onopen = () => {
      this.#tries = 0
      this.#events.line('open', null)
    }
    socket.onclose = ({ code }) => this.#lost(code)
  }

  #take(frame: Frame): void {
    this.#waiting.push(frame)
    if (this.#due) return
    this.#due = true
    // A page that is not looked at gets no pictures.
    if (document.hidden) setTimeout(this.#hand, 100)
    else requestAnimationFrame(this.#hand)
  }

  #hand = (): void => {
    this.#due = false
    const frames = this.#waiting
    this.#waiting = []
    if (frames.length > 0 && !this.#closed) this.#events.frames(frames)
  }

  #lost(code: number): void {
    if (this.#closed) return
    this.#hand()
    if (code === 1000 || code === 4003) return this.#events.line('over', null)
    if (code === 4004) return this.#events.line('missing', null)
    if (code === 4401) tellUnknown()
    if (code === 4401 || code === 4403) return this.#events.line('refused', null)
    const wait = PATIENCE[Math.min(this.#tries++, PATIENCE.length - 1)]! * (0.8 + Math.random() * 0.4)
    this.#events.line('offline', Date.now() + wait)
    this.#timer = setTimeout(() => this.#connect(), wait)
  }

  #hurry = (): void => {
    if (this.#socket?.readyState !== WebSocket.CLOSED || this.#closed) return
    clearTimeout(this.#timer)
    this.#connect()
  }
}
