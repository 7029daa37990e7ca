import type { Line, Listener } from '../runtime/audience.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { RunRow } from '../runtime/store/store.ts'
import { type Caller, handle } from './handlers.ts'
import { closes, errorFrame, errorOf, frameErrors, parseFrame } from './protocol.ts'
import type { Socket, SocketEvents } from './socket.ts'

/** How far a client may fall behind before it is shown out, in bytes. */
const SLACK = 8 * 2 ** 20

/** A client that was let in to a run: `after` is where it left off, null when it wants only what comes. */
export interface Visit {
  run: RunRow
  after: number | null
}

/** One client of one run: reads its frames, sends it the run's. */
export class RunConnection implements SocketEvents, Listener, Caller {
  readonly runtime: Runtime
  readonly run: number
  readonly #socket: Socket
  #leave: (() => void) | null = null
  #open = true

  constructor(socket: Socket, runtime: Runtime, run: number) {
    this.#socket = socket
    this.runtime = runtime
    this.run = run
  }

  /** Greets the client, then shows it the run. */
  async greet({ run, after }: Visit): Promise<void> {
    const info = await this.runtime.info(run)
    const timestamp = new Date().toISOString()
    this.send(JSON.stringify({ type: 'system', status: 'connected', timestamp, run: info }))
    const leave = await this.runtime.follow(run, after, this)
    if (this.#open) this.#leave = leave
    else leave()
  }

  lines(lines: readonly Line[]): void {
    this.#socket.cork(() => {
      for (const { text } of lines) this.#socket.send(text)
    })
    if (this.#socket.buffered > SLACK) this.#close('tooSlow')
  }

  ended(): void {
    this.#close('finished')
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  onMessage(text: string): void {
    const parsed = parseFrame(text)
    if ('error' in parsed) return this.send(parsed.error)
    try {
      const done = handle(parsed.frame, this)
      if (done) done.catch((error) => this.send(errorOf(error)))
    } catch (error) {
      this.send(errorOf(error))
    }
  }

  onBinary(): void {
    this.send(errorFrame('binary_frame', frameErrors.binary_frame))
  }

  onTooLarge(): void {}
  onDrain(): void {}

  onClose(): void {
    this.#open = false
    this.#leave?.()
  }

  #close(why: keyof typeof closes): void {
    if (this.#open) this.#socket.close(closes[why].code, closes[why].reason)
  }
}
