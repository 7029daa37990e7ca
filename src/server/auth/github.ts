import { z } from 'zod'
import { withoutTrailingSlashes } from '../../runtime/shared/trailing-slashes.ts'
import { HttpError } from '../http/http.ts'
import type { Github } from './config.ts'
import type { Identity } from './identity.ts'

const PATIENCE = 10_000

const Token = z.looseObject({ access_token: z.string().min(1) })
const Account = z.looseObject({
  id: z.union([z.number(), z.string()]),
  login: z.string().nullish(),
  name: z.string().nullish(),
  email: z.string().nullish(),
  avatar_url: z.string().nullish()
})
const Emails = z.array(z.looseObject({ email: z.string(), primary: z.boolean().nullish() }))

/** The provider's login page; `state` comes back with the answer. */
export function loginUrl({ authorize_url, client_id, callback_url, scopes }: Github, state: string): string {
  const url = new URL(authorize_url)
  const fields = {
    client_id,
    redirect_uri: callback_url,
    scope: scopes.join(' '),
    state,
    allow_signup: 'true'
  }
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
  return url.href
}

/** Who has logged in, by the code that came back. */
export async function whoLoggedIn(github: Github, code: string): Promise<Identity> {
  const { client_id, client_secret, callback_url, token_url } = github
  const body = new URLSearchParams({ client_id, client_secret, code, redirect_uri: callback_url })
  const { access_token } = await ask(Token, token_url, { method: 'POST', body })
  const headers = { authorization: `Bearer ${access_token}` }
  const api = withoutTrailingSlashes(github.api_url)
  const account = await ask(Account, `${api}/user`, { headers })
  const asksForEmail = github.scopes.includes('user:email') && !account.email
  const emails = asksForEmail ? await ask(Emails, `${api}/user/emails`, { headers }).catch(() => []) : []
  const id = String(account.id)
  return {
    id,
    name: account.name || account.login || id,
    email: account.email ?? emails.find(({ primary }) => primary)?.email,
    avatar_url: account.avatar_url ?? undefined,
    provider: 'github',
    roles: ['user']
  }
}

async function ask<T>(schema: z.ZodType<T>, url: string, init: RequestInit): Promise<T> {
  const signal = AbortSignal.timeout(PATIENCE)
  const headers = { accept: 'application/json', 'user-agent': 'troupe', ...init.headers }
  const failed = () => new HttpError(401, 'The login was not confirmed by the provider.')
  const answer = await fetch(url, { ...init, headers, signal, redirect: 'error' }).catch(() => {
    throw new HttpError(502, 'The login provider cannot be reached.')
  })
  if (!answer.ok) throw failed()
  const parsed = schema.safeParse(await answer.json().catch(() => undefined))
  if (!parsed.success) throw failed()
  return parsed.data
}
