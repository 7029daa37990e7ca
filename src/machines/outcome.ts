/** An error as JSON: its text, and its class where that helps. */
export interface Failure {
  message: string
  type?: string
}

/** How a team's run ended. */
export type Outcome = { stop: string } | { failure: Failure } | { cancelled: true }

/** Puts whatever was thrown into words. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) }
  return error.name === 'Error' ? { message: error.message } : { message: error.message, type: error.name }
}

/** The error that was put into words, with its text and the name that it had. */
export const errorOf = ({ message, type }: Failure): Error =>
  Object.assign(new Error(message), type === undefined ? {} : { name: type })
