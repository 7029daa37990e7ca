import type { Refusal } from '../../protocol/close-codes.ts'
import { refusal as turnedAway } from '../../protocol/close-codes.ts'
import { TroupeError } from '../../protocol/errors.ts'
import { errorResponse } from '../http/error-status.ts'
import {
  anybody,
  errorBody,
  HttpError,
  type HttpHandler,
  type HttpRequest,
  type RequestHead,
  type User
} from '../http/http.ts'
import { TokenExpiries } from '../ws/token-expiry.ts'
import type { AuthConfig } from './config.ts'
import type { Auth } from './identity-check.ts'
import { limited } from './limited-stream.ts'
import { openAuthRoutes } from './open-routes.ts'
import type { TokenRegister } from './token-register.ts'

/** Authentication is off: every caller may do everything. */
export const noAuth: Auth = {
  routes: openAuthRoutes(),
  isOpen: () => true,
  identify: async () => anybody
}

/** Authentication as a config says. What reads tokens is loaded only where there are any. */
export async function createAuth(config: AuthConfig, register: TokenRegister): Promise<Auth> {
  if (config.type === 'none') return noAuth
  const { byToken } = await import('./by-token.ts')
  return byToken(config, register)
}

/** Refuses callers without a token, and ends streams with the token that opened them. */
export function authenticated(auth: Auth, handle: HttpHandler, expiries = new TokenExpiries()): HttpHandler {
  return async (request) => {
    try {
      request.user = await userOf(auth, request)
      if (!auth.isOpen(request.path)) demandScope(request)
      return limited(await handle(request), expiries, request.user)
    } catch (error) {
      if (error instanceof HttpError) return errorBody(error)
      const refused = errorResponse(error)
      if (refused) return refused
      throw error
    }
  }
}

/** What a token that is for one run lets its holder ask for, besides what needs no token. */
const inScope = (run: number): readonly string[] => [
  `GET /api/runs/${run}`,
  `GET /api/runs/${run}/messages`,
  `GET /api/runs/${run}/events`,
  `POST /api/runs/${run}/input`,
  'GET /api/auth/me',
  'POST /api/auth/revoke'
]

/** Throws where a token is for one run, and this is something else. */
function demandScope({ user: { run }, method, path }: HttpRequest): void {
  if (run === undefined) return
  const line = `${method === 'HEAD' ? 'GET' : method} ${path}`
  if (!inScope(run).includes(line)) throw new TroupeError('token_scope', String(run))
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

export type { Auth } from './identity-check.ts'
