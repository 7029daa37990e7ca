import type { ReasonCode } from '../../protocol/errors.ts'
import type { HttpHandler, HttpResponse, RequestHead } from './http.ts'

/** Where the server is bound, and which pages besides its own may use it. */
export interface OriginRules {
  host: string
  /** Origins such as `https://pages.example.com`; `*` is any. */
  allowOrigins?: readonly string[]
}

/** Tells the requests of strangers' web pages: with authentication off they would spend the operator's key. */
export interface OriginGuard {
  /** Why a request is refused, if it is. A socket can do everything, so it is checked like a POST. */
  refusal(head: RequestHead, socket?: boolean): string | undefined
  /** The headers that let a page of another, allowed origin read the answer. */
  cors(head: RequestHead): Record<string, string> | undefined
}

/** The rules of protocol.md, section 3 "Who". Clients that are no browser send no `Origin` and are let in. */
export function originGuard({ host, allowOrigins = [] }: OriginRules): OriginGuard {
  const local = isLoopback(host)
  const any = allowOrigins.includes('*')
  const allowed = new Set(allowOrigins.map((origin) => urlOf(origin)?.origin))
  const hosts = new Set(allowOrigins.map((origin) => urlOf(origin)?.host))

  // A name that a stranger points at 127.0.0.1 makes his page look like our own; its Host gives it away.
  const knownHost = ({ headers }: RequestHead): boolean => {
    const url = urlOf(`http://${headers.get('host') ?? ''}`)
    return !local || (url !== undefined && (isLoopback(url.hostname) || hosts.has(url.host)))
  }
  const welcome = (head: RequestHead, origin: string): boolean => {
    const url = urlOf(origin)
    if (any) return true
    return url !== undefined && (isOwn(url, head) || isLoopback(url.hostname) || allowed.has(url.origin))
  }
  return {
    refusal(head, socket = false) {
      if (!knownHost(head)) return 'This host is not known here'
      const origin = head.headers.get('origin')
      if (origin === undefined || (isRead(head) && !socket) || welcome(head, origin)) return undefined
      return 'This origin is not allowed'
    },
    cors(head) {
      const origin = head.headers.get('origin')
      if (origin === undefined || !welcome(head, origin)) return undefined
      return {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': exposed,
        vary: 'Origin'
      }
    }
  }
}

/** Refuses what the guard refuses, answers preflights, and lets allowed pages read the answers. */
export function guarded(guard: OriginGuard, handle: HttpHandler): HttpHandler {
  return async (request) => {
    const detail = guard.refusal(request)
    if (detail !== undefined)
      return { status: 403, body: { detail, code: 'foreign_origin' satisfies ReasonCode } }
    const cors = guard.cors(request)
    if (cors === undefined) return handle(request)
    const answer = isPreflight(request) ? preflight(request) : await handle(request)
    return { ...answer, headers: { ...answer.headers, ...cors } }
  }
}

const isRead = ({ method }: RequestHead): boolean => method === 'GET' || method === 'HEAD'

const isPreflight = ({ method, headers }: RequestHead): boolean =>
  method === 'OPTIONS' && headers.has('access-control-request-method')

/** Headers of answers that a page may read, besides those that every page may. */
const exposed = 'x-request-id, x-troupe-run, mcp-session-id, mcp-protocol-version, www-authenticate'

/** An allowed page may send what it asks to send: clients of other protocols have headers of their own. */
const preflight = ({ headers }: RequestHead): HttpResponse => ({
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, POST, PUT, DELETE',
    'access-control-allow-headers':
      headersIn(headers.get('access-control-request-headers')) ??
      'authorization, content-type, last-event-id',
    'access-control-max-age': '600'
  }
})

const headersIn = (text = ''): string | undefined =>
  /^[\w-]+(\s*,\s*[\w-]+)*$/.test(text) ? text : undefined

// Behind a proxy that speaks TLS the schemes differ, so hosts are compared.
const isOwn = (origin: URL, { headers }: RequestHead): boolean =>
  origin.host === urlOf(`${origin.protocol}//${headers.get('host') ?? ''}`)?.host

/** Whether a host name means this machine only. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host)

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
