import type { RawSocket, SocketConnection } from '../ws/socket-connection.ts'
import { tells, WINDOW } from './ops.ts'
import type { Reception } from './reception.ts'

/** A socket that another process holds. There may be very many: it holds references only. */
export class FarSocket implements RawSocket {
  readonly id: number
  readonly peer: SocketConnection
  readonly #reception: Reception
  /** Bytes that were sent and of which it is not known that they went out. */
  #waiting = 0

  constructor(reception: Reception, id: number, peer: SocketConnection) {
    this.#reception = reception
    this.id = id
    this.peer = peer
  }

  getBufferedAmount(): number {
    return Math.max(0, this.#waiting - WINDOW)
  }

  send(text: string): number {
    this.#waiting += this.#reception.link.put(tells.text, this.id, text)
    return this.#waiting > WINDOW ? 0 : 1
  }

  // What goes to one socket in one turn goes out together anyway.
  cork(fn: () => void): void {
    fn()
  }

  end(code: number, reason: string): void {
    const body = Buffer.alloc(2 + Buffer.byteLength(reason))
    body.writeUInt16LE(code)
    body.write(reason, 2)
    this.#reception.link.put(tells.close, this.id, body)
    this.#reception.left(this)
  }

  /** So much has gone out to the client. */
  taken(bytes: number): void {
    const behind = this.getBufferedAmount() > 0
    this.#waiting -= bytes
    if (behind) this.peer.drained()
  }
}
