import { type ReasonCode, sentence } from '../../protocol/errors.ts'
import type { Logger } from '../../runtime/shared/logger.ts'
import { Body, type BodyLimits } from './body.ts'
import { EventSink } from './event-sink.ts'
import {
  anybody,
  errorBody,
  HttpError,
  type HttpHandler,
  type HttpResponse,
  type RequestHead
} from './http.ts'
import type { RawRequest, RawResponse } from './raw.ts'
import { requestId } from './request-id.ts'
import { policyOf } from './static.ts'

// An import would load all that `node:http` offers, its web client too: 50 ms of a start.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

/** Reads everything of a request that is gone after the first await. */
export function headOf(raw: RawRequest, res: { getRemoteAddressAsText(): ArrayBuffer }): RequestHead {
  const headers = new Map<string, string>()
  raw.forEach((name, value) => {
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  })
  const search = raw.getQuery() ?? ''
  return {
    id: requestId(headers),
    method: raw.getCaseSensitiveMethod().toUpperCase(),
    path: raw.getUrl(),
    search,
    query: new URLSearchParams(search),
    headers,
    remote: Buffer.from(res.getRemoteAddressAsText()).toString()
  }
}

/** One request and its answer. */
export class Exchange {
  private readonly res: RawResponse
  private readonly head: RequestHead
  private readonly body: Body
  private live = true
  /** What is to be done when the client leaves. */
  private abandon = (): void => this.body.abandon()
  /** What the handler wants done when the client leaves before it is answered. */
  private left: (() => void) | undefined

  constructor(res: RawResponse, head: RequestHead, limits: BodyLimits) {
    this.res = res
    this.head = head
    this.body = new Body(res, head, limits)
    res.onAborted(() => {
      this.live = false
      this.abandon()
      this.left?.()
    })
  }

  /** Asks the handler and answers; never rejects. */
  async serve(handle: HttpHandler, log: Logger): Promise<void> {
    const request = {
      ...this.head,
      user: anybody,
      onLeft: (left: () => void) => this.onLeft(left),
      // Guests are told apart by their address.
      body: () => this.body.read(request.user.id ?? this.head.remote)
    }
    try {
      this.answer(await handle(request))
    } catch (error) {
      if (error instanceof HttpError) return this.answer(errorBody(error))
      const { id: request_id, method, path } = this.head
      log.error({ request_id, method, path, code: 'internal', err: error }, 'a request failed')
      this.answer(failed)
    }
  }

  private onLeft(left: () => void): void {
    if (this.live) this.left = left
    else left()
  }

  private answer(answer: HttpResponse): void {
    this.body.done()
    this.left = undefined
    const content = contentOf(answer)
    if (!this.live) return
    this.body.release()
    this.res.cork(() => {
      this.begin(answer)
      if (answer.stream !== undefined && this.head.method !== 'HEAD') return this.stream(answer.stream)
      this.live = false
      if (this.head.method === 'HEAD') this.res.endWithoutBody(Buffer.byteLength(content))
      else this.res.end(content)
    })
  }

  private begin({ status, body, headers = {} }: HttpResponse): void {
    this.res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`)
    this.res.writeHeader('x-content-type-options', 'nosniff')
    this.res.writeHeader('x-request-id', this.head.id)
    const own = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }
    // What a browser has kept goes on under the policy it came with.
    const policy = status === 304 ? {} : { 'content-security-policy': policyOf(own) }
    const all = { 'referrer-policy': 'no-referrer', ...policy, ...own }
    for (const [name, value] of Object.entries(all)) this.res.writeHeader(name, value)
  }

  private stream(start: NonNullable<HttpResponse['stream']>): void {
    const sink = new EventSink(this.res)
    this.live = false
    this.abandon = () => sink.abandoned()
    try {
      sink.heard(start(sink))
    } catch (error) {
      sink.close()
      throw error
    }
  }
}

const failed: HttpResponse = {
  status: 500,
  body: { detail: sentence('internal'), code: 'internal' satisfies ReasonCode }
}

const contentOf = ({ body, bytes }: HttpResponse): string | Uint8Array =>
  bytes ?? (body === undefined ? '' : JSON.stringify(body))
