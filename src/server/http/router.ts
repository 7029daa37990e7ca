import { type ReasonCode, sentence } from '../../protocol/errors.ts'
import type { Logger } from '../../runtime/shared/logger.ts'
import { errorResponse } from './error-status.ts'
import {
  errorBody,
  HttpError,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  refuse
} from './http.ts'
import { matchPath, type PathPattern, pathPattern } from './path-pattern.ts'
import type { Route } from './route.ts'

interface Line {
  route: Route
  pattern: PathPattern
}

interface Match {
  route: Route
  params: Record<string, string>
}

/** Answers requests from a table of routes; what is thrown becomes an answer too, so it never rejects. */
export function router(routes: readonly Route[], log: Logger): HttpHandler {
  const lines = routes.map((route): Line => ({ route, pattern: pathPattern(route.path) }))
  return async (request) => {
    try {
      return await answer(lines, request)
    } catch (error) {
      if (error instanceof HttpError) return errorBody(error)
      const refused = errorResponse(error)
      if (refused) return refused
      const { id: request_id, user, method, path } = request
      const fields = { request_id, user_id: user.id, method, path, code: 'internal', err: error }
      log.error(fields, 'a request failed')
      return { status: 500, body: { detail: sentence('internal'), code: 'internal' satisfies ReasonCode } }
    }
  }
}

async function answer(lines: readonly Line[], request: HttpRequest): Promise<HttpResponse> {
  const matches = matching(lines, request.path)
  if (matches.length === 0) return elsewhere(lines, request)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const match = matches.find(({ route }) => route.method === method)
  if (match === undefined) return refuse(405, 'Method Not Allowed', { allow: allowed(matches) })
  return match.route.answer(request, match.params)
}

/** Sends a client to the same path with or without the slash at its end, if there is something. */
function elsewhere(lines: readonly Line[], { path, search }: HttpRequest): HttpResponse {
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  if (matching(lines, other).length === 0) refuse(404, 'Not Found')
  return { status: 307, headers: { location: search === '' ? other : `${other}?${search}` } }
}

function matching(lines: readonly Line[], path: string): Match[] {
  const matches: Match[] = []
  for (const { route, pattern } of lines) {
    const params = matchPath(pattern, path)
    if (params !== undefined) matches.push({ route, params })
  }
  return matches
}

function allowed(matches: readonly Match[]): string {
  const methods = new Set(matches.map(({ route }) => route.method))
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort().join(', ')
}
