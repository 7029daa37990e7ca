import { TroupeError } from '../../../protocol/errors.ts'
import { ModelError } from '../model-error.ts'

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

/** How a service refused a call. */
export interface Refusal {
  /** HTTP status, or the one that stands for what an answer says. */
  status: number
  /** What it said, in its own words. */
  said: string
  /** Whether it is worth another try, where the service says so. */
  retry?: boolean | undefined
  /** Milliseconds it asks to wait. */
  retryAfter?: number | undefined
}

const reasons: Record<number, string> = {
  400: 'refused the request',
  401: 'did not accept the API key',
  402: 'wants to be paid first',
  403: 'does not allow this call',
  404: 'does not exist there',
  408: 'gave up waiting',
  413: 'was given more than it takes',
  422: 'refused the request',
  429: 'is asked too often, or its quota is used up'
}

/** A call that the service refused. */
export function refused({ status, said, retry, retryAfter }: Refusal, place: Place): ModelError {
  const why =
    reasons[status] ?? (status >= 500 ? 'has a fault on the side of its service' : 'refused the call')
  const advice = status === 401 || status === 403 ? ` Check ${place.keyFrom}.` : ''
  const text = readable(said, place)
  return new ModelError(`${the(place)} ${why} (HTTP ${status})${text ? `: ${text}` : '.'}${advice}`, {
    model: place.model,
    status,
    said: text,
    retryable: retry ?? mayRetry(status),
    retryAfter
  })
}

/** Whether a call with this status may succeed when it is made again. */
export const mayRetry = (status: number): boolean =>
  status === 408 || status === 409 || status === 429 || status >= 500

/** An answer that tells an error instead, or in the midst of it, and gives no status. */
export function toldError(said: string, place: Place): ModelError {
  const text = readable(said, place)
  return new ModelError(`${the(place)} answered with an error: ${text}`, { model: place.model, said: text })
}

/** A service that there is no way to at present. */
export function unreachable(error: unknown, place: Place): ModelError {
  const text = readable(networkText(error), place)
  return new ModelError(`${the(place)} cannot be reached: ${text}`, {
    model: place.model,
    retryable: true,
    said: text,
    cause: innermost(error)
  })
}

/** An answer that is not what the service's protocol wants. */
export function unreadable(said: string, place: Place, status?: number): ModelError {
  const text = readable(said, place) || 'it is empty'
  const code = status ? ` (HTTP ${status})` : ''
  return new ModelError(`${the(place)} gave an answer that cannot be understood${code}: ${text}`, {
    model: place.model,
    status,
    said: text
  })
}

/** An answer that can be read and not be used. */
export const unusable = (why: string, place: Place, retryable = false): ModelError =>
  new ModelError(`The answer of ${the(place, 'the')} cannot be used: ${why}`, {
    model: place.model,
    said: why,
    retryable
  })

/**
 * An answer that ended before its end; it is asked for again only when nothing of it was handed on.
 *
 * @param error why, where that is known
 * @param handedOn how many characters of it were handed on
 */
export function cutOff(error: unknown, handedOn: number, place: Place): ModelError {
  const why =
    error === undefined
      ? 'the connection ended'
      : error instanceof ModelError
        ? (error.said ?? error.message)
        : readable(networkText(error), place)
  const kept = handedOn > 0 ? ` after ${handedOn} characters, which have been handed on` : ''
  return new ModelError(`The answer of ${the(place, 'the')} was cut off${kept}: ${why}`, {
    model: place.model,
    retryable: handedOn === 0,
    said: why,
    isCutOff: handedOn > 0,
    status: error instanceof ModelError ? error.status : undefined
  })
}

/** An answer that is larger than what is taken of one, `limit` in bytes or characters. */
export const tooLarge = ({ model, origin }: Place, limit: number): TroupeError =>
  new TroupeError('answer_too_large', model, origin, String(limit / 2 ** 20))

/** An answer that took longer than `ms` milliseconds. */
export const tooLate = (ms: number, { model, origin }: Place): ModelError =>
  new ModelError(`The model "${model}" at ${origin} did not answer within ${ms / 1000} s (timeout).`, {
    model
  })

/** A call that failed for a reason of its own. */
export function failed(said: string, place: Place, retryAfter?: number): ModelError {
  const text = readable(said, place)
  return new ModelError(`The call to ${the(place, 'the')} failed: ${text}`, {
    model: place.model,
    said: text,
    retryAfter
  })
}

const the = ({ model, origin }: Place, article = 'The') => `${article} model "${model}" at ${origin}`

// Where several addresses were tried, the error of all has no text.
function networkText(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(networkText).join('; ')
  const inner = innermost(error)
  if (inner instanceof AggregateError && !inner.message) return networkText(inner)
  return inner instanceof Error ? inner.message || inner.name : String(inner)
}

// The innermost error is the operating system's; the ones around it hold the request.
function innermost(error: unknown): unknown {
  let inner = error
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause
  return inner
}

/** What a service said, as plain text without secrets: its first lines, at most 300 characters. */
export function readable(said: string, { secrets }: Place): string {
  // Before anything is cut away, so that no part of a secret is left.
  let text = said.slice(0, 20_000)
  for (const secret of secrets) if (secret) text = text.replaceAll(secret, '***')
  text = plain(text)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

const plain = (text: string) =>
  withoutTags(text.slice(0, 5000))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, 3)
    .join(' ')
    .replace(/\s+/g, ' ')

const hidden = /<(\/?)(style|script|head)\b[^<>]*>/gi

/** What a page shows: without its head, its scripts and all tags. */
function withoutTags(text: string): string {
  let shown = ''
  let from = 0
  let inside: string | undefined
  for (const { 0: tag, 1: closes, 2: name, index } of text.matchAll(hidden)) {
    if (inside === undefined && !closes) {
      shown += text.slice(from, index)
      inside = name!.toLowerCase()
    } else if (closes && name!.toLowerCase() === inside) {
      from = index + tag.length
      inside = undefined
    }
  }
  return (inside === undefined ? shown + text.slice(from) : shown).replace(/<[a-z!/][^<>]*>/gi, ' ')
}
