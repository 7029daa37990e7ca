import { guest } from '../protocol/guest.ts'
import { ClientError } from './client-error.ts'

/** How a server is reached. */
export interface ConnectOptions {
  /** Proves who the user is, where the server asks for that: a JWT, or a token of a run. */
  token?: string
  /** Whose runs and teams are meant, where authentication is off; `guestuser@gmail.com` by default. */
  user?: string
  /** Instead of the platform's `fetch`. */
  fetch?: typeof fetch
  /** Instead of the platform's `WebSocket`; Node 20 has none, and takes that of the package `ws`. */
  WebSocket?: SocketClass
  /** Milliseconds for which a lost connection is tried again before `unreachable` is thrown; 5 minutes by default. */
  retryFor?: number
}

/** A WebSocket as browsers have it. */
export interface Socket {
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  close(code?: number): void
}
export type SocketClass = new (url: string) => Socket

/** Values of a query; those that are undefined are left out. */
type Query = Readonly<Record<string, string | number | undefined>>

/** Requests to one server. Throws `ClientError` for all that is refused. */
export class Api {
  readonly retryFor: number
  readonly #base: URL
  readonly #options: ConnectOptions
  #user: Promise<string> | undefined

  /** `url`: where the server is; what stands before `/api` in its addresses belongs to it. Throws `bad_url`. */
  constructor(url: string | URL, options: ConnectOptions) {
    try {
      this.#base = new URL(url)
    } catch (cause) {
      throw new ClientError('bad_url', `"${url}" is no address, such as http://127.0.0.1:8081.`, { cause })
    }
    this.#options = options
    this.retryFor = options.retryFor ?? 300_000
  }

  /** Whose runs are made and listed. */
  user(): Promise<string> {
    const { user, token } = this.#options
    if (user !== undefined) return Promise.resolve(user)
    if (token === undefined) return Promise.resolve(guest)
    this.#user ??= this.#me()
    return this.#user
  }

  async #me(): Promise<string> {
    try {
      return ((await this.request('GET', '/auth/me')) as { id: string }).id
    } catch (error) {
      this.#user = undefined
      throw error
    }
  }

  /** The `data` of an answer. */
  async get<Data>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Data> {
    return ((await this.request('GET', path, { query, signal })) as { data: Data }).data
  }

  async post<Data>(path: string, body: object, signal?: AbortSignal): Promise<Data> {
    return ((await this.request('POST', path, { body, signal })) as { data: Data }).data
  }

  /** The body of an answer. */
  async request(
    method: string,
    path: string,
    { query = {}, body, signal }: { query?: Query; body?: object; signal?: AbortSignal } = {}
  ): Promise<unknown> {
    const answer = await this.#fetch(this.#url(path, query), {
      method,
      signal: signal ?? null,
      headers: this.#headers(body && { 'content-type': 'application/json' }),
      ...(body && { body: JSON.stringify(body) })
    })
    const text = await answer.text().catch((cause) => this.#unreachable(cause, signal))
    let read: unknown
    try {
      read = JSON.parse(text)
    } catch (cause) {
      if (!answer.ok) throw refusal(answer.status, null)
      throw new ClientError('bad_answer', `${this.#base} does not answer as Troupe does.`, { cause })
    }
    if (!answer.ok) throw refusal(answer.status, read)
    return read
  }

  /** The body of an event stream; null where there is nothing more (204). */
  async stream(path: string, query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
    const headers = this.#headers({ accept: 'text/event-stream' })
    const answer = await this.#fetch(this.#url(path, query), { signal, headers })
    if (answer.status === 204) return null
    if (!answer.ok) throw refusal(answer.status, await answer.json().catch(() => null))
    return answer.body as ReadableStream<Uint8Array> | null
  }

  /** Opens a socket. The token stands in its address: browsers give sockets no headers. Throws `no_websocket`. */
  socket(path: string, query: Query): Socket {
    const Class = this.#options.WebSocket ?? (globalThis as { WebSocket?: SocketClass }).WebSocket
    if (!Class)
      throw new ClientError(
        'no_websocket',
        'There is no WebSocket here: give connect() one, such as that of the package ws.'
      )
    const url = this.#url(path, { ...query, token: this.#options.token })
    url.protocol = url.protocol.replace('http', 'ws')
    return new Class(url.href)
  }

  #headers(more: Record<string, string> | undefined): Record<string, string> {
    const { token } = this.#options
    return { ...more, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  }

  #url(path: string, query: Query): URL {
    const url = new URL(this.#base)
    url.pathname = `${url.pathname.replace(/\/$/, '')}/api${path}`
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    return url
  }

  #fetch(url: URL, init: RequestInit): Promise<Response> {
    // The platform's own must not be called as a method of something else.
    const ask = this.#options.fetch ?? ((...given: Parameters<typeof fetch>) => fetch(...given))
    return ask(url.href, init).catch((cause) => this.#unreachable(cause, init.signal ?? undefined))
  }

  #unreachable(cause: unknown, signal: AbortSignal | undefined): never {
    signal?.throwIfAborted()
    throw new ClientError('unreachable', `${this.#base} cannot be reached. Is the server running?`, { cause })
  }
}

/** What an answer with a bad status says. */
function refusal(status: number, body: unknown): ClientError {
  const { detail, code } = (body ?? {}) as { detail?: unknown; code?: unknown }
  const text = typeof detail === 'string' ? detail : Array.isArray(detail) ? detail.map(rowOf).join('\n') : ''
  const known = typeof code === 'string' ? code : (codes[status] ?? 'refused')
  return new ClientError(known, text || `The server answered with ${status}.`, { status })
}

/** A place that a 422 names. */
const rowOf = ({ loc, msg }: { loc?: unknown[]; msg?: string }): string => `${(loc ?? []).join('.')}: ${msg}`

/** Of answers that carry no code. */
const codes: Readonly<Record<number, string>> = {
  401: 'not_authenticated',
  403: 'not_yours',
  404: 'not_found',
  422: 'invalid_request'
}
