import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { RawSocket, SocketConnection } from '../ws/socket-connection.ts'
import type { SocketRegistry } from '../ws/socket-registry.ts'
import { type FetchHandler, type SocketEntry, socketsOf } from './fetch-handler.ts'
import { webRequest } from './to-node.ts'

const MIB = 2 ** 20

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
  const sockets = new Sockets(handler)
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    void sockets.upgrade(request, socket, head, server.listenerCount('upgrade') > 1)
  const detach = () => {
    server.off('upgrade', onUpgrade)
    sockets.close()
  }
  server.on('upgrade', onUpgrade)
  void sockets.entry.then((entry) => entry.onClosed(detach)).catch(() => {})
  return detach
}

/** A socket of `ws`, as the rest of the server uses sockets. */
class WsSocket implements RawSocket {
  readonly #ws: WebSocket
  readonly #peer: SocketConnection
  /** When something has come last, in milliseconds. */
  heard = performance.now()

  constructor(ws: WebSocket, peer: SocketConnection) {
    this.#ws = ws
    this.#peer = peer
  }

  /** 1 where it has gone out, 0 where it waits for the client. */
  send(text: string): number {
    this.#ws.send(text, () => this.#ws.bufferedAmount === 0 && this.#peer.drained())
    return this.#ws.bufferedAmount > 0 ? 0 : 1
  }
  end(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }
  cork(fn: () => void): void {
    fn()
  }
  getBufferedAmount(): number {
    return this.#ws.bufferedAmount
  }
  close(): void {
    this.#ws.terminate()
  }
  /** Asks the client whether it is there. */
  ping(): void {
    this.#ws.ping()
  }
}

/** The sockets of one server: all that are open, and one timer that asks whether they are there. */
class Sockets {
  readonly entry: Promise<SocketEntry>
  readonly #open = new Set<WsSocket>()
  #server: WebSocketServer | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(handler: FetchHandler) {
    this.entry = handler[socketsOf]()
    this.entry.catch(() => {})
  }

  /** Answers a handshake. `shared`: others on this server may know its path. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, shared: boolean): Promise<void> {
    const ignore = () => {}
    socket.on('error', ignore)
    try {
      const entry = await this.entry
      const peer = entry.admit(webRequest(request), { remote: request.socket.remoteAddress })
      if (!peer) return void (shared || socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'))
      this.#serverFor(entry).handleUpgrade(request, socket, head, (ws) => {
        socket.off('error', ignore)
        this.#opened(entry, ws, peer)
      })
    } catch {
      socket.destroy()
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const socket of this.#open) socket.end(1012, 'The server is restarting')
  }

  #serverFor({ maxFrame, idleTimeout }: SocketEntry): WebSocketServer {
    // A frame that is a little too large is read, thrown away and answered; one above this ends the connection.
    this.#server ??= new WebSocketServer({
      noServer: true,
      maxPayload: maxFrame + Math.max(maxFrame, 16 * MIB)
    })
    this.#timer ??= setInterval(() => this.#look(idleTimeout * 1000), (idleTimeout * 1000) / 4).unref()
    return this.#server
  }

  #opened({ registry }: { registry: SocketRegistry }, ws: WebSocket, peer: SocketConnection): void {
    const socket = new WsSocket(ws, peer)
    this.#open.add(socket)
    ws.on('message', (data, isBinary) => {
      socket.heard = performance.now()
      peer.received(bufferOf(data), isBinary)
    })
    ws.on('pong', () => {
      socket.heard = performance.now()
    })
    ws.on('ping', () => {
      socket.heard = performance.now()
      peer.pinged()
    })
    // What is wrong with a connection ends it: that is heard of next.
    ws.on('error', () => {})
    ws.on('close', () => {
      this.#open.delete(socket)
      registry.closed(peer)
    })
    void registry.open(peer, socket)
  }

  /** Cuts off who has not been heard of for too long, and asks all others. */
  #look(patience: number): void {
    const late = performance.now() - patience
    for (const socket of this.#open) {
      if (socket.heard < late) socket.close()
      else socket.ping()
    }
  }
}

function bufferOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
