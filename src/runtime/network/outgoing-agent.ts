import { Duplex } from 'node:stream'
import { Client, Dispatcher, Pool } from 'undici'
import { ConnectionBudget } from './connection-budget.ts'
import { ConnectionPool } from './connection-pool.ts'
import { connectorFor } from './connector.ts'
import type { NetworkOptions } from './network-options.ts'

/** Callers have time limits of their own. */
const NEVER = 0

/** Sends requests to any origin, each over a pool of its own. */
export class OutgoingAgent extends Dispatcher {
  readonly #options: Required<Pick<NetworkOptions, 'maxConnections'>> & NetworkOptions
  readonly #pools = new Map<string, ConnectionPool>()
  readonly #http2 = new Map<string, Pool>()
  readonly #budget: ConnectionBudget

  constructor(options: Required<Pick<NetworkOptions, 'maxConnections'>> & NetworkOptions) {
    super()
    this.#options = options
    this.#budget = new ConnectionBudget(options.maxConnections, {
      [Symbol.iterator]: () => this.#pools.values()
    })
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const origin = String(options.origin)
    const pool = this.#pools.get(origin) ?? this.#http2.get(origin) ?? this.#poolFor(origin)
    return pool.dispatch(options, handler)
  }

  /** Ends all connections; requests that are under way fail. */
  override async destroy(): Promise<void> {
    await Promise.all([...this.#pools.values(), ...this.#http2.values()].map((pool) => pool.destroy()))
  }

  #poolFor(origin: string): Dispatcher {
    const url = new URL(origin)
    const { http2 = false, maxConnectionsPerOrigin: limit, guard, lookup } = this.#options
    if (http2 && url.protocol === 'https:') {
      const connect = connectorFor(url, { guard, lookup, http2 })
      const shared = { connections: limit ?? null, headersTimeout: NEVER, bodyTimeout: NEVER, allowH2: true }
      const pool = new Pool(origin, { ...shared, connect })
      this.#http2.set(origin, pool)
      return pool
    }
    const pool = new ConnectionPool(origin, {
      ...{ connect: connectorFor(url, { guard, lookup, http2: false }), budget: this.#budget, limit },
      // What is asked of one address once is not remembered for ever.
      empty: () => this.#pools.delete(origin)
    })
    this.#pools.set(origin, pool)
    return pool
  }
}

/**
 * Has undici load its parser, which it reads from a file at the first connection: when that comes, there may be no file
 * left to open.
 */
export async function loadParser(): Promise<void> {
  const socket = new Duplex({ read() {}, write: (_piece, _encoding, done) => done() })
  const client = new Client('http://localhost', { connect: (_options, done) => done(null, socket as never) })
  const ignore = () => {}
  client.dispatch(
    { path: '/', method: 'GET' },
    {
      onRequestStart: ignore,
      onResponseStart: ignore,
      onResponseData: ignore,
      onResponseEnd: ignore,
      onResponseError: ignore
    }
  )
  await client.destroy()
}
