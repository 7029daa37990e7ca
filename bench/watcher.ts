import { fromAgent, type Kind, kindOf } from './frames.ts'
import { type Address, Socket } from './socket.ts'
import { now, within } from './waiting.ts'

/** One client of one run: counts its frames and notes when the first ones came (0: never). */
export class Watcher {
  readonly counts: Record<Kind, number>
  startedAt = 0
  firstMessageAt = 0
  firstAgentMessageAt = 0
  firstChunkAt = 0
  firstReplayedAt = 0
  /** The close code, once closed. */
  closed: number | undefined
  /** Called when a person is asked. */
  onInput: (() => void) | undefined
  /** Those who wait for frames of a kind, and for how many more. */
  readonly #waiting = new Map<Kind, { left: number; came(at: number): void }>()
  readonly #attached = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  #socket: Socket | undefined

  constructor() {
    const none = {
      message: 0,
      message_chunk: 0,
      event: 0,
      status: 0,
      input_request: 0,
      result: 0,
      completion: 0
    }
    this.counts = { ...none, system: 0, error: 0, warning: 0, pong: 0, other: 0 }
  }

  /** Connects to a run; resolves when the server has said `connected`. */
  static async attach(address: Address, run: string, query = ''): Promise<Watcher> {
    const watcher = new Watcher()
    watcher.startedAt = now()
    watcher.#socket = await Socket.open(address, `/api/ws/runs/${run}${query}`, {
      text: (bytes, from, to) => watcher.#see(bytes, from, to),
      closed: (code) => watcher.#close(code)
    })
    await within(30_000, `first frame of run ${run}`, watcher.#attached.promise)
    return watcher
  }

  /** Sends the `start` frame that `startFrame` made. */
  start(frame: Buffer): void {
    this.startedAt = now()
    this.#socket?.send(frame)
  }

  /** Sends a frame made by `clientFrame`. */
  send(frame: Buffer): void {
    this.#socket?.send(frame)
  }

  /** Reads what comes, or lets it wait. */
  read(reads: boolean): void {
    this.#socket?.read(reads)
  }

  /** When the next frame of a kind comes, or the how many-th; to be asked before what brings it is sent. */
  next(kind: Kind, left = 1): Promise<number> {
    const all = new Promise<number>((came) => this.#waiting.set(kind, { left, came }))
    return within(60_000, `the next ${kind}`, all)
  }

  /** Resolves at `result`, `completion` or the end of the socket. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Messages of agents: all but the task. */
  get messages(): number {
    return Math.max(0, this.counts.message - 1)
  }

  /** Durable frames: those that a run replays. */
  get durable(): number {
    const { message, event, status, input_request, result, completion } = this.counts
    return message + event + status + input_request + result + completion
  }

  /** How often the kernel gave it bytes: frames per read tell how many went out together. */
  get reads(): number {
    return this.#socket?.reads ?? 0
  }

  /** Leaves. */
  close(): void {
    this.#socket?.close()
  }

  #see(bytes: Buffer, from: number, to: number): void {
    const kind = kindOf(bytes, from, to)
    this.counts[kind]++
    if (this.#waiting.size > 0) this.#tell(kind)
    if (kind === 'message_chunk') {
      if (this.firstChunkAt === 0) this.firstChunkAt = now()
      return
    }
    if (kind === 'system') {
      this.#attached.resolve()
      return
    }
    if (this.firstReplayedAt === 0) this.firstReplayedAt = now()
    if (kind === 'input_request') this.onInput?.()
    if (kind === 'message') this.#seeMessage(bytes, from, to)
    else if (kind === 'result' || kind === 'completion') this.#ended.resolve()
  }

  #tell(kind: Kind): void {
    const waiting = this.#waiting.get(kind)
    if (!waiting || --waiting.left > 0) return
    this.#waiting.delete(kind)
    waiting.came(now())
  }

  #seeMessage(bytes: Buffer, from: number, to: number): void {
    if (this.firstAgentMessageAt > 0) return
    if (this.firstMessageAt === 0) this.firstMessageAt = now()
    // The task is always the first message, wherever `source` may stand.
    if (fromAgent(bytes, from, to) ?? this.counts.message > 1) this.firstAgentMessageAt = now()
  }

  #close(code: number): void {
    this.closed = code
    this.#attached.reject(new Error(`closed with ${code} before it was attached`))
    this.#attached.promise.catch(() => {})
    this.#ended.resolve()
  }
}
