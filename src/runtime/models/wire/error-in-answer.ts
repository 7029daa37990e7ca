import type { ModelError } from '../model-error.ts'
import { type Place, refused, toldError } from './failures.ts'

/** An error that stands in an answer instead of it, or in the midst of it. */
export interface ErrorInAnswer {
  said: string
  /** HTTP status that it has or that its kind stands for; undefined where nothing says so. */
  status: number | undefined
}

type Fields = Record<string, unknown>

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined

/** What the names of errors say, in the order in which they are looked for. */
const kinds: [pattern: RegExp, status: number][] = [
  [/insufficient_quota|rate_?limit|too_many|throttl|resource_exhausted|quota/i, 429],
  [/authentication|unauthorized|invalid_api_key|unauthenticated/i, 401],
  [/permission|forbidden/i, 403],
  [/not_?found/i, 404],
  [/overload|unavailable/i, 503],
  [/timeout|timed_out|deadline/i, 504],
  [/server_error|internal|api_error/i, 500],
  [/invalid|bad_?request|badrequest/i, 400]
]

/**
 * The error that a JSON answer, or a chunk of one, tells. Servers write it as `error` beside the choices or in one of
 * them, as a text or an object, or as a `message` or `detail` without any choice.
 */
export function errorIn(body: unknown): ErrorInAnswer | undefined {
  // Google's servers put it into a list.
  const fields = fieldsOf(Array.isArray(body) ? body[0] : body)
  if (!fields) return undefined
  if (isError(fields.error)) return errorOf(fields.error, fields)
  const choices = Array.isArray(fields.choices) ? fields.choices : []
  // Every chunk of every stream comes along here.
  for (const choice of choices)
    if (choice?.error && isError(choice.error)) return errorOf(choice.error, fields)
  const base = fields.base_resp === undefined ? undefined : fieldsOf(fields.base_resp)
  if (base && Number(base.status_code ?? 0) !== 0) return errorOf(base, fields)
  return choices.length > 0 ? undefined : bareError(fields)
}

const isError = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  (value === true ||
    (typeof value === 'string' && value.trim() !== '') ||
    (typeof value === 'object' && Object.keys(value).length > 0))

/** Servers without a field for errors: the answer is the error. */
function bareError(fields: Fields): ErrorInAnswer | undefined {
  const { detail, message, msg, errors, errorMessage } = fields
  const isNamed = fields.object === 'error' || fields.type === 'error' || fields.status === 'error'
  if (Array.isArray(errors) && errors.length > 0) return errorOf(errors[0], fields)
  if (detail !== undefined && detail !== null) return errorOf({ message: detail }, fields)
  const text = message ?? msg ?? errorMessage
  if (typeof text !== 'string' || text === '') return isNamed ? errorOf(fields, fields) : undefined
  return isNamed || 'code' in fields || 'status' in fields || !('id' in fields)
    ? errorOf(fields, fields)
    : undefined
}

function errorOf(told: unknown, around: Fields): ErrorInAnswer {
  const error = fieldsOf(told) ?? { message: typeof told === 'string' ? told : undefined }
  const said = sayingOf(error) ?? sayingOf(around) ?? JSON.stringify(told)
  const upstream = sayingOf(fieldsOf(error.metadata)?.raw)
  return {
    said: upstream && !said.includes(upstream) ? `${said}: ${upstream}` : said,
    status: statusOf(error) ?? statusOf(around) ?? statusOfKind(error)
  }
}

/** The text of an error; of what one provider passes on of another it is one deeper. */
function sayingOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error.trim() || undefined
  const fields = fieldsOf(error)
  if (!fields) return Array.isArray(error) ? JSON.stringify(error) : undefined
  for (const key of ['message', 'msg', 'error', 'detail', 'errorMessage', 'status_msg']) {
    const said = sayingOf(fields[key])
    if (said !== undefined) return said
  }
  return undefined
}

function statusOf(fields: Fields): number | undefined {
  for (const key of ['status', 'status_code', 'http_status', 'http_code', 'code', 'httpStatus']) {
    const status = Number(fields[key])
    if (Number.isInteger(status) && status >= 400 && status < 600) return status
  }
  return undefined
}

function statusOfKind(error: Fields): number | undefined {
  const names = [error.type, error.code, error.status].filter((name) => typeof name === 'string').join(' ')
  return kinds.find(([pattern]) => pattern.test(names))?.[1]
}

/** What a call fails with whose answer tells an error. */
export const failureOf = ({ said, status }: ErrorInAnswer, place: Place): ModelError =>
  status === undefined ? toldError(said, place) : refused({ status, said }, place)

/** Milliseconds that Google's servers ask to wait, which they say in the body alone. */
export function waitIn(text: string): number | undefined {
  const seconds = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(text)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
