import type { IncomingHttpHeaders } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import type { AnswerReader, Progress } from '../../network/http-exchange.ts'
import { limits } from '../../shared/limits.ts'
import { retryAfter } from '../service/retry.ts'
import type { Answer, Attempt } from '../service/service.ts'
import { errorIn, waitIn } from './error-in-answer.ts'
import { type Place, type Refusal, tooLarge } from './failures.ts'

/** What came of a request. */
export type Outcome = { answer: Answer } | { refusal: Refused }

/** A refusal as it came. */
export interface Refused extends Refusal {
  body: string
  /** Where to the server has moved, as far as it says. */
  location?: string
}

/** Whose answer is read, and who hears of it. */
export interface ReaderOptions extends Pick<Attempt, 'alive'> {
  place: Place
  /** Pieces of the answer, where it is streamed. */
  onText?(text: string): void
  onReasoning?(text: string): void
}

/** So much of what a server says when it refuses is read, in bytes. */
const REFUSAL_LIMIT = 2 ** 20

/** Reads the body of an answer: what is the same for all services. Everything but 200 to 299 is a refusal. */
export abstract class BodyReader implements AnswerReader<Outcome> {
  protected readonly options: ReaderOptions
  readonly #decoder = new StringDecoder('utf8')
  readonly #kept: Buffer[] = []
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #bytes = 0
  #isFirst = true

  constructor(options: ReaderOptions) {
    this.options = options
  }

  /** Whether the server has begun to answer. */
  get hasHead(): boolean {
    return this.#status !== 0
  }

  /** HTTP status of the answer. */
  protected get status(): number {
    return this.#status
  }

  sent(): void {
    this.options.alive()
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    this.#headers = headers
    this.options.alive()
  }

  piece(bytes: Buffer): Progress {
    this.#bytes += bytes.length
    if (this.#status >= 300) {
      this.#kept.push(bytes)
      return this.#bytes > REFUSAL_LIMIT ? 'complete' : 'more'
    }
    if (this.#bytes > limits.modelBody) throw tooLarge(this.options.place, limits.modelBody)
    return this.read(bytes)
  }

  end(): Outcome {
    return this.#status >= 300 ? { refusal: this.#refusal() } : { answer: this.complete() }
  }

  /** Takes a piece of the body of a good answer. */
  protected abstract read(bytes: Buffer): Progress

  /** The answer, now that its body is complete. Throws `ModelError` where it is none. */
  protected abstract complete(): Answer

  /** Keeps a piece for `document`. */
  protected keep(bytes: Buffer): Progress {
    this.options.alive()
    this.#kept.push(bytes)
    return 'more'
  }

  /** What was kept, once. */
  protected kept(): Buffer[] {
    return this.#kept.splice(0)
  }

  /** What was kept, as text without a byte order mark. */
  protected document(): string {
    const kept = this.kept()
    const whole = kept.length === 1 ? kept[0]! : Buffer.concat(kept)
    return withoutMark(whole.toString())
  }

  /** The text of a piece: letters that are cut in two are put together. */
  protected decode(bytes: Buffer): string {
    const text = this.#decoder.write(bytes)
    if (!this.#isFirst || text === '') return text
    this.#isFirst = false
    return withoutMark(text)
  }

  /** What is left of a letter that was not completed. */
  protected decodeEnd(): string {
    return this.#decoder.end()
  }

  #refusal(): Refused {
    const body = this.document()
    const { location } = this.#headers
    const wish = this.#headers['x-should-retry']
    return {
      status: this.#status,
      said: location === undefined ? (errorIn(parsed(body))?.said ?? body) : `it has moved to ${location}`,
      body,
      ...(location !== undefined && { location }),
      retry: wish === 'true' || wish === 'false' ? wish === 'true' : isSpent(body) ? false : undefined,
      retryAfter: retryAfter(this.#headers) ?? waitIn(body)
    }
  }
}

/** A quota that is used up is not there again after a second. */
const isSpent = (text: string): boolean => text.includes('insufficient_quota')

const withoutMark = (text: string) => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

/** A JSON text as a value; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
