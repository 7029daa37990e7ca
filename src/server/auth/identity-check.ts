import { HttpError, type RequestHead, type User } from '../http/http.ts'
import type { Route } from '../http/route.ts'

/** How users prove who they are. */
export interface Auth {
  routes: Route[]
  /** Whether a path needs no token. */
  isOpen(path: string): boolean
  /** Who asks, by its token; throws a 401 where that is not proved. `query`: the token may stand in the query. */
  identify(head: RequestHead, query: boolean): Promise<User>
}

/** The token of a request. Studio's page sends the word `null` where it has none. */
export function tokenOf({ headers, query }: RequestHead, byQuery: boolean): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '') ?? []
  return [bearer, byQuery ? query.get('token') : undefined].find(
    (token): token is string => !!token && token !== 'null' && token !== 'undefined'
  )
}

/** The refusal of a request without a good token. */
export const unauthorized = (detail: string): HttpError =>
  new HttpError(401, detail, { 'www-authenticate': 'Bearer' })
