import { connect, type Socket as TcpSocket } from 'node:net'
import { clientFrame, FrameReader } from './frames.ts'
import { fromEnv } from './waiting.ts'

/** Where a server listens. */
export interface Address {
  host: string
  port: number
}

/** What a socket tells its owner; `text` gets the first bytes of each text frame, valid during the call only. */
export interface SocketEvents {
  text(bytes: Buffer, from: number, to: number): void
  closed(code: number): void
}

/** All sockets read into one buffer: a read is finished before the next one begins. */
const readBuffer = Buffer.allocUnsafe(256 * 1024)
const handshakeTimeout = fromEnv('BENCH_CONNECT_TIMEOUT_MS', 30_000)
const local = /^(127\.|localhost$)/
let opened = 0

/** A lean WebSocket client: no compression, no masking work, no allocation per frame. */
export class Socket {
  /** How often the kernel gave it bytes. */
  reads = 0
  #tcp: TcpSocket
  #reader: FrameReader
  #head = ''
  #open = false
  #code = 1006
  #ready = Promise.withResolvers<Socket>()
  #events: SocketEvents

  private constructor({ host, port }: Address, path: string, events: SocketEvents) {
    this.#events = events
    this.#reader = new FrameReader({
      text: (bytes, from, to) => events.text(bytes, from, to),
      ping: (payload) => this.#tcp.write(clientFrame(Buffer.from(payload), 10)),
      close: (code) => this.#closing(code)
    })
    const callback = (length: number) => this.#received(length)
    const onread = { buffer: readBuffer, callback }
    const tcp = connect({
      host,
      port,
      onread,
      noDelay: true,
      ...(local.test(host) && { localAddress: nextAddress() })
    })
    tcp.once('connect', () => tcp.write(handshake(host, port, path)))
    tcp.once('error', (error) => this.#ready.reject(error))
    tcp.once('close', () => this.#ended())
    this.#tcp = tcp
  }

  /** Connects; resolves when the server has switched to WebSocket. */
  static async open(address: Address, path: string, events: SocketEvents): Promise<Socket> {
    const socket = new Socket(address, path, events)
    const late = () => socket.#fail(`no handshake within ${handshakeTimeout} ms`)
    const timer = setTimeout(late, handshakeTimeout)
    return socket.#ready.promise.finally(() => clearTimeout(timer))
  }

  /** Sends a frame made by `clientFrame`. */
  send(frame: Buffer): void {
    this.#tcp.write(frame)
  }

  /** Reads what comes, or leaves it with the kernel. */
  read(reads: boolean): void {
    if (reads) this.#tcp.resume()
    else this.#tcp.pause()
  }

  /** Says goodbye and lets go; a server that does not close its side is cut off after two seconds. */
  close(): void {
    if (this.#tcp.destroyed) return
    this.#tcp.end(clientFrame(Buffer.from([3, 232]), 8))
    setTimeout(() => this.#tcp.destroy(), 2_000).unref()
  }

  #received(length: number): boolean {
    this.reads++
    if (this.#open) this.#reader.push(readBuffer, 0, length)
    else this.#shakeHands(length)
    return true
  }

  #shakeHands(length: number): void {
    const before = this.#head.length
    this.#head += readBuffer.toString('latin1', 0, length)
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return
    if (this.#head.startsWith('HTTP/1.1 101')) this.#switch(end + 4 - before, length)
    else this.#fail(this.#head.slice(0, this.#head.indexOf('\r\n')))
  }

  #switch(from: number, to: number): void {
    this.#head = ''
    this.#open = true
    this.#ready.resolve(this)
    this.#reader.push(readBuffer, from, to)
  }

  #fail(reason: string): void {
    this.#ready.reject(new Error(`WebSocket refused: ${reason}`))
    this.#tcp.destroy()
  }

  #closing(code: number): void {
    this.#code = code
    this.close()
  }

  #ended(): void {
    this.#ready.reject(new Error('WebSocket closed before it was open'))
    this.#events.closed(this.#code)
  }
}

/**
 * 127.0.0.1 to 24 in turn: one client address has only about 28,000 ports to one destination, and the kernel looks for
 * a free one ever longer when more than a quarter of them is taken.
 */
function nextAddress(): string {
  opened++
  return `127.0.0.${1 + (opened % 24)}`
}

function handshake(host: string, port: number, path: string): string {
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}:${port}`, 'Upgrade: websocket', 'Connection: Upgrade']
  lines.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', '', '')
  return lines.join('\r\n')
}
