import type { ServerFrame } from '../protocol/server-frames.ts'
import type { Api, Socket } from './api.ts'
import { ClientError } from './client-error.ts'

/** How the connection to a run stands. */
export type Connection = 'idle' | 'connecting' | 'open' | 'offline' | 'closed'

export interface RunSocketEvents {
  /** The `seq` of the last frame that was received: after a loss the rest is asked for. */
  cursor(): number
  onFrame(frame: ServerFrame): void
  onConnection(connection: Connection): void
  /** The connection is over: without an error where the run has ended. */
  onEnd(error?: ClientError): void
}

/** Milliseconds before the next try. */
const DELAYS = [200, 500, 1000, 2000, 5000]

/** Close codes after which another try would end in the same way. */
const FINAL: ReadonlySet<number> = new Set([4003, 4004, 4400, 4401, 4403])

/** A connection to one run that is opened again by itself. */
export class RunSocket {
  readonly #api: Api
  readonly #run: number
  readonly #events: RunSocketEvents
  #socket: Socket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #tries = 0
  /** Since when there is no connection, in milliseconds. */
  #since = Date.now()
  #refused: { code: string; message: string } | undefined

  constructor(api: Api, run: number, events: RunSocketEvents) {
    this.#api = api
    this.#run = run
    this.#events = events
    this.#connect()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#let()?.close(1000)
    this.#events.onConnection('closed')
  }

  #connect(): void {
    this.#events.onConnection(this.#tries === 0 ? 'connecting' : 'offline')
    const socket = this.#api.socket(`/ws/runs/${this.#run}`, { after: this.#events.cursor() })
    this.#socket = socket
    socket.onmessage = ({ data }: { data: unknown }) => this.#take(JSON.parse(String(data)))
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.#lost(code, reason)
    let isOpen = false
    socket.onopen = () => {
      isOpen = true
    }
    // A close follows, though in Node not where there was no connection.
    socket.onerror = () => {
      if (!isOpen) this.#lost(1006, '')
    }
  }

  #take(frame: ServerFrame): void {
    if (frame.type === 'system') {
      this.#tries = 0
      this.#events.onConnection('open')
    }
    if (frame.type === 'error') this.#refused = { code: frame.code, message: frame.error }
    this.#events.onFrame(frame)
  }

  #lost(code: number, reason: string): void {
    this.#let()
    if (this.#tries === 0) this.#since = Date.now()
    if (code === 1000) return this.#end()
    const refused = this.#refused
    this.#refused = undefined
    if (FINAL.has(code)) {
      const why = refused ?? { code: code === 4004 ? 'unknown_run' : 'refused', message: reason }
      return this.#end(
        new ClientError(why.code, why.message || 'The server refused the connection.', { status: code })
      )
    }
    if (Date.now() - this.#since >= this.#api.retryFor)
      return this.#end(new ClientError('unreachable', 'The connection to the run is lost.', { status: code }))
    this.#events.onConnection('offline')
    const delay = DELAYS[Math.min(this.#tries++, DELAYS.length - 1)]! * (0.8 + Math.random() * 0.4)
    this.#timer = setTimeout(() => this.#connect(), delay)
  }

  #end(error?: ClientError): void {
    this.#events.onConnection('closed')
    this.#events.onEnd(error)
  }

  /** Lets go of the present socket: nothing of it is heard any more. */
  #let(): Socket | undefined {
    const socket = this.#socket
    this.#socket = undefined
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.onerror = () => {}
    }
    return socket
  }
}
