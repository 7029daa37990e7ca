import { ModelError } from '../model-error.ts'
import { sleep } from './sleep.ts'

/** How often and how patiently a call is made again. */
export interface Patience {
  /** Tries after the first. */
  retries: number
  /** Longest wait the service may ask for, in milliseconds; above it the error is given at once. */
  longestWait: number
}

const FIRST_WAIT = 500
const LAST_WAIT = 8_000

/** Makes a call again while its error says that this may help; waits as long as the service asks, else 0.5, 1, 2 … 8 s. */
export async function retry<T>(work: () => Promise<T>, patience: Patience, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (!(error instanceof ModelError) || !error.retryable) throw error
      const wait = error.retryAfter ?? backoff(tried)
      if (tried > patience.retries || wait > patience.longestWait) throw told(error, tried)
      await sleep(wait, signal)
    }
  }
}

// Up to a quarter less, so that many runs do not come back at the same moment.
const backoff = (tried: number) =>
  Math.min(FIRST_WAIT * 2 ** (tried - 1), LAST_WAIT) * (1 - Math.random() / 4)

function told(error: ModelError, tried: number): ModelError {
  if (error.retryAfter !== undefined && error.retryAfter >= 1000) {
    error.message += ` It asks to wait ${Math.ceil(error.retryAfter / 1000)} s.`
  }
  if (tried > 1) error.message += ` Tried ${tried} times.`
  return error
}

/** The wait an answer's headers ask for, in milliseconds; `retry-after` is in seconds or an HTTP date. */
export function retryAfter(
  headers: Readonly<Record<string, string | string[] | undefined>> | undefined,
  now = Date.now()
): number | undefined {
  const ms = Number(headers?.['retry-after-ms'] ?? Number.NaN)
  if (ms >= 0) return ms
  const asked = String(headers?.['retry-after'] ?? '')
  if (!asked) return undefined
  const seconds = Number(asked)
  const wait = Number.isNaN(seconds) ? Date.parse(asked) - now : seconds * 1000
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
