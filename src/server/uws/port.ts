import {
  type HttpResponse,
  LIBUS_LISTEN_EXCLUSIVE_PORT,
  type TemplatedApp,
  type us_listen_socket,
  type us_socket_context_t,
  type WebSocketBehavior
} from 'uWebSockets.js'
import type { RequestHead } from '../http/http.ts'

const MIB = 2 ** 20

/** Opens a port; rejects when it is taken. `shared` lets other processes listen there: the kernel spreads clients. */
export function bind(
  app: TemplatedApp,
  host: string,
  port: number,
  shared: boolean
): Promise<us_listen_socket> {
  return new Promise((resolve, reject) => {
    const bound = (socket: us_listen_socket | false) => {
      if (socket === false) reject(new Error(`Port ${port} of ${host} is taken, or may not be used.`))
      else resolve(socket)
    }
    if (shared) app.listen(host, port, bound)
    else (app as unknown as ExclusiveApp).listen(host, port, LIBUS_LISTEN_EXCLUSIVE_PORT, bound)
  })
}

// The declarations lack the constant, and the form that takes a host and options.
declare module 'uWebSockets.js' {
  export const LIBUS_LISTEN_EXCLUSIVE_PORT: number
}
interface ExclusiveApp {
  listen(host: string, port: number, options: number, bound: (socket: us_listen_socket | false) => void): void
}

/**
 * The limits of sockets, whatever protocol is spoken over them.
 *
 * @param maxFrame the largest frame, in bytes
 * @param idleTimeout seconds without anything from a client, the answer to a ping included, after which it is cut off
 */
export const keeping = (maxFrame: number, idleTimeout: number): WebSocketBehavior<unknown> => ({
  // Beyond this uWebSockets.js cuts the line without a word (1006), so it stands higher: a frame in between
  // is read, thrown away and answered with 1009.
  maxPayloadLength: maxFrame + Math.max(maxFrame, 16 * MIB),
  // A limit here would drop the close frame too. The sender looks at `buffered`.
  maxBackpressure: 0,
  idleTimeout,
  sendPingsAutomatically: true
})

/**
 * Makes a socket of a request, in the turn in which it has come: uWebSockets.js can do that later too, but then it
 * reads memory that it has freed, and now and then cuts a line for what it finds there (1006).
 */
export function shakeHands<Held>(
  res: HttpResponse,
  { headers }: RequestHead,
  context: us_socket_context_t,
  held: Held
) {
  const key = headers.get('sec-websocket-key') ?? ''
  const extensions = headers.get('sec-websocket-extensions') ?? ''
  res.upgrade<Held>(held, key, '', extensions, context)
}

/** Answers a handshake on a path that has no sockets. */
export const notFound = (res: HttpResponse): unknown =>
  res.writeStatus('404 Not Found').end('{"detail":"Not Found"}')
