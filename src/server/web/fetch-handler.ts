import type { SocketEntry } from './ws-sockets.ts'

/** What a server knows of a request besides what stands in it. */
export interface RequestInfo {
  /** The client's address. */
  remote?: string
}

/** Where the sockets of a handler come in. */
export interface HandlerSockets extends SocketEntry {
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
  readonly [socketsOf]: () => Promise<HandlerSockets>
}
