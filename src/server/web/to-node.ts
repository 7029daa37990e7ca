import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FetchHandler } from './fetch-handler.ts'

/** A handler as `node:http` and Express take it. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void
) => void

/** What Express adds to a request. */
interface Parsed {
  /** The address before a router has taken its part of it. */
  originalUrl?: string
  /** What has read the body already has left it here. */
  body?: unknown
}

/**
 * A handler for `node:http`, Express, Connect and what else takes `(request, response)`.
 *
 * @param handler what `troupe.handler()` gives
 * @returns answers each request; under Express, one that is not below `/api/` is left to the next handler
 * @example
 * app.use('/agents', toNode(troupe.handler({ user })))
 */
export function toNode(handler: FetchHandler): NodeHandler {
  return (request, response, next) => {
    if (next && !addressOf(request).includes('/api/')) return next()
    void answer(handler, request, response).catch((error) => {
      if (next && !response.headersSent) return next(error)
      response.destroy()
    })
  }
}

async function answer(
  handler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse
): Promise<void> {
  const left = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) left.abort()
  })
  const request = webRequest(incoming, left.signal)
  const response = await handler(request, { remote: incoming.socket.remoteAddress })
  if (outgoing.destroyed) return void response.body?.cancel().catch(() => {})
  outgoing.writeHead(response.status, headersOf(response))
  if (!response.body) return void outgoing.end()
  // Event streams begin with their head, whenever the first event comes.
  outgoing.flushHeaders()
  for await (const chunk of response.body) {
    if (outgoing.destroyed) return
    if (!outgoing.write(chunk)) await drained(outgoing)
  }
  outgoing.end()
}

/** The request of a socket or of a page, as the web has it. */
export function webRequest(incoming: IncomingMessage, signal?: AbortSignal): Request {
  const { method = 'GET', headers } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const body = hasBody ? bodyOf(incoming) : null
  const given = new Headers()
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !name.startsWith(':'))
      given.set(name, Array.isArray(value) ? value.join(', ') : value)
  // One that was read and is written anew may be longer or shorter.
  if (typeof body === 'string') given.set('content-length', String(Buffer.byteLength(body)))
  const init = { method, headers: given, body, signal, duplex: 'half' } as RequestInit
  return new Request(urlOf(incoming), init)
}

/** The whole address. A path may begin with two slashes, and a `Host` may be none. */
function urlOf(incoming: IncomingMessage): string {
  const path = addressOf(incoming)
  const url = `http://${incoming.headers.host ?? 'localhost'}${path}`
  return URL.canParse(url) ? url : `http://invalid${path}`
}

function bodyOf(incoming: IncomingMessage): RequestInit['body'] {
  const { body } = incoming as Parsed
  if (!incoming.readableEnded || body === undefined) return Readable.toWeb(incoming) as RequestInit['body']
  return typeof body === 'string' ? body : JSON.stringify(body)
}

const addressOf = (incoming: IncomingMessage): string =>
  (incoming as Parsed).originalUrl ?? incoming.url ?? '/'

const headersOf = ({ headers }: Response): Record<string, string> => Object.fromEntries(headers)

const drained = (outgoing: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.once('drain', done)
    outgoing.once('close', done)
  })
