import { type ReasonCode, TroupeError } from '../../protocol/errors.ts'

/** Who asks. `id` is null while authentication is off: then everybody may do everything. */
export interface User {
  id: string | null
  roles: readonly string[]
  /** When the token ends that proved it, in milliseconds since 1970. */
  expires?: number
  /** SHA-256 of that token, by which it can be revoked. */
  token?: string
  /** The one run that the token is for, which it lets follow and answer. */
  run?: number
}

/** The user of every request while authentication is off. */
export const anybody: User = { id: null, roles: [] }

/** What is known of a request before its body has come. */
export interface RequestHead {
  /** The id under which it is logged. */
  id: string
  /** In upper case. */
  method: string
  /** As it was sent: percent-encoded, without the query. */
  path: string
  /** The query as it was sent, without the question mark. */
  search: string
  query: URLSearchParams
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>
  /** The client's address as text. */
  remote: string
}

/** A request whose body comes when it is asked for. */
export interface HttpRequest extends RequestHead {
  /** Reads it: UTF-8 text, empty where none was sent. Refuses with 413 what is too large. */
  body(): Promise<string>
  /** The caller; the guest until authentication has named the user. */
  user: User
  /** Has `left` called where the client leaves before it is answered; at once where it has left already. */
  onLeft(left: () => void): void
}

/** What became of a text given to a client: `queued` is not lost, it waits for a slow client; `dropped` is. */
export type Sent = 'sent' | 'queued' | 'dropped'

/** Where server-sent events go. A slow client may find comments (`:`) between them. */
export interface Sink {
  send(text: string): Sent
  close(): void
  /** Bytes that wait for a slow client; an upper bound. */
  readonly buffered: number
}

/** What a streamed answer wants to know about its client. */
export interface SinkEvents {
  /** The client took all that was queued. */
  onDrain(): void
  /** The client has left; never after `close`. */
  onClose(): void
}

/**
 * An answer: `body` is sent as JSON, `bytes` as they are,
 * a `stream` of server-sent events is given its sink. At most one of them.
 */
export interface HttpResponse<Body = unknown> {
  status: number
  headers?: Readonly<Record<string, string>>
  body?: Body
  bytes?: Uint8Array
  stream?: (sink: Sink) => SinkEvents
}

/** Answers requests; everything over HTTP is one of these. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>

/** A refusal that reaches the client as `{detail}` with its status. */
export class HttpError extends Error {
  readonly status: number
  readonly detail: unknown
  readonly headers: Readonly<Record<string, string>>
  /** The reason, where it is one of the list. */
  readonly code: ReasonCode | undefined

  constructor(
    status: number,
    detail: unknown,
    headers: Readonly<Record<string, string>> = {},
    code: ReasonCode | undefined = status === 401 ? 'not_authenticated' : undefined
  ) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail))
    this.status = status
    this.detail = detail
    this.headers = headers
    this.code = code
  }
}

/** Refuses a request; `detail` is a sentence, or the list of rows of a 422. */
export function refuse(status: number, detail: unknown, headers?: Readonly<Record<string, string>>): never {
  throw new HttpError(status, detail, headers)
}

/** The answer that a refusal becomes. A page reads the body's `status` at a 401, so it is there. */
export const errorBody = ({ status, detail, headers, code }: HttpError): HttpResponse => ({
  status,
  headers,
  body: { ...(status === 401 && { status: false }), detail, ...(code !== undefined && { code }) }
})

/** The envelope of an answer. */
export const ok = <Data>(
  data: Data,
  message?: string
): HttpResponse<{ status: true; data: Data; message?: string }> => ({
  status: 200,
  body: { status: true, data, ...(message !== undefined && { message }) }
})

/** Whether a user may do everything: an admin, and everybody while authentication is off. */
export const isAdmin = ({ id, roles }: User): boolean => id === null || roles.includes('admin')

/** Whether a user may read and change what belongs to `owner`. */
export const mayAccess = (user: User, owner: string | null): boolean => isAdmin(user) || user.id === owner

/** Refuses with 403 where the caller is neither `owner` nor an admin. */
export function requireOwner(user: User, owner: string | null): void {
  if (!mayAccess(user, owner)) throw new TroupeError('not_yours')
}
