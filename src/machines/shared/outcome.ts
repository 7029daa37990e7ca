/** An error as JSON: its text, its class where that helps, and its code where it is one of the listed reasons. */
export interface Failure {
  message: string
  type?: string
  code?: string
}

/** How a team's run ended. */
export type Outcome = { stop: string } | { failure: Failure } | { cancelled: true }

/** Puts whatever was thrown into words. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, code } = error as Error & { code?: unknown }
  if (name === 'Error') return { message }
  // Errors from elsewhere have codes of their own.
  return { message, type: name, ...(name === LISTED && typeof code === 'string' && { code }) }
}

/** The name of errors whose code is in the list of reasons. */
export const LISTED = 'TroupeError'

/** The error that was put into words, with its text, the name that it had, and its code. */
export const errorOf = ({ message, type, code }: Failure): Error =>
  Object.assign(new Error(message), type !== undefined && { name: type }, code !== undefined && { code })
