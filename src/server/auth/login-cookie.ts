import { randomBytes } from 'node:crypto'
import type { RequestHead } from '../http/http.ts'
import { LOGIN_SECONDS } from './tokens.ts'

const NAME = 'troupe_login'

/** The cookie of a login under way: ties its end to the browser that began it. */
export interface LoginCookie {
  value: string
  /** The header that makes it keep it. */
  header: string
}

/** The cookie of a login that begins: the one that is there, so that two tabs may log in, or a new one. */
export function loginCookie(head: RequestHead, secure: boolean): LoginCookie {
  const value = kept(head) ?? randomBytes(24).toString('base64url')
  const flags = `Path=/api/auth; Max-Age=${LOGIN_SECONDS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  return { value, header: `${NAME}=${value}; ${flags}` }
}

/**
 * What the client kept; null for a script: all browsers call themselves Mozilla, and who is no browser has no login of
 * a person that could be exchanged.
 */
export const browserOf = (head: RequestHead): string | null =>
  kept(head) ?? (/^Mozilla\//.test(head.headers.get('user-agent') ?? '') ? '' : null)

function kept({ headers }: RequestHead): string | undefined {
  const [, value] = /(?:^|;\s*)troupe_login=([\w-]{20,64})(?:;|$)/.exec(headers.get('cookie') ?? '') ?? []
  return value
}
