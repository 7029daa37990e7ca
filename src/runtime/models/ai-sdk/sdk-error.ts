import type { APICallError } from '@ai-sdk/provider'
import type { TroupeError } from '../../../protocol/errors.ts'
import { refusalIn } from '../../network/egress/egress.ts'
import { ModelError } from '../model-error.ts'
import { retryAfter } from '../service/retry.ts'
import { failed, type Place, refused, unreachable, unreadable } from '../wire/failures.ts'

/** Turns whatever the SDK threw into a sentence about this model, without secrets. */
export function explain(error: unknown, place: Place): ModelError | TroupeError {
  if (error instanceof ModelError) return error
  const refusal = refusalIn(error)
  if (refusal) return refusal
  const { statusCode: status, isRetryable, responseHeaders: headers } = error as Partial<APICallError>
  const said = sayingOf(error as Saying)
  if (status !== undefined && status >= 400) {
    const wish = headers?.['x-should-retry']
    const retry = wish === 'true' || wish === 'false' ? wish === 'true' : undefined
    return refused({ status, said, retry, retryAfter: retryAfter(headers) }, place)
  }
  if (isApiCall(error) && (status === undefined || isRetryable)) return unreachable(error, place)
  if (isApiCall(error) || isUnreadable(error)) return unreadable(said, place, status)
  return failed(said, place, retryAfter(headers))
}

const isApiCall = (error: unknown) => (error as Error)?.name === 'AI_APICallError'

const isUnreadable = (error: unknown) =>
  /^AI_(InvalidResponseData|JSONParse|TypeValidation|EmptyResponseBody)/.test((error as Error)?.name ?? '')

type Saying = Partial<APICallError> & { text?: unknown; value?: unknown; data?: unknown }

function sayingOf(error: Saying): string {
  const { responseBody, text, value, data, message } = error
  if (isApiCall(error) && data !== undefined && message) return message
  if (responseBody?.trim()) return responseBody
  if (typeof text === 'string') return text || 'it is empty'
  const seen = value ?? (isUnreadable(error) ? data : undefined)
  return seen === undefined ? (message ?? String(error)) : JSON.stringify(seen)
}
