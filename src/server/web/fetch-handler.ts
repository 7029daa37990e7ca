import type { SocketConnection } from '../ws/socket-connection.ts'
import type { SocketRegistry } from '../ws/socket-registry.ts'

/** What a server knows of a request besides what stands in it. */
export interface RequestInfo {
  /** The client's address. */
  remote?: string
}

/** Where the sockets of a handler come in. */
export interface SocketEntry {
  registry: SocketRegistry
  /** Begins to decide about a client; undefined where its path has no sockets. */
  admit(request: Request, info: RequestInfo): SocketConnection | undefined
  /** The largest frame, in bytes. */
  maxFrame: number
  /** Seconds without anything from a client after which it is cut off. */
  idleTimeout: number
  /** Has something done when the handler's runtime is closed. */
  onClosed(close: () => void): void
}

/** By this a handler gives its sockets to what has a port. */
export const socketsOf: unique symbol = Symbol.for('troupe.sockets')

/**
 * Answers web requests: the REST API and its event streams. What stands before `/api/` in an address is where it is
 * mounted.
 */
export interface FetchHandler {
  (request: Request, info?: RequestInfo): Promise<Response>
  readonly [socketsOf]: () => Promise<SocketEntry>
}
