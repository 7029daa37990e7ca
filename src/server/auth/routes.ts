import { z } from 'zod'
import * as answers from '../../protocol/rest-answers.ts'
import { HttpError, refuse } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'
import { callbackPage } from './callback-page.ts'
import type { AuthConfig, Github } from './config.ts'
import { loginUrl, whoLoggedIn } from './github.ts'
import { type Identity, shownUser } from './identity.ts'
import { browserOf, loginCookie } from './login-cookie.ts'
import { Signer } from './tokens.ts'

type Known = Exclude<AuthConfig, { type: 'none' }>

/** What `/auth` says while authentication is on. */
export const authRoutes = (config: Known, openPaths: readonly string[]): Route[] => [
  route('GET', '/api/auth/type', { answer: answers.AuthType }, () => ({
    status: 200,
    body: { type: config.type, exclude_paths: openPaths }
  })),
  route('GET', '/api/auth/me', { answer: answers.Me }, ({ user }) => ({
    status: 200,
    body: shownUser(user as Identity)
  })),
  ...(config.type === 'github' ? githubRoutes(config) : jwtRoutes(config))
]

const jwtRoutes = ({ jwt }: Extract<Known, { type: 'jwt' }>): Route[] => [
  route('GET', '/api/auth/login-url', { answer: answers.LoginUrl }, () =>
    jwt.login_url
      ? { status: 200, body: { login_url: jwt.login_url } }
      : refuse(404, 'Tokens are made elsewhere: there is no login here')
  )
]

const Query = z.object({
  code: z.string().optional(),
  state: z.string().optional(),
  error: z.string().optional(),
  error_description: z.string().optional()
})

function githubRoutes(config: Extract<Known, { type: 'github' }>): Route[] {
  const login = logins(config)
  const secure = config.github.callback_url.startsWith('https:')
  return [
    route('GET', '/api/auth/login-url', { answer: answers.LoginUrl }, async ({ request }) => {
      const cookie = loginCookie(request, secure)
      const body = { login_url: await login.begin(cookie.value) }
      return { status: 200, headers: { 'set-cookie': cookie.header, 'cache-control': 'no-store' }, body }
    }),
    route('GET', '/api/auth/callback', { query: Query }, async ({ query, request }) => {
      if (query.error) return failed(400, query.error_description ?? query.error)
      try {
        const done = await login.end(query, browserOf(request))
        return callbackPage(200, { type: 'auth-success', ...done })
      } catch (error) {
        if (error instanceof HttpError) return failed(error.status, error.message)
        throw error
      }
    }),
    route(
      'POST',
      '/api/auth/callback-handler',
      { body: Query, answer: answers.Login },
      async ({ body, request }) => ({
        status: 200,
        body: await login.end(body, browserOf(request))
      })
    )
  ]
}

const failed = (status: number, error: string) => callbackPage(status, { type: 'auth-error', error })

/** Logins that begin here, go through the provider, and end here. */
function logins({ github, jwt_secret, token_expiry_minutes, admins }: LoginOptions) {
  const signer = new Signer(jwt_secret, token_expiry_minutes)
  return {
    begin: async (browser: string) => loginUrl(github, await signer.state(browser)),
    async end({ code, state }: z.infer<typeof Query>, browser: string | null) {
      if (!code) refuse(400, "Missing required 'code' parameter")
      if (!(await signer.isState(state, browser)))
        refuse(400, 'This login did not begin here, or too long ago')
      const who = await whoLoggedIn(github, code)
      const user = admins.includes(who.id) ? { ...who, roles: [...who.roles, 'admin'] } : who
      return { token: await signer.token(user), user: shownUser(user) }
    }
  }
}

interface LoginOptions {
  github: Github
  jwt_secret: string
  token_expiry_minutes: number
  admins: readonly string[]
}
