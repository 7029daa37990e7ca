import type { Logger, LogLevel } from '../../runtime/shared/logger.ts'
import type { HttpHandler, HttpResponse } from './http.ts'

/** How important an answer is to the operator, by its status; others are of no interest unless somebody looks closely. */
const levels: Readonly<Record<number, LogLevel>> = { 401: 'info', 403: 'info', 413: 'warn', 429: 'warn' }

/** Logs what becomes of requests: refusals, limits that were met, and at `debug` all others. */
export function logged(log: Logger, handle: HttpHandler): HttpHandler {
  return async (request) => {
    const answer = await handle(request)
    const { id: request_id, user, method, path, remote } = request
    const { status } = answer
    const fields = { request_id, user_id: user.id, method, path, remote, status, code: codeOf(answer) }
    log[levels[status] ?? 'debug'](
      fields,
      status in levels ? 'a request was refused' : 'a request was answered'
    )
    return answer
  }
}

function codeOf({ body }: HttpResponse): string | undefined {
  const { code } = (body ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
