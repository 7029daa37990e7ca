import { createHash, timingSafeEqual } from 'node:crypto'
import type { Auth } from '../auth/auth.ts'
import { tokenOf } from '../auth/identity-check.ts'
import { isAdmin, type RequestHead } from '../http/http.ts'
import { isLoopback } from '../http/origin-guard.ts'

/** Who may read the metrics, and how the others are turned away. */
export interface MetricsRules {
  auth: Auth
  /** What a scraper says instead of a user's token. */
  token?: string
}

/** Refuses with 401 or 403 a caller that may not read the metrics: they are for this machine, for the token, and for admins. */
export async function mayReadMetrics(head: RequestHead, { auth, token }: MetricsRules): Promise<boolean> {
  if (isLocal(head)) return true
  const given = tokenOf(head, false)
  if (token !== undefined && given !== undefined && isSame(given, token)) return true
  const user = await auth.identify(head, false)
  // With authentication off every caller counts as admin: then the token is all there is.
  return isAdmin(user) && !(user.id === null && token !== undefined)
}

/** What comes from this machine by itself, and was not passed on by a proxy. */
const isLocal = ({ remote, headers }: RequestHead): boolean =>
  isLoopback(plain(remote)) &&
  isLoopback(hostOf(headers.get('host') ?? '')) &&
  !['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers.has(name))

/** An address without what marks it as IPv4 inside of IPv6; uWebSockets.js writes that in full. */
const plain = (address: string): string => {
  const mapped = /^(?:::ffff:|0000:0000:0000:0000:0000:ffff:)([\da-f.:]+)$/i.exec(address)?.[1]
  if (mapped === undefined) return /^(0000:){7}0001$/.test(address) ? '::1' : address
  const hex = /^([\da-f]{4}):([\da-f]{4})$/i.exec(mapped)
  return hex ? [...Buffer.from(hex[1]! + hex[2]!, 'hex')].join('.') : mapped
}

const hostOf = (host: string): string => URL.parse(`http://${host}`)?.hostname ?? ''

const digest = (text: string) => createHash('sha256').update(text).digest()
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
