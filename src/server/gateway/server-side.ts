import type { Duplex } from 'node:stream'
import { closeCodes } from '../../protocol/close-codes.ts'
import type { RequestHandler } from '../ws/request-handler.ts'
import { FarResponse } from './far-response.ts'
import { FarSocket } from './far-socket.ts'
import { readHead } from './heads.ts'
import { Link, type LinkEvents, type Message } from './link.ts'
import { type Place, tells, told } from './ops.ts'

type Hear = (id: number, bytes: Buffer) => void

/** Receives the clients of one gateway as if they had come in here. */
export class Reception implements LinkEvents {
  readonly link: Link
  readonly #front: RequestHandler
  readonly #sockets = new Map<number, FarSocket>()
  readonly #responses = new Map<number, FarResponse>()
  readonly #listening = Promise.withResolvers<void>()
  /** How often it was asked whether it is there since it was last heard. */
  #asked = 0

  constructor(front: RequestHandler, pipe: Duplex) {
    this.#front = front
    this.link = new Link(pipe, this)
  }

  /** Lets the gateway listen; rejects where it ends before it does. */
  listen(host: string, port: number): Promise<void> {
    const { maxFrame, idleTimeout, sockets: gate } = this.#front
    const { restarting, busy } = closeCodes
    const place: Place = {
      host,
      port,
      maxFrame,
      idleTimeout,
      paths: gate.paths,
      closes: { restarting, busy }
    }
    this.link.put(tells.listen, 0, JSON.stringify(place))
    return this.#listening.promise
  }

  /** Asks whether the gateway is there, and gives how often that was in vain. */
  ask(): number {
    this.link.put(tells.alive, 0)
    return this.#asked++
  }

  /** A socket is over. */
  left({ id, peer }: FarSocket): void {
    if (this.#sockets.delete(id)) this.#front.sockets.closed(peer)
  }

  onMessages(messages: readonly Message[]): void {
    this.#asked = 0
    for (const { op, id, bytes } of messages) this.#hears[op]?.(id, bytes)
  }

  onLost(): void {
    for (const socket of [...this.#sockets.values()]) this.left(socket)
    for (const id of [...this.#responses.keys()]) this.#abort(id)
    this.#listening.reject(new Error('A gateway has ended before it listened.'))
  }

  readonly #hears: Readonly<Record<number, Hear>> = {
    [told.opened]: (id, bytes) => this.#open(id, bytes),
    [told.text]: (id, bytes) => this.#sockets.get(id)?.peer.received(bytes, false),
    [told.binary]: (id, bytes) => this.#sockets.get(id)?.peer.received(bytes, true),
    [told.request]: (id, bytes) => this.#request(id, bytes),
    [told.body]: (id, bytes) => this.#responses.get(id)?.body(bytes, false),
    [told.bodyEnd]: (id, bytes) => this.#responses.get(id)?.body(bytes, true),
    [told.taken]: (id, bytes) =>
      (this.#sockets.get(id) ?? this.#responses.get(id))?.taken(bytes.readUInt32LE()),
    [told.closed]: (id) => this.#close(id),
    [told.listening]: () => this.#listening.resolve(),
    [told.failed]: (_, bytes) => this.#listening.reject(new Error(bytes.toString()))
  }

  #open(id: number, bytes: Buffer): void {
    const peer = this.#front.sockets.admit(readHead(bytes))
    if (!peer) return
    const socket = new FarSocket(this, id, peer)
    this.#sockets.set(id, socket)
    void this.#front.sockets.open(peer, socket)
  }

  #request(id: number, bytes: Buffer): void {
    const response = new FarResponse(this.link, id, () => this.#responses.delete(id))
    this.#responses.set(id, response)
    void this.#front.answer(response, readHead(bytes))
  }

  #close(id: number): void {
    const socket = this.#sockets.get(id)
    if (socket) this.left(socket)
    else this.#abort(id)
  }

  #abort(id: number): void {
    const response = this.#responses.get(id)
    this.#responses.delete(id)
    response?.abort()
  }
}
