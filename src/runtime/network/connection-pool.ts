import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { type buildConnector, Client, Dispatcher } from 'undici'
import type { ConnectionBudget } from './connection-budget.ts'

/** How the connections of one pool are made. */
export interface PoolOptions {
  connect: buildConnector.connector
  budget: ConnectionBudget
  /** The most connections to this origin at once; no limit of its own where it is undefined. */
  limit: number | undefined
  /** The last connection is gone and nothing waits. */
  empty(): void
}

/** A handler that says whether anybody still waits for its answer. */
export interface LeavableHandler extends Dispatcher.DispatchHandler {
  readonly isLeft: boolean
}

/** A connection, and whether it carries no request. */
interface Slot {
  client: Client
  idle: boolean
}

/** Callers have time limits of their own: a model may think for longer than any that could be chosen here. */
const NEVER = 0

/** The system has no more files, ports or buffers to give at present. */
const exhausted = new Set<unknown>(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS'])

/**
 * Connections to one origin, one request each at a time. What finds none free and may open none waits its turn, also
 * where the system has no files left. undici's own pool looks at every connection for a free one: with thousands of
 * requests under way that was a tenth of all work.
 */
export class ConnectionPool extends Dispatcher {
  readonly #origin: string
  readonly #options: PoolOptions
  /** The last one to become free is the first to be used, so that those that are not needed come to their time-out. */
  readonly #idle: Slot[] = []
  readonly #slots = new Set<Slot>()
  #waiting: PooledRequest[] = []

  constructor(origin: string, options: PoolOptions) {
    super()
    this.#origin = origin
    this.#options = options
  }

  /** Whether there are requests that wait for a connection. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const request = new PooledRequest(this, options, handler)
    const slot = this.#waiting.length === 0 ? (this.#idle.pop() ?? this.#open()) : undefined
    if (slot) this.#send(slot, request)
    else this.#waiting.push(request)
    return slot !== undefined
  }

  /** Lets a waiting request begin, if there is one; whether one began. */
  admit(): boolean {
    while (this.#waiting[0]?.isLeft) this.#waiting.shift()
    if (this.#waiting.length === 0) return false
    const slot = this.#idle.pop() ?? this.#open()
    if (slot) this.#send(slot, this.#waiting.shift()!)
    return slot !== undefined
  }

  /** Ends a connection that carries nothing, so that another pool may open one; whether there was one. */
  yieldIdle(): boolean {
    const slot = this.#idle.shift()
    if (slot) this.#discard(slot)
    return slot !== undefined
  }

  /** Forgets requests whose callers have left. */
  prune(): void {
    this.#waiting = this.#waiting.filter((request) => !request.isLeft)
  }

  /** The answer to a request is complete: its connection can carry the next one. */
  completed({ slot }: PooledRequest): void {
    if (slot) this.#release(slot)
  }

  /** Whether a request that failed before it was sent has its turn again, later. */
  again(request: PooledRequest, error: Error): boolean {
    if (!exhausted.has((error as NodeJS.ErrnoException).code)) return false
    this.#waiting.unshift(request)
    this.#options.budget.exhausted(this)
    // undici tells of the connection only afterwards.
    if (request.slot) this.#discard(request.slot)
    return true
  }

  override async destroy(): Promise<void> {
    const closed = Object.assign(new Error('The connections were closed.'), { code: 'UND_ERR_CLOSED' })
    for (const request of this.#waiting.splice(0)) request.onResponseError(undefined as never, closed)
    await Promise.all([...this.#slots].map((slot) => this.#discard(slot)))
  }

  #open(): Slot | undefined {
    const { limit, budget, connect } = this.#options
    if (limit !== undefined && this.#slots.size >= limit) return undefined
    if (!budget.take(this)) return undefined
    const client = new Client(this.#origin, { connect, headersTimeout: NEVER, bodyTimeout: NEVER })
    const slot: Slot = { client, idle: false }
    this.#slots.add(slot)
    client.on('drain', () => client.stats.size === 0 && this.#release(slot))
    // A connection that was closed while it carried nothing is forgotten: the next request opens another.
    client.on('disconnect', () => slot.idle && this.#discard(slot))
    client.on('connectionError', () => this.#discard(slot))
    return slot
  }

  #send(slot: Slot, request: PooledRequest): void {
    slot.idle = false
    request.slot = slot
    const isFree = slot.client.dispatch(request.options, request)
    // A request that was refused for its form leaves the connection as it was, and no event says so.
    if (isFree || slot.client.stats.size === 0) this.#release(slot)
  }

  #release(slot: Slot): void {
    if (slot.idle || !this.#slots.has(slot)) return
    while (this.#waiting[0]?.isLeft) this.#waiting.shift()
    const next = this.#waiting.shift()
    if (next) return this.#send(slot, next)
    slot.idle = true
    if (!slot.client.stats.connected) return void this.#discard(slot)
    this.#idle.push(slot)
    this.#options.budget.idle(this)
  }

  async #discard(slot: Slot): Promise<void> {
    if (!this.#slots.delete(slot)) return
    const at = slot.idle ? this.#idle.indexOf(slot) : -1
    if (at >= 0) this.#idle.splice(at, 1)
    const gone = slot.client.destroy()
    this.#options.budget.give()
    // Those who wait for the pool's own limit are not known to the budget.
    this.admit()
    if (this.#slots.size === 0 && this.#waiting.length === 0) this.#options.empty()
    await gone
  }
}

/** A request in a pool: tells the pool when its connection is free, and has its turn again where there was none. */
class PooledRequest implements Dispatcher.DispatchHandler {
  slot: Slot | undefined
  readonly options: Dispatcher.DispatchOptions
  readonly #pool: ConnectionPool
  readonly #handler: Dispatcher.DispatchHandler
  #sent = false

  constructor(
    pool: ConnectionPool,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler
  ) {
    this.#pool = pool
    this.options = options
    this.#handler = handler
  }

  get isLeft(): boolean {
    return (this.#handler as Partial<LeavableHandler>).isLeft === true
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#sent = true
    this.#handler.onRequestStart?.(controller, context)
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex
  ): void {
    this.#handler.onRequestUpgrade?.(controller, status, headers, socket)
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.()
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    text?: string
  ): void {
    this.#handler.onResponseStart?.(controller, status, headers, text)
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    this.#handler.onResponseData?.(controller, bytes)
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    // undici tells a turn of the event loop later that the connection is free: a request in the same turn would open
    // another one.
    this.#pool.completed(this)
    this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#sent && this.#pool.again(this, error)) return
    this.#handler.onResponseError?.(controller, error)
  }
}
