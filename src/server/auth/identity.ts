import type { User } from '../http/http.ts'

/** An authenticated user, as pages are sent it. */
export interface Identity extends User {
  id: string
  name: string
  email?: string
  avatar_url?: string
  provider: string
  /** When its token was issued, in seconds since 1970. */
  issued?: number
}

/** The user that a token's claims name; undefined where they name none. */
export function identityOf(
  claims: Record<string, unknown>,
  { user_claim = 'sub', roles_claim = 'roles', admins = [] as readonly string[] } = {}
): Identity | undefined {
  const id = claim(claims, user_claim)
  if (typeof id !== 'string' || id === '') return undefined
  const roles = rolesOf(claim(claims, roles_claim))
  const { exp, iat } = claims
  return {
    id,
    name: text(claims.name) ?? text(claims.preferred_username) ?? id,
    email: text(claims.email),
    avatar_url: text(claims.avatar_url),
    provider: text(claims.provider) ?? 'jwt',
    roles: admins.includes(id) ? [...new Set([...roles, 'admin'])] : roles,
    ...(typeof exp === 'number' && { expires: exp * 1000 }),
    ...(typeof iat === 'number' && { issued: iat })
  }
}

/** A user as pages read it: what is not known is left out, they refuse null. */
export const shownUser = ({ id, name, email, avatar_url, provider, roles }: Identity) => ({
  id,
  name,
  ...(email !== undefined && { email }),
  ...(avatar_url !== undefined && { avatar_url }),
  provider,
  roles
})

/** A claim by its name, or by a path such as `realm_access.roles`. */
function claim(claims: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const key of name.split('.'))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined
  return value
}

function rolesOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/\s+/).filter(Boolean)
  if (!Array.isArray(value)) return ['user']
  return value.filter((role): role is string => typeof role === 'string')
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
