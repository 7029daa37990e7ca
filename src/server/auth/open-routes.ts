import { z } from 'zod'
import { guest } from '../../protocol/guest.ts'
import * as answers from '../../protocol/rest-answers.ts'
import { refuse } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'

/** Paths that need no token, as AutoGen Studio lists them. */
export const openPaths: readonly string[] = [
  '/',
  '/api/health',
  '/api/version',
  '/api/openapi.json',
  '/api/docs',
  '/api/auth/type',
  '/api/auth/login-url',
  '/api/auth/callback',
  '/api/auth/callback-handler'
]

const guestUser = { id: guest, name: 'Default User', provider: 'none' }

/** Paths that need no token, which AutoGen Studio does not know. */
export const ownOpenPaths: readonly string[] = ['/api/ready']

/** The `/auth` routes while authentication is off: every caller is the guest. */
export const openAuthRoutes = (): Route[] => [
  route('GET', '/api/auth/type', { answer: answers.AuthType }, () => ({
    status: 200,
    body: { type: 'none', exclude_paths: openPaths }
  })),
  route('GET', '/api/auth/me', { answer: answers.Me }, () => ({
    status: 200,
    body: { ...guestUser, email: null, roles: ['user'] }
  })),
  route('GET', '/api/auth/login-url', { answer: answers.LoginUrl }, () => ({
    status: 200,
    body: { login_url: '/' }
  })),
  route('GET', '/api/auth/callback', { query: z.object({ code: z.string().optional() }) }, ({ query }) =>
    refuse(400, query.code ? 'Authentication is off' : "Missing required 'code' parameter")
  ),
  // There is nothing to be proved: the token only has to be there.
  route(
    'POST',
    '/api/auth/callback-handler',
    { body: z.object({ code: z.string() }), answer: answers.Login },
    () => ({
      status: 200,
      body: { token: 'none', user: { ...guestUser, email: guest } }
    })
  )
]
