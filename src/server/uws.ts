import './uws-limits.ts'
import {
  App,
  type HttpRequest,
  type HttpResponse,
  LIBUS_LISTEN_EXCLUSIVE_PORT,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
  type us_socket_context_t,
  us_socket_local_port,
  type WebSocketBehavior
} from 'uWebSockets.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { Exchange, headOf } from './exchange.ts'
import { Gate } from './gate.ts'
import type { HttpHandler, Log } from './http.ts'
import { guarded, originGuard } from './origin.ts'
import type { Peer } from './peer.ts'
import type { SocketRoute } from './socket.ts'

/** How a server is reached, and what answers. */
export interface ListenOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Answers below `/api`, and everything else where there are no `staticFiles`. */
  handle: HttpHandler
  staticFiles?: HttpHandler
  sockets?: readonly SocketRoute[]
  /** The largest frame and body, in bytes; 32 MiB unless told. */
  maxFrame?: number
  /** The most sockets per address; no limit unless told. */
  maxConnections?: number
  /** Origins that may use the server besides its own pages and loopback. */
  allowOrigins?: readonly string[]
  /** Lets other processes listen on the same port; the kernel spreads the connections. */
  shared?: boolean
  log?: Log
}

/** A server that listens. */
export interface Listening {
  port: number
  /** Closes the port, ends the sockets that are left with 1012, waits for answers under way, at most 2 s. */
  close(): Promise<void>
}

const MIB = 2 ** 20

/** Starts a server; rejects when the port is taken. The only place that knows uWebSockets.js. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { maxFrame = 32 * MIB, log = console.error } = options
  const guard = originGuard(options)
  const handle = guarded(guard, dispatch(options))
  const gate = new Gate({ ...options, guard, maxFrame, log })
  let underWay = 0
  const app = App()
    .ws('/*', behavior(gate, maxFrame))
    .any('/*', async (res, req) => {
      underWay++
      await new Exchange(res, headOf(req, res), maxFrame).serve(handle, log)
      underWay--
    })
  const port = await bind(app, options)
  let closing: Promise<void> | undefined
  const close = async () => {
    us_listen_socket_close(port)
    gate.close()
    await until(() => underWay === 0, 2000)
    app.close()
  }
  return {
    port: us_socket_local_port(port),
    // Closing a listen socket twice brings the process down.
    close() {
      closing ??= close()
      return closing
    }
  }
}

const dispatch = ({ handle, staticFiles = handle }: ListenOptions): HttpHandler => {
  return (request) => (/^\/api(\/|$)/.test(request.path) ? handle : staticFiles)(request)
}

function bind(app: TemplatedApp, { host, port, shared = false }: ListenOptions): Promise<us_listen_socket> {
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

/** uWebSockets.js copies this onto its own socket object. */
interface Held {
  peer: Peer
}

/** One behaviour for all sockets: what is particular to one of them is in its peer. */
const behavior = (gate: Gate, maxFrame: number): WebSocketBehavior<Held> => ({
  // Beyond this uWebSockets.js cuts the line without a word (1006), so it stands higher: a frame in between
  // is read, thrown away and answered with 1009.
  maxPayloadLength: maxFrame + Math.max(maxFrame, 16 * MIB),
  // A limit here would drop the close frame too. Whoever sends looks at `buffered`.
  maxBackpressure: 0,
  idleTimeout: 120,
  sendPingsAutomatically: true,
  upgrade: (res, req, context) => upgrade(gate, res, req, context),
  open: (ws) => void gate.open(ws.getUserData().peer, ws),
  message: (ws, data, isBinary) => ws.getUserData().peer.received(data, isBinary),
  drain: (ws) => ws.getUserData().peer.drained(),
  close: (ws) => gate.closed(ws.getUserData().peer)
})

// The handshake is answered at once, and the client decided about behind it: an upgrade in a later cork reads memory
// that uWebSockets.js has given back, and now and then closes the new socket without a word.
function upgrade(gate: Gate, res: HttpResponse, req: HttpRequest, context: us_socket_context_t) {
  const head = headOf(req, res)
  const peer = gate.admit(head)
  if (peer === undefined) return void res.writeStatus('404 Not Found').end('{"detail":"Not Found"}')
  const key = head.headers.get('sec-websocket-key') ?? ''
  const extensions = head.headers.get('sec-websocket-extensions') ?? ''
  res.upgrade<Held>({ peer }, key, '', extensions, context)
}

async function until(holds: () => boolean, patience: number): Promise<void> {
  const deadline = Date.now() + patience
  while (!holds() && Date.now() < deadline) await sleep(5)
}
