/** What is known about a failed call to a model. */
export interface ModelFailure {
  model: string
  /** HTTP status, when the service gave one. */
  status?: number | undefined
  /** Whether the same call may succeed when it is made again. */
  retryable?: boolean
  /** Milliseconds the service asks to wait before that. */
  retryAfter?: number | undefined
  /** What the service or the network said, without the sentence around it. */
  said?: string
  /** Whether the answer had begun and was handed on in part. */
  isCutOff?: boolean
  cause?: unknown
}

/** A call to a model that failed, in a sentence a person can act on; no secret is in it. */
export class ModelError extends Error {
  override name = 'ModelError'
  readonly model: string
  readonly status: number | undefined
  readonly retryable: boolean
  readonly retryAfter: number | undefined
  readonly said: string | undefined
  readonly isCutOff: boolean

  constructor(message: string, failure: ModelFailure) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause })
    this.model = failure.model
    this.status = failure.status
    this.retryable = failure.retryable ?? false
    this.retryAfter = failure.retryAfter
    this.said = failure.said
    this.isCutOff = failure.isCutOff ?? false
  }
}

/** An error under the name that AutoGen's texts begin with, for those that clients compare. */
export const valueError = (message: string): Error =>
  Object.assign(new Error(message), { name: 'ValueError' })
