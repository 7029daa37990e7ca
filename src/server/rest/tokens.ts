import { z } from 'zod'
import { TroupeError } from '../../protocol/errors.ts'
import * as answers from '../../protocol/rest-answers.ts'
import type { Store } from '../../runtime/store/store.ts'
import type { Auth } from '../auth/identity-check.ts'
import { tokenOf } from '../auth/identity-check.ts'
import type { TokenRegister } from '../auth/token-register.ts'
import { HttpError, isAdmin, ok, requireOwner } from '../http/http.ts'
import { type Route, route, Text } from '../http/route.ts'
import { ownRun, RunPath } from './own-run.ts'

export interface TokenServices {
  store: Pick<Store, 'runs'>
  auth: Auth
  /** Undefined while authentication is off: then there are no tokens. */
  tokenRegister?: TokenRegister
}

/** Seconds that a token for one run is good, unless asked for otherwise, and at most. */
const [USUAL, MOST] = [3600, 30 * 86_400]

const Wanted = z.object({ expires_in: z.number().int().positive().max(MOST).default(USUAL) }).prefault({})
const Revoked = z.object({ token: z.string().optional(), user_id: Text.optional() }).prefault({})

/** Tokens for one run, and the revocation of tokens. */
export function tokenRoutes({ store, auth, tokenRegister }: TokenServices): Route[] {
  const own = ownRun(store)
  const register = (): TokenRegister => {
    if (!tokenRegister) throw new TroupeError('no_authentication')
    return tokenRegister
  }
  /** When a token would end, in milliseconds since 1970; undefined where it is good no more. */
  const endOf = async (token: string): Promise<{ expires?: number } | undefined> => {
    try {
      const headers = new Map([['authorization', `Bearer ${token}`]])
      return await auth.identify({ headers, query: new URLSearchParams() } as never, false)
    } catch (error) {
      if (error instanceof HttpError && error.status === 401) return undefined
      throw error
    }
  }
  return [
    route(
      'POST',
      '/api/runs/{run_id}/tokens',
      { path: RunPath, body: Wanted, answer: answers.RunToken },
      async ({ path, body, request }) => {
        const run = await own(path.run_id, request)
        const { token, expires_at } = await register().issue(run.id, run.user_id, body.expires_in)
        return ok({ token, run_id: run.id, expires_at })
      }
    ),
    route(
      'POST',
      '/api/auth/revoke',
      { body: Revoked, answer: answers.Done },
      async ({ body, user, request }) => {
        const tokens = register()
        if (body.user_id !== undefined) {
          if (user.run !== undefined) throw new TroupeError('token_scope', String(user.run))
          if (!isAdmin(user)) requireOwner(user, body.user_id)
          await tokens.revokeUser(body.user_id)
        }
        const given = body.token ?? (body.user_id === undefined ? tokenOf(request, false) : undefined)
        // A caller that has a token may end it; one that is good no more needs no end.
        const end = given === undefined ? undefined : await endOf(given)
        if (given !== undefined && end) await tokens.revoke(given, end.expires)
        return { status: 200, body: { status: true as const, message: 'Revoked' } }
      }
    )
  ]
}
