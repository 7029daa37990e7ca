import type { Logger, LogLevel } from '../../runtime/shared/logger.ts'
import type { Metrics } from '../../runtime/shared/metrics/metrics.ts'
import type { HttpHandler, HttpResponse } from './http.ts'

/** How important an answer is to the operator, by its status; others are logged at `debug`. */
const levels: Readonly<Record<number, LogLevel>> = { 401: 'info', 403: 'info', 413: 'warn', 429: 'warn' }

/** Counts and logs what becomes of requests: refusals, limits that were met, and at `debug` all others. */
export function logged(log: Logger, metrics: Metrics, handle: HttpHandler): HttpHandler {
  return async (request) => {
    const answer = await handle(request)
    const { id: request_id, user, method, path, remote } = request
    const { status } = answer
    const code = codeOf(answer)
    metrics.requests.add({ method: methods.has(method) ? method : 'other', status: String(status) })
    if (code !== undefined) metrics.errors.add({ code })
    const fields = { request_id, user_id: user.id, method, path, remote, status, code }
    log[levels[status] ?? 'debug'](
      fields,
      status in levels ? 'a request was refused' : 'a request was answered'
    )
    return answer
  }
}

/** The methods that are counted each by itself: a client may write anything there. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

function codeOf({ body }: HttpResponse): string | undefined {
  const { code } = (body ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
