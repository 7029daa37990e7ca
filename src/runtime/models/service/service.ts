import type { FunctionCall, Usage } from '../../../machines/messages/index.ts'
import type { Network } from '../../network/network.ts'
import type { ModelCall, ModelRequest, ModelResult } from '../model.ts'
import type { Info } from '../model-info.ts'
import type { Place } from '../wire/failures.ts'

/** A model's answer as its service gave it. */
export interface Answer {
  text: string
  /** What the model thought, as far as the service tells. */
  reasoning: string
  calls: FunctionCall[]
  finish: ModelResult['finish_reason']
  /** Undefined where the service does not count. */
  usage: Usage | undefined
  id?: string | undefined
  /** The model's name as the service knows it. */
  model?: string | undefined
  /** The body of the request and of the whole answer, where they are at hand: for the record of the call. */
  sent?: unknown
  came?: unknown
}

/** One try of one call. */
export interface Attempt {
  /** Ends the try: the caller has left, or the time is up. */
  signal: AbortSignal
  idempotencyKey: string
  network: Network
  /**
   * Something came of the answer: the time limit begins anew. Where nothing came of the answer itself (`idle`), it
   * does so for some time only.
   */
  alive(idle?: boolean): void
  /** Pieces of a streamed answer, as they come. */
  onText(text: string): void
  onReasoning(text: string): void
}

/** A way to a service that stands for many calls with the same address and key. */
export interface Connection {
  place: Place
  /** Calls with the same one share a limit of calls at once, and what was learned of the service. */
  account: string
  /** Asks once. Throws `ModelError`. */
  ask(request: ModelRequest, attempt: Attempt): Promise<Answer>
}

/** What one kind of service has to say; all else about calling models is in `serviceModel`. */
export interface Service {
  model: string
  info: Info
  /** The request as this service can be given it; by default as it is. */
  adapt?(request: ModelRequest): ModelRequest
  /** Milliseconds until the first sign of an answer, and between two signs of a streamed one. */
  timeout: number
  /** Tries after the first. */
  retries: number
  /** The most calls at once with one account. */
  maxConcurrency: number | null | undefined
  /** Finds the way; `env` may hold the key or the address. Throws where there is no key. */
  connect(env: ModelCall['env']): Connection | Promise<Connection>
  /** Whether beside tool calls the reasoning goes before the text, of which only one can be the thought. */
  reasoningFirst?: boolean
}
