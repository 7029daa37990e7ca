import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type RawData, WebSocket } from 'ws'
import { show } from './matcher.ts'
import { checkFrame } from './schemas.ts'

/** A frame of the server. */
// biome-ignore lint/suspicious/noExplicitAny: a client takes frames as they come
export type Frame = Record<string, any>

/** Frames above that many characters are not checked: that would take longer than the server took for them. */
const LARGE = 1_000_000

/** How long a client waits for what has to come, in milliseconds. */
const patience = 8_000

/** A client of a run that keeps every frame, as text too. */
export class RunClient {
  readonly ws: WebSocket
  readonly texts: string[] = []
  readonly frames: Frame[] = []
  closed: { code: number; reason: string } | undefined
  #taken = 0
  #changed = Promise.withResolvers<void>()

  private constructor(url: string) {
    this.ws = new WebSocket(url)
    this.ws.on('message', (data) => this.#receive(data))
    this.ws.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
      this.#wake()
    })
  }

  /** Connects to a run; `query` begins with a question mark. */
  static async connect(url: string, run: number | string, query = ''): Promise<RunClient> {
    const client = new RunClient(`${url.replace(/^http/, 'ws')}/api/ws/runs/${run}${query}`)
    await once(client.ws, 'open')
    client.ws.on('error', () => {})
    return client
  }

  /** The port that it comes from. */
  get localPort(): number {
    return (this.ws as unknown as { _socket: Socket })._socket.localPort!
  }

  /** The frames that the run's log holds too, without the mark of a replay. */
  get log(): Frame[] {
    return this.frames.filter(({ seq }) => seq !== undefined).map(({ replay: _, ...frame }) => frame)
  }

  /** Sends a frame: text and bytes as they stand, anything else as JSON. */
  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame))
  }

  start(team_config: unknown, task: unknown = 'Go.'): void {
    this.send({ type: 'start', task, team_config })
  }

  /** The next frame that fits, after those taken before; all in between count as taken. `within` is in milliseconds. */
  async next(fits: string | ((frame: Frame) => boolean), within = patience): Promise<Frame> {
    const is = typeof fits === 'string' ? ({ type }: Frame) => type === fits : fits
    const find = () => this.frames.findIndex((frame, at) => at >= this.#taken && is(frame))
    await this.#until(() => find() >= 0 || this.closed !== undefined, `a frame that fits ${fits}`, within)
    const at = find()
    if (at < 0) throw new Error(`The end came before a frame that fits ${fits}; ${this.situation()}`)
    this.#taken = at + 1
    return this.frames[at]!
  }

  /** How the server closes the connection. */
  async end(): Promise<{ code: number; reason: string }> {
    await this.#until(() => this.closed !== undefined, 'the end')
    return this.closed!
  }

  /** Resolves when all that the server sent before has come: it answers a ping. */
  async settled(): Promise<void> {
    this.send({ type: 'ping' })
    await this.next('pong')
  }

  leave(): void {
    this.ws.terminate()
  }

  situation(): string {
    const end = this.closed ? `closed with ${this.closed.code} "${this.closed.reason}"` : 'open'
    return `the connection is ${end}, ${this.frames.length} frames came, last ${show(this.frames.slice(-4), 1500)}`
  }

  #receive(data: RawData): void {
    const text = String(data)
    this.texts.push(text)
    const frame = JSON.parse(text)
    if (text.length < LARGE) checkFrame(frame)
    this.frames.push(frame)
    this.#wake()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #until(reached: () => boolean, wish: string, within = patience): Promise<void> {
    const deadline = Date.now() + within
    while (!reached()) {
      if (Date.now() >= deadline) throw new Error(`Nothing came for ${wish}; ${this.situation()}`)
      const timer = setTimeout(() => this.#wake(), deadline - Date.now() + 1)
      await this.#changed.promise
      clearTimeout(timer)
    }
  }
}
