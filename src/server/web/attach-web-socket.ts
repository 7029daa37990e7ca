import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type FetchHandler, socketsOf } from './fetch-handler.ts'
import { WsSockets } from './ws-sockets.ts'

/** What of an HTTP server is used. */
export type UpgradingServer = Pick<Server, 'on' | 'off' | 'listenerCount'>

/**
 * Lets clients of runs connect by WebSocket to a server of `node:http`, and so of Express, Fastify or Hono's. Sockets of
 * other paths are left to the server's other listeners.
 *
 * @param server the server that listens
 * @param handler what `troupe.handler()` gives: its users, and what they may do
 * @returns takes the sockets away again; done by itself when the runtime is closed
 * @example
 * const server = app.listen(3000)
 * attachWebSocket(server, handler)
 */
export function attachWebSocket(server: UpgradingServer, handler: FetchHandler): () => void {
  let isDetached = false
  const sockets = handler[socketsOf]().then((entry) => {
    entry.onClosed(detach)
    return new WsSockets(entry)
  })
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // What comes before the handler is loaded waits, and may have left by then.
    const ignore = () => {}
    socket.on('error', ignore)
    sockets
      .then((open) => {
        socket.off('error', ignore)
        open.upgrade(request, socket, head, server.listenerCount('upgrade') > 1)
      })
      .catch(() => socket.destroy())
  }
  function detach(): void {
    if (isDetached) return
    isDetached = true
    server.off('upgrade', onUpgrade)
    void sockets.then((open) => open.close()).catch(() => {})
  }
  server.on('upgrade', onUpgrade)
  return detach
}
