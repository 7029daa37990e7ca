import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Address, OpenPort } from '../ws/port.ts'
import type { RequestHandler } from '../ws/request-handler.ts'
import { headOfNode, NodeExchange } from './node-exchange.ts'
import { WsSockets } from './ws-sockets.ts'

/** Bytes of the head of a request, as elsewhere. */
const MOST_HEAD = 16 * 2 ** 10

/** Lets clients in at a port by `node:http` and `ws`, where µWebSockets is not there; rejects when the port is taken. */
export async function openNodePort(front: RequestHandler, { host, port }: Address): Promise<OpenPort> {
  const server = createServer({ maxHeaderSize: MOST_HEAD }, (incoming, outgoing) => {
    void front.answer(new NodeExchange(incoming, outgoing), headOfNode(incoming))
  })
  const { sockets: registry, maxFrame, idleTimeout } = front
  const sockets = new WsSockets({
    ...{ registry, maxFrame, idleTimeout },
    admit: (incoming) => registry.admit(headOfNode(incoming))
  })
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new Error(`Port ${port} of ${host} is taken, or may not be used.`)
          : error
      )
    )
    server.listen({ host, port, exclusive: true }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    shut: () => void server.close(),
    close() {
      sockets.close()
      server.closeAllConnections()
    }
  }
}
