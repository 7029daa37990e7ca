import type { APICallError } from '@ai-sdk/provider'
import { ModelError } from '../model-error.ts'
import { retryAfter } from '../service/retry.ts'

/** Which model a call goes to and where it is, for the texts of errors. */
export interface Place {
  model: string
  /** The service's address without path, query and credentials. */
  origin: string
  /** Where its key comes from, in words: `api_key or OPENAI_API_KEY`. */
  keyFrom: string
  /** What no text may show. */
  secrets: readonly string[]
}

const reasons: Record<number, string> = {
  400: 'refused the request',
  401: 'did not accept the API key',
  403: 'does not allow this call',
  404: 'does not exist there',
  408: 'gave up waiting',
  413: 'was given more than it takes',
  422: 'refused the request',
  429: 'is asked too often, or its quota is used up'
}

/** Turns whatever the SDK threw into a sentence about this model, without secrets. */
export function explain(error: unknown, place: Place): ModelError {
  if (error instanceof ModelError) return error
  const { statusCode: status, isRetryable, responseHeaders } = error as Partial<APICallError>
  if (status !== undefined && status >= 400) return refused(error as APICallError, status, place)
  const said = firstLines(error, place)
  const { model } = place
  if (isApiCall(error) && (status === undefined || isRetryable)) {
    const cause = networkError(error)
    return new ModelError(`${the(place)} cannot be reached: ${said}`, { model, retryable: true, cause })
  }
  if (isApiCall(error) || isUnreadable(error)) {
    const code = status ? ` (HTTP ${status})` : ''
    return new ModelError(`${the(place)} gave an answer that cannot be understood${code}: ${said}`, {
      model,
      status
    })
  }
  return new ModelError(`The call to ${the(place, 'the')} failed: ${said}`, {
    model,
    retryAfter: retryAfter(responseHeaders)
  })
}

/** An answer that ended before its end; it is asked for again only when nothing of it was handed on. */
export function cutOff(error: unknown, handedOn: number, place: Place): ModelError {
  const { model } = place
  const why = error === undefined ? 'the connection ended' : firstLines(error, place)
  const kept = handedOn > 0 ? ` after ${handedOn} characters, which have been handed on` : ''
  return new ModelError(`The answer of ${the(place, 'the')} was cut off${kept}: ${why}`, {
    model,
    retryable: handedOn === 0
  })
}

/** An answer that took too long. */
export const tooLate = (ms: number, { model, origin }: Place): ModelError =>
  new ModelError(`The model "${model}" at ${origin} did not answer within ${ms / 1000} s (timeout).`, {
    model
  })

function refused(error: APICallError, status: number, place: Place): ModelError {
  const why =
    reasons[status] ?? (status >= 500 ? 'has a fault on the side of its service' : 'refused the call')
  const advice = status === 401 || status === 403 ? ` Check ${place.keyFrom}.` : ''
  const said = firstLines(error, place)
  return new ModelError(`${the(place)} ${why} (HTTP ${status})${said ? `: ${said}` : '.'}${advice}`, {
    model: place.model,
    status,
    retryable: mayRetry(status, error.responseHeaders?.['x-should-retry']),
    retryAfter: retryAfter(error.responseHeaders)
  })
}

function mayRetry(status: number, wish: string | undefined): boolean {
  if (wish === 'true' || wish === 'false') return wish === 'true'
  return status === 408 || status === 409 || status === 429 || status >= 500
}

const the = ({ model, origin }: Place, article = 'The') => `${article} model "${model}" at ${origin}`

const isApiCall = (error: unknown) => (error as Error)?.name === 'AI_APICallError'

const isUnreadable = (error: unknown) =>
  /^AI_(InvalidResponseData|JSONParse|TypeValidation|EmptyResponseBody)/.test((error as Error)?.name ?? '')

// The innermost error is the operating system's; the ones around it hold the request.
function networkError(error: unknown): unknown {
  let inner = error
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause
  return inner === error ? undefined : inner
}

/** The first lines of what the server said, as plain text, at most 300 characters. */
function firstLines(error: unknown, { secrets }: Place): string {
  let said = sayingOf(error as Saying)
  // Before anything is cut away, so that no part of a secret is left.
  for (const secret of secrets) if (secret) said = said.replaceAll(secret, '***')
  const text = plain(said)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

type Saying = Partial<APICallError> & { text?: unknown; value?: unknown; data?: unknown }

function sayingOf(error: Saying): string {
  const { responseBody, text, value, data, message } = error
  if (isApiCall(error) && data !== undefined && message) return message
  if (responseBody?.trim()) return responseBody
  if (typeof text === 'string') return text || 'it is empty'
  const seen = value ?? (isUnreadable(error) ? data : undefined)
  return seen === undefined ? (message ?? String(error)) : JSON.stringify(seen)
}

const plain = (text: string) =>
  text
    .slice(0, 5000)
    .replace(/<(style|script|head)\b.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, 3)
    .join(' ')
    .replace(/\s+/g, ' ')
