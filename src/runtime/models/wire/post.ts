import { TroupeError } from '../../../protocol/errors.ts'
import { exchange, UnknownEncodingError } from '../../network/http-exchange.ts'
import { ModelError } from '../model-error.ts'
import type { Attempt } from '../service/service.ts'
import type { BodyReader, Outcome } from './body-reader.ts'
import { cutOff, failed, type Place, unreachable, unreadable } from './failures.ts'

/** How often a server may say that it has moved. */
const HOPS = 3

interface AddressOptions {
  url: URL
  /** Names and values in turn, of every request. */
  headers: readonly string[]
  place: Place
  /** Whether a server that has moved on the same host is followed; yes, unless told. */
  follows?: boolean
}

/** An address that questions are posted to. */
export class PostAddress {
  readonly #place: Place
  readonly #headers: readonly string[]
  readonly #origin: string
  readonly #follows: boolean
  #path: string

  constructor({ url, headers, place, follows = true }: AddressOptions) {
    this.#place = place
    this.#headers = headers
    this.#follows = follows
    this.#origin = url.origin
    this.#path = url.pathname + url.search
  }

  /**
   * Sends a body of JSON and has the answer read.
   *
   * @param accept the media type that is wanted
   * @param reader makes what reads an answer; called again where a request is sent again
   * @throws ModelError, or the signal's reason once it is aborted
   */
  async post(body: unknown, accept: string, attempt: Attempt, reader: () => BodyReader): Promise<Outcome> {
    const text = JSON.stringify(body)
    for (let hop = 0; ; hop++) {
      const outcome = await this.#send(text, accept, attempt, reader)
      const path = 'refusal' in outcome ? this.#movedTo(outcome.refusal) : undefined
      if (path === undefined || hop === HOPS) return outcome
      this.#path = path
    }
  }

  async #send(body: string, accept: string, attempt: Attempt, reader: () => BodyReader): Promise<Outcome> {
    const { signal, idempotencyKey, network } = attempt
    const dispatcher = network.ready ?? (await network.dispatcher())
    const headers = [...this.#headers, 'accept', accept, 'idempotency-key', idempotencyKey]
    const request = { origin: this.#origin, path: this.#path, headers, body, signal }
    for (let tried = 1; ; tried++) {
      const reading = reader()
      try {
        return await exchange(dispatcher, request, reading)
      } catch (error) {
        if (signal.aborted) throw signal.reason
        if (tried === 1 && !reading.hasHead && isStale(error)) continue
        throw explained(error, reading, this.#place)
      }
    }
  }

  /** Where on the same server the address is now; keys do not go to another one. */
  #movedTo({ status, location }: { status: number; location?: string }): string | undefined {
    if (!this.#follows || (status !== 307 && status !== 308) || location === undefined) return undefined
    const url = URL.parse(location, this.#origin + this.#path)
    return url?.origin === this.#origin ? url.pathname + url.search : undefined
  }
}

type Coded = Error & { code?: unknown; socket?: { bytesRead?: number } }

/** Whether a connection that was kept for later was closed by the server just when it was used again. */
const isStale = (error: unknown): boolean => {
  const { code, socket } = error as Coded
  return (
    (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') && (socket?.bytesRead ?? 0) > 0
  )
}

function explained(error: unknown, reading: BodyReader, place: Place): unknown {
  if (error instanceof ModelError || error instanceof TroupeError || !(error instanceof Error)) return error
  if (isGarbage(error)) return reading.hasHead ? cutOff(error, 0, place) : unreadable(error.message, place)
  if ((error as Coded).code === 'UND_ERR_INVALID_ARG') return failed(error.message, place)
  return reading.hasHead ? cutOff(error, 0, place) : unreachable(error, place)
}

/** Whether what came is no HTTP, or is not compressed as it says. */
const isGarbage = (error: Error): boolean =>
  error.name === 'HTTPParserError' ||
  error instanceof UnknownEncodingError ||
  /^Z_|^ERR__|^ZSTD_|OVERFLOW/.test(String((error as Coded).code))
