import type { Line, Listener } from '../runtime/audience.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { RunRow } from '../runtime/store/store.ts'
import { type Caller, handle } from './handlers.ts'
import { closes, errorFrame, errorOf, frameErrors, parseFrame } from './protocol.ts'
import type { Socket, SocketEvents } from './socket.ts'

const MIB = 2 ** 20
/** With so many bytes waiting for it a client has fallen behind, and is given this time to catch up, in milliseconds. */
const SLACK = 8 * MIB
const PATIENCE = 2000
/** The most that waits for a client: a few of the largest frames. */
const MOST = 128 * MIB
/** What may wait for a client that is given the past. */
const ROOM = MIB

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
  readonly answers = new Map<string, string>()
  #drained: (() => void) | null = null
  #behind = 0
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
    if (this.#isTooSlow()) return this.#close('tooSlow')
    this.#socket.cork(() => {
      for (const { text } of lines) this.#socket.send(text)
    })
  }

  async room(): Promise<boolean> {
    if (this.#open && this.#socket.buffered > ROOM) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
    }
    return this.#open
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

  onDrain(): void {
    this.#behind = 0
    this.#drained?.()
  }

  onClose(): void {
    this.#open = false
    this.#leave?.()
    this.#drained?.()
  }

  /** Judged before something is sent: a frame alone may be larger than all slack. */
  #isTooSlow(): boolean {
    const { buffered } = this.#socket
    if (buffered <= SLACK) this.#behind = 0
    else this.#behind ||= performance.now()
    return buffered > MOST || (this.#behind > 0 && performance.now() - this.#behind > PATIENCE)
  }

  #close(why: keyof typeof closes): void {
    if (this.#open) this.#socket.close(closes[why].code, closes[why].reason)
  }
}
