/** An error as JSON: its text, its class where that helps, its code where it is one of the listed reasons. */
export interface Failure {
  message: string
  type?: string
  code?: string
  /** The HTTP status with which a service has refused. */
  status?: number
}

/** Who ended a run that did not end by itself: a person or program asked for it, or a limit was reached. */
export type EndedBy = 'request' | 'limit'

/** How a team's run ended. */
export type Outcome = { stop: string; by?: EndedBy } | { failure: Failure } | { cancelled: true }

/** The errors that failures were made of, for as long as these stay in the process. */
const originals = new WeakMap<Failure, Error>()

/** Puts whatever was thrown into words. In the same process `errorOf` gives the error itself again. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) }
  const failure = inWords(error)
  originals.set(failure, error)
  return failure
}

function inWords(error: Error): Failure {
  const { name, message, code, status } = error as Error & { code?: unknown; status?: unknown }
  const answered = typeof status === 'number' && { status }
  if (name === 'Error') return { message, ...answered }
  // Errors from elsewhere have codes of their own.
  return { message, type: name, ...(name === LISTED && typeof code === 'string' && { code }), ...answered }
}

/** The name of errors whose code is in the list of reasons. */
export const LISTED = 'TroupeError'

/** The error that was put into words itself, where that was in this process. */
export const originalOf = (failure: Failure): Error | undefined => originals.get(failure)

/** The error that was put into words: itself, or one with its text, name, code and status. */
export function errorOf(failure: Failure): Error {
  const original = originals.get(failure)
  if (original) return original
  const { message, type, code, status } = failure
  return Object.assign(
    new Error(message),
    type !== undefined && { name: type },
    code !== undefined && { code },
    status !== undefined && { status }
  )
}
