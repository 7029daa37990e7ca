import { refusal as turnedAway } from '../../protocol/client-frames.ts'
import { anybody, errorBody, HttpError, type HttpHandler, type RequestHead, type User } from '../http/http.ts'
import type { Route } from '../http/route.ts'
import { openAuthRoutes } from '../rest/meta.ts'
import type { Refusal } from '../ws/socket.ts'
import { TokenExpiries } from '../ws/token-expiry.ts'
import type { AuthConfig } from './config.ts'
import { limited } from './limited-stream.ts'

/** How users prove who they are. */
export interface Auth {
  routes: Route[]
  /** Whether a path needs no token. */
  isOpen(path: string): boolean
  /** Who asks, by its token; throws a 401 where that is not proved. `query`: the token may stand in the query. */
  identify(head: RequestHead, query: boolean): Promise<User>
}

/** Everybody is let in, and may do everything. */
export const noAuth: Auth = {
  routes: openAuthRoutes(),
  isOpen: () => true,
  identify: async () => anybody
}

/** Authentication as a config says. What reads tokens is loaded only where there are any. */
export async function createAuth(config: AuthConfig): Promise<Auth> {
  if (config.type === 'none') return noAuth
  const { byToken } = await import('./by-token.ts')
  return byToken(config)
}

/** The token of a request. Studio's page sends the word `null` where it has none. */
export function tokenOf({ headers, query }: RequestHead, byQuery: boolean): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '') ?? []
  return [bearer, byQuery ? query.get('token') : undefined].find(
    (token): token is string => !!token && token !== 'null' && token !== 'undefined'
  )
}

/** Lets nobody pass without a token, and ends streams with the token that opened them. */
export function authenticated(auth: Auth, handle: HttpHandler, expiries = new TokenExpiries()): HttpHandler {
  return async (request) => {
    try {
      const user = await userOf(auth, request)
      return limited(await handle({ ...request, user }), expiries, user.expires)
    } catch (error) {
      if (error instanceof HttpError) return errorBody(error)
      throw error
    }
  }
}

async function userOf(auth: Auth, head: RequestHead): Promise<User> {
  const asks = auth.identify(head, isStream(head))
  return auth.isOpen(head.path) ? asks.catch(() => anybody) : asks
}

/** Whether an answer is an event stream: its client, an EventSource, cannot send headers. */
const isStream = ({ method, path, headers }: RequestHead): boolean =>
  method === 'GET' &&
  (/^\/api\/runs\/[^/]+\/inspect$/.test(path) ||
    (/^\/api\/runs\/[^/]+\/events$/.test(path) && /\btext\/event-stream\b/.test(headers.get('accept') ?? '')))

/** Who opens a socket, or how it is turned away. */
export async function socketUser(auth: Auth, head: RequestHead): Promise<User | { refuse: Refusal }> {
  try {
    return await auth.identify(head, true)
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return turnedAway('notAuthenticated', 'not_authenticated', error.message)
  }
}
