import type { RawSocket, SocketConnection } from '../ws/socket-connection.ts'
import type { Link } from './link.ts'
import { tells, WINDOW } from './ops.ts'

/** What holds the sockets of one gateway. */
export interface FarSocketOwner {
  readonly link: Link
  /** A socket is closed from this side. */
  left(socket: FarSocket): void
}

/** A socket that another process holds. There may be very many: it holds references only. */
export class FarSocket implements RawSocket {
  readonly id: number
  readonly peer: SocketConnection
  readonly #owner: FarSocketOwner
  /** Bytes that were sent and of which it is not known that they went out. */
  #waiting = 0

  constructor(owner: FarSocketOwner, id: number, peer: SocketConnection) {
    this.#owner = owner
    this.id = id
    this.peer = peer
  }

  getBufferedAmount(): number {
    return Math.max(0, this.#waiting - WINDOW)
  }

  send(text: string): number {
    this.#waiting += this.#owner.link.put(tells.text, this.id, text)
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
    this.#owner.link.put(tells.close, this.id, body)
    this.#owner.left(this)
  }

  close(): void {
    this.#owner.link.put(tells.cut, this.id)
    this.#owner.left(this)
  }

  /** So much has gone out to the client. */
  taken(bytes: number): void {
    const behind = this.getBufferedAmount() > 0
    this.#waiting -= bytes
    if (behind) this.peer.drained()
  }
}
