import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { Reception } from '../../src/server/gateway/server-side.ts'
import { anybody, type HttpRequest, type HttpResponse } from '../../src/server/http/http.ts'
import { type Listening, listen, type PortOptions } from '../../src/server/ports.ts'
import { takeLongHeaders } from '../../src/server/uws/limits.ts'
import { RequestHandler, type RequestHandlerOptions } from '../../src/server/ws/request-handler.ts'
import type { Socket as Peer, SocketEvents, SocketRoute } from '../../src/server/ws/socket.ts'
import { freePort } from '../support/run-server.ts'

/** A request as it comes from the network. */
export function ask(method: string, target: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const [path, search = ''] = target.split('?') as [string, string?]
  const headers = new Map([['host', '127.0.0.1:8081']])
  const query = new URLSearchParams(search)
  return {
    id: '1',
    method,
    path,
    search,
    query,
    headers,
    remote: '127.0.0.1',
    body: said(''),
    user: anybody,
    onLeft: () => {},
    ...more
  }
}

/** A body that has come. */
export const said = (text: string) => async () => text

/** Headers by name. */
export const headers = (fields: Record<string, string>): ReadonlyMap<string, string> =>
  new Map(Object.entries({ host: '127.0.0.1:8081', ...fields }))

type Options = Partial<RequestHandlerOptions & Omit<PortOptions, 'sockets'>>

type Way = 'its own port' | 'a gateway' | 'node:http'

/** How clients reach a server. The long tests go the way without µWebSockets too. */
export const ways: readonly Way[] =
  process.env.TROUPE_WAY === 'node:http' ? ['node:http'] : ['its own port', 'a gateway']

/** Makes servers that are reached like this and closed after the test. */
export const startAt =
  (way: Way) =>
  async (options: Options = {}) => {
    const handle = (): HttpResponse => ({ status: 200, body: { ok: true } })
    const all = { host: '127.0.0.1', port: 0, handle, ...options }
    const address = {
      host: all.host,
      port: all.port,
      workers: all.workers,
      ...(way === 'node:http' && { sockets: 'ws' as const })
    }
    const open = way === 'a gateway' ? listenThrough : listen
    const server = await open(new RequestHandler(all), address)
    onTestFinished(() => server.close())
    return { ...server, url: `http://127.0.0.1:${server.port}` }
  }

/** A server on a free port of loopback that is closed after the test. */
export const start = startAt('its own port')

/** A gateway and the server behind it, both in this process. */
async function listenThrough(front: RequestHandler, { host }: PortOptions): Promise<Listening> {
  const [near, far] = await pipe()
  const reception = new Reception(front, near)
  const gateway = new (await gatewayClass())(far)
  const port = await freePort()
  await reception.listen(host, port)
  const close = async () => {
    await front.close()
    reception.link.end()
    await gateway.ended
  }
  return { port, close }
}

/** Two ends of a connection. */
export async function pipe(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [near] = await once(server, 'connection')
  server.close()
  return [near, far]
}

/** The server's end of one socket, which writes down what it hears. */
export class Recorder implements SocketEvents {
  readonly heard: string[] = []
  readonly socket: Peer
  readonly closed: Promise<void>
  onClose!: () => void
  onDrain: () => void = () => this.heard.push('drain')

  constructor(socket: Peer) {
    this.socket = socket
    this.closed = new Promise((resolve) => {
      this.onClose = () => {
        this.heard.push('close')
        resolve()
      }
    })
  }

  onMessage(text: string): void {
    this.heard.push(text)
    this.socket.send(`echo ${text}`)
  }
  onBinary(): void {
    this.heard.push('binary')
    this.socket.send('no binary')
  }
  onTooLarge(): void {
    this.heard.push('too large')
  }
}

/** A route that lets everybody in and keeps the server's ends. */
export function echo(path = '/api/ws/{name}'): SocketRoute<string> & { peers: Recorder[] } {
  const peers: Recorder[] = []
  return {
    path,
    peers,
    upgrade: ({ params }) => ({ accept: params.name ?? '' }),
    open(socket, name) {
      const peer = new Recorder(socket)
      peers.push(peer)
      socket.send(`hello ${name}`)
      return peer
    }
  }
}

/** A client that keeps what comes from its first moment on. */
export class Client {
  readonly ws: WebSocket
  readonly frames: string[] = []
  readonly end: Promise<{ code: number; reason: string }>
  #waiting: (() => void)[] = []

  constructor(url: string, options: ClientOptions = {}) {
    this.ws = new WebSocket(url.replace(/^http/, 'ws'), options)
    this.ws.on('error', () => {})
    this.ws.on('message', (data) => {
      this.frames.push(String(data))
      for (const wake of this.#waiting.splice(0)) wake()
    })
    this.end = new Promise((resolve) =>
      this.ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
    )
    onTestFinished(() => this.ws.terminate())
  }

  /** The next frame nobody has taken. */
  async next(): Promise<string> {
    while (this.frames.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.frames.shift()!
  }
}

/** Sends bytes as they stand and gives all that comes back until the server closes or `until` is in it. */
export async function raw(port: number, bytes: string, until: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) {
    text += chunk
    if (text.includes(until)) break
  }
  return text
}

/** Loaded as a gateway's process does it: what µWebSockets reads when it is loaded is set before. */
async function gatewayClass() {
  takeLongHeaders()
  return (await import('../../src/server/uws/gateway.ts')).Gateway
}
