import {
  App,
  type HttpRequest,
  type HttpResponse,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
  type us_socket_context_t,
  type WebSocket
} from 'uWebSockets.js'
import type { Duplex } from 'node:stream'
import { writeHead } from '../gateway/heads.ts'
import { Link, type LinkEvents, type Message } from '../gateway/link.ts'
import { NearResponse } from '../gateway/near-response.ts'
import { ACK, type Place, tells, told } from '../gateway/ops.ts'
import { hasBody } from '../http/body.ts'
import { headOf } from '../http/exchange.ts'
import { matchPath, type PathPattern, pathPattern } from '../http/path-pattern.ts'
import { bind, keeping, notFound, shakeHands } from './port.ts'

/** With so many bytes on their way to the owner of the runs it takes no more: who sends then is cut off. */
const MOST = 128 * 2 ** 20
/** With so many bytes waiting for a client it is not asked any more whether it is there. */
const PINGS = 64 * 2 ** 20

/** uWebSockets.js copies this onto its own socket object. */
interface Held {
  id: number
  /** Bytes of which the owner does not know yet that they have gone out. */
  owed: number
}

/** A port of a server that runs in another process: passes on what clients say, and what is said to them. */
export class Gateway implements LinkEvents {
  /** Resolves when the other process has let go. */
  readonly ended: Promise<void>
  readonly #link: Link
  readonly #ended = Promise.withResolvers<void>()
  readonly #sockets = new Map<number, WebSocket<Held>>()
  readonly #responses = new Map<number, NearResponse>()
  #app: TemplatedApp | null = null
  #port: us_listen_socket | null = null
  #place: Place | null = null
  #paths: PathPattern[] = []
  #ids = 0

  constructor(pipe: Duplex) {
    this.ended = this.#ended.promise
    this.#link = new Link(pipe, this)
  }

  onMessages(messages: readonly Message[]): void {
    for (let at = 0; at < messages.length; ) {
      const { op, id, bytes } = messages[at]!
      if (op === tells.text) at = this.#text(messages, at)
      else {
        this.#hears[op]?.(id, bytes)
        at++
      }
    }
  }

  onLost(): void {
    this.#shut()
    for (const ws of [...this.#sockets.values()]) this.#end(ws, 'restarting')
    this.#app?.close()
    this.#ended.resolve()
  }

  readonly #hears: Readonly<Record<number, (id: number, bytes: Buffer) => void>> = {
    [tells.listen]: (_, bytes) => void this.#listen(JSON.parse(bytes.toString())),
    [tells.close]: (id, bytes) => this.#sockets.get(id)?.end(bytes.readUInt16LE(), bytes.subarray(2)),
    [tells.cut]: (id) => this.#sockets.get(id)?.close(),
    [tells.resume]: (id) => this.#responses.get(id)?.release(),
    [tells.begin]: (id, bytes) => this.#responses.get(id)?.begin(JSON.parse(bytes.toString())),
    [tells.piece]: (id, bytes) => this.#responses.get(id)?.piece(bytes),
    [tells.end]: (id, bytes) => this.#lastOf(id)?.end(bytes),
    [tells.endBare]: (id, bytes) => this.#lastOf(id)?.endBare(bytes.readUInt32LE()),
    [tells.quiet]: () => this.#shut(),
    [tells.alive]: () => this.#link.put(told.alive, 0)
  }

  async #listen(place: Place): Promise<void> {
    const { host, port, maxFrame, idleTimeout, paths } = place
    this.#place = place
    this.#paths = paths.map(pathPattern)
    this.#app = App()
      .ws<Held>('/*', {
        ...keeping(maxFrame, idleTimeout),
        upgrade: (res, req, context) => this.#upgrade(res, req, context),
        open: (ws) => void this.#sockets.set(ws.getUserData().id, ws),
        message: (ws, data, isBinary) => this.#pass(ws, data, isBinary),
        ping: (ws) => this.#pinged(ws),
        drain: (ws) => this.#drained(ws),
        close: (ws) => this.#closed(ws)
      })
      .any('/*', (res, req) => this.#request(res, req))
    try {
      this.#port = await bind(this.#app, host, port, true)
      this.#link.put(told.listening, 0)
    } catch (error) {
      this.#link.put(told.failed, 0, (error as Error).message)
    }
  }

  #shut(): void {
    if (this.#port) us_listen_socket_close(this.#port)
    this.#port = null
  }

  #upgrade(res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void {
    const head = headOf(req, res)
    if (!this.#paths.some((pattern) => matchPath(pattern, head.path))) return void notFound(res)
    const id = ++this.#ids
    this.#link.put(told.opened, id, writeHead(head))
    shakeHands<Held>(res, head, context, { id, owed: 0 })
  }

  #pass(ws: WebSocket<Held>, data: ArrayBuffer, isBinary: boolean): void {
    const { id } = ws.getUserData()
    if (this.#link.waiting > MOST) this.#end(ws, 'busy')
    else this.#link.put(isBinary ? told.binary : told.text, id, new Uint8Array(data))
  }

  /** Answers to a client's own pings wait for it too: one that reads nothing of them is cut off. */
  #pinged(ws: WebSocket<Held>): void {
    if (ws.getBufferedAmount() > PINGS) ws.close()
  }

  /** Frames for one client that came together go out together. Gives where the others begin. */
  #text(messages: readonly Message[], from: number): number {
    const { id } = messages[from]!
    let to = from + 1
    while (messages[to]?.id === id && messages[to]?.op === tells.text) to++
    const ws = this.#sockets.get(id)
    ws?.cork(() => {
      for (const { bytes } of messages.slice(from, to)) {
        ws.send(bytes)
        ws.getUserData().owed += bytes.length
      }
    })
    if (ws) this.#drained(ws)
    return to
  }

  /** Tells what has gone out, when it is worth a message. */
  #drained(ws: WebSocket<Held>): void {
    const held = ws.getUserData()
    const out = held.owed - ws.getBufferedAmount()
    if (out < ACK) return
    held.owed -= out
    this.#link.put(told.taken, held.id, out)
  }

  #end(ws: WebSocket<Held>, why: keyof Place['closes']): void {
    const { code, reason } = this.#place!.closes[why]
    ws.end(code, reason)
  }

  #closed(ws: WebSocket<Held>): void {
    const { id } = ws.getUserData()
    this.#sockets.delete(id)
    this.#link.put(told.closed, id)
  }

  #request(res: HttpResponse, req: HttpRequest): void {
    const id = ++this.#ids
    const head = headOf(req, res)
    const near = new NearResponse(res, this.#link, id)
    this.#responses.set(id, near)
    res.onAborted(() => {
      this.#responses.delete(id)
      this.#link.put(told.closed, id)
    })
    this.#link.put(told.request, id, writeHead(head))
    if (!hasBody(head.headers)) return
    res.onData((chunk, isLast) => {
      if (this.#link.waiting > MOST) res.close()
      else this.#link.put(isLast ? told.bodyEnd : told.body, id, new Uint8Array(chunk))
    })
    near.hold()
  }

  /** A response that is about to end: it must not be touched afterwards. */
  #lastOf(id: number): NearResponse | undefined {
    const near = this.#responses.get(id)
    this.#responses.delete(id)
    return near
  }
}
