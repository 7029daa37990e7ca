/** What is known about a failed call to a model. */
export interface Failure {
  model: string
  /** HTTP status, when the service gave one. */
  status?: number
  /** Whether the same call may succeed when it is made again. */
  retryable?: boolean
  /** Milliseconds the service asks to wait before that. */
  retryAfter?: number
  cause?: unknown
}

/** A call to a model that failed, in a sentence a person can act on; no secret is in it. */
export class ModelError extends Error {
  override name = 'ModelError'
  readonly model: string
  readonly status: number | undefined
  readonly retryable: boolean
  readonly retryAfter: number | undefined

  constructor(message: string, failure: Failure) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause })
    this.model = failure.model
    this.status = failure.status
    this.retryable = failure.retryable ?? false
    this.retryAfter = failure.retryAfter
  }
}

/** An error under the name that AutoGen's texts begin with, for those that clients compare. */
export const valueError = (message: string): Error =>
  Object.assign(new Error(message), { name: 'ValueError' })
