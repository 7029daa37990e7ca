import {
  App,
  type HttpRequest,
  type HttpResponse,
  us_listen_socket_close,
  type us_socket_context_t,
  us_socket_local_port,
  type WebSocketBehavior
} from 'uWebSockets.js'
import { headOf } from '../http/exchange.ts'
import type { Address, OpenPort } from '../ws/port.ts'
import type { RequestHandler } from '../ws/request-handler.ts'
import type { SocketConnection } from '../ws/socket-connection.ts'
import type { SocketRegistry } from '../ws/socket-registry.ts'
import { bind, keeping, notFound, shakeHands } from './port.ts'

/** Lets clients in at a port; rejects when it is taken. */
export async function openPort(
  front: RequestHandler,
  { host, port, shared = false }: Address
): Promise<OpenPort> {
  const app = App()
    .ws('/*', behavior(front))
    .any('/*', (res, req) => void front.answer(res, headOf(req, res)))
  const socket = await bind(app, host, port, shared)
  return {
    port: us_socket_local_port(socket),
    shut: () => us_listen_socket_close(socket),
    close: () => app.close()
  }
}

/** uWebSockets.js copies this onto its own socket object. */
interface Held {
  peer: SocketConnection
}

/** One behaviour for all sockets: what is particular to one of them is in its peer. */
const behavior = ({ sockets: gate, maxFrame, idleTimeout }: RequestHandler): WebSocketBehavior<Held> => ({
  ...keeping(maxFrame, idleTimeout),
  upgrade: (res, req, context) => upgrade(gate, res, req, context),
  open: (ws) => void gate.open(ws.getUserData().peer, ws),
  message: (ws, data, isBinary) => ws.getUserData().peer.received(Buffer.from(data), isBinary),
  ping: (ws) => ws.getUserData().peer.pinged(),
  drain: (ws) => ws.getUserData().peer.drained(),
  close: (ws) => gate.closed(ws.getUserData().peer)
})

function upgrade(
  gate: SocketRegistry,
  res: HttpResponse,
  req: HttpRequest,
  context: us_socket_context_t
): void {
  const head = headOf(req, res)
  const peer = gate.admit(head)
  if (peer) shakeHands<Held>(res, head, context, { peer })
  else notFound(res)
}
