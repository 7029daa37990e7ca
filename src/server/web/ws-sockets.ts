import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { RawSocket, SocketConnection } from '../ws/socket-connection.ts'
import type { SocketRegistry } from '../ws/socket-registry.ts'

const MIB = 2 ** 20
/** How long clients may take to close their side, in milliseconds. */
const PATIENCE = 1000

/** Where sockets come in, whatever has the port. */
export interface SocketEntry {
  registry: SocketRegistry
  /** Begins to decide about a client; undefined where its path has no sockets. */
  admit(request: IncomingMessage): SocketConnection | undefined
  /** The largest frame, in bytes. */
  maxFrame: number
  /** Seconds without anything from a client after which it is cut off. */
  idleTimeout: number
}

/** A socket of `ws`, as the rest of the server uses sockets. */
class WsSocket implements RawSocket {
  readonly #ws: WebSocket
  readonly #peer: SocketConnection
  readonly #left: (socket: WsSocket) => void
  /** When something has come last, in milliseconds. */
  heard = performance.now()
  /** Something waits for the client. */
  #isBehind = false

  /** `left` is called when the connection is over, from this side or the client's. */
  constructor(ws: WebSocket, peer: SocketConnection, left: (socket: WsSocket) => void) {
    this.#ws = ws
    this.#peer = peer
    this.#left = left
  }

  /** 1 where it has gone out, 0 where it waits for the client. */
  send(text: string): number {
    this.#ws.send(text, this.#sent)
    if (this.#ws.bufferedAmount === 0) return 1
    this.#isBehind = true
    return 0
  }
  end(code: number, reason: string): void {
    this.#ws.close(code, reason)
    this.#left(this)
  }
  // What is sent in one turn of the event loop goes out together anyway.
  cork(fn: () => void): void {
    fn()
  }
  getBufferedAmount(): number {
    return this.#ws.bufferedAmount
  }
  close(): void {
    this.#ws.terminate()
    this.#left(this)
  }
  /** Asks the client whether it is there. */
  ping(): void {
    this.#ws.ping()
  }

  readonly #sent = (): void => {
    if (!this.#isBehind || this.#ws.bufferedAmount > 0) return
    this.#isBehind = false
    this.#peer.drained()
  }
}

/** The sockets of one server: all that are open, and one timer that asks whether they are there. */
export class WsSockets {
  readonly #entry: SocketEntry
  readonly #open = new Map<WsSocket, SocketConnection>()
  /** All that are not closed by both sides yet. */
  readonly #lines = new Set<WebSocket>()
  readonly #server: WebSocketServer
  readonly #timer: NodeJS.Timeout

  constructor(entry: SocketEntry) {
    const { maxFrame, idleTimeout } = entry
    this.#entry = entry
    // A frame that is a little too large is read, thrown away and answered; one above this ends the connection.
    const maxPayload = maxFrame + Math.max(maxFrame, 16 * MIB)
    this.#server = new WebSocketServer({ noServer: true, maxPayload, autoPong: false })
    const patience = idleTimeout * 1000
    this.#timer = setInterval(() => this.#look(patience), patience / 4).unref()
  }

  /** Answers a handshake. `shared`: others on this server may know its path. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, shared = false): void {
    const peer = this.#entry.admit(request)
    if (peer) return this.#server.handleUpgrade(request, socket, head, (ws) => this.#opened(ws, peer))
    if (shared) return
    socket.on('error', () => {})
    const body = '{"detail":"Not Found"}'
    socket.end(`HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  }

  /** Ends what is left. */
  close(): void {
    clearInterval(this.#timer)
    for (const socket of [...this.#open.keys()]) socket.end(1012, 'The server is restarting')
    const cut = () => {
      for (const ws of this.#lines) ws.terminate()
    }
    if (this.#lines.size > 0) setTimeout(cut, PATIENCE).unref()
  }

  #opened(ws: WebSocket, peer: SocketConnection): void {
    const socket = new WsSocket(ws, peer, (left) => this.#left(left))
    this.#open.set(socket, peer)
    this.#lines.add(ws)
    ws.on('message', (data, isBinary) => {
      socket.heard = performance.now()
      peer.received(bufferOf(data), isBinary)
    })
    ws.on('pong', () => {
      socket.heard = performance.now()
    })
    // A client that asks too often gets the reason before it is closed, which `ws` itself would not send.
    ws.on('ping', (data) => {
      socket.heard = performance.now()
      peer.pinged()
      ws.pong(data, false, () => {})
    })
    // What is wrong with a connection ends it: that is heard of next.
    ws.on('error', () => {})
    ws.on('close', () => {
      this.#lines.delete(ws)
      this.#left(socket)
    })
    void this.#entry.registry.open(peer, socket)
  }

  #left(socket: WsSocket): void {
    const peer = this.#open.get(socket)
    if (this.#open.delete(socket)) this.#entry.registry.closed(peer!)
  }

  /** Cuts off who has not been heard of for too long, and asks all others. */
  #look(patience: number): void {
    const late = performance.now() - patience
    for (const socket of [...this.#open.keys()]) {
      if (socket.heard < late) socket.close()
      else socket.ping()
    }
  }
}

function bufferOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
