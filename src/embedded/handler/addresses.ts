import type { HttpRequest } from '../../server/http/http.ts'

/** An address in two: where the handler is mounted, and the path and query below that. */
export interface SplitAddress {
  /** What stands before `/api/`: empty where nothing does. */
  mount: string
  /** From `/api/` on. */
  path: string
  /** The query without its question mark. */
  search: string
}

/**
 * Splits an address at `/api/`. A mount may hold such a part itself: the first one counts after which a known path follows.
 *
 * @param isKnown whether a path is one of the handler's
 */
export function splitAddress(url: string, isKnown: (path: string) => boolean): SplitAddress {
  const { pathname, search } = new URL(url)
  const query = search.slice(1)
  let first: number | undefined
  for (let at = pathname.indexOf('/api/'); at >= 0; at = pathname.indexOf('/api/', at + 1)) {
    first ??= at
    if (isKnown(pathname.slice(at)))
      return { mount: pathname.slice(0, at), path: pathname.slice(at), search: query }
  }
  return { mount: pathname.slice(0, first ?? 0), path: pathname.slice(first ?? 0), search: query }
}

/** A request whose query and body say that it is this user's, where they say nothing of whose it is. */
export function withOwnUser(request: HttpRequest, id: string): HttpRequest {
  const { query, body } = request
  if (!query.has('user_id')) query.set('user_id', id)
  return { ...request, query, body: async () => withUser(await body(), id) }
}

function withUser(text: string, id: string): string {
  if (!text.startsWith('{') || text.includes('"user_id"')) return text
  const rest = text.slice(1).trimStart()
  return `{"user_id":${JSON.stringify(id)}${rest.startsWith('}') ? '' : ','}${rest}`
}
