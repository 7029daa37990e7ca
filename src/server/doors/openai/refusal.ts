import type { HttpResponse } from '../../http/http.ts'
import { refusalText } from '../common/door.ts'

/** An error as OpenAI's clients read it. */
export interface OpenAiError {
  message: string
  type: string
  param: string | null
  code: string | null
}

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error'
}

/** An error of a request by its status, or of a run that has failed (500). */
export const openAiError = (
  status: number,
  message: string,
  code: string | null,
  param: string | null = null
): OpenAiError => ({
  message,
  type: types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
  param,
  code
})

/**
 * A refusal in OpenAI's shape. Clients repeat 408, 409, 429 and 5xx by themselves: a 409 of ours would be refused again
 * for ever, and a run that has failed begun again, so these become 400 or say that they are not to be repeated.
 */
export function openAiRefusal(answer: HttpResponse): HttpResponse {
  const { message, code } = refusalText(answer)
  const status = answer.status === 409 || answer.status === 422 ? 400 : answer.status
  const again = status === 503 ? 'true' : 'false'
  const param = paramIn(answer)
  return {
    status,
    headers: { ...answer.headers, 'x-should-retry': again },
    body: { error: openAiError(status, message, code ?? codes[status] ?? null, param) }
  }
}

const codes: Readonly<Record<number, string>> = {
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'request_too_large'
}

/** The field of the request that does not fit, where one does not. */
function paramIn({ body }: HttpResponse): string | null {
  const { detail } = (body ?? {}) as { detail?: unknown }
  const [row] = Array.isArray(detail) ? (detail as { loc: (string | number)[] }[]) : []
  return row ? row.loc.slice(1).join('.') || null : null
}
