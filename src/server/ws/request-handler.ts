import { setTimeout as sleep } from 'node:timers/promises'
import { Budget } from '../../runtime/shared/budget.ts'
import { type Logger, silentLogger } from '../../runtime/shared/logger.ts'
import { Metrics } from '../../runtime/shared/metrics/metrics.ts'
import { Exchange } from '../http/exchange.ts'
import type { HttpHandler, HttpResponse, RequestHead } from '../http/http.ts'
import { guarded, originGuard } from '../http/origin-guard.ts'
import type { RawResponse } from '../http/raw.ts'
import { logged } from '../http/request-log.ts'
import type { SocketRoute } from './socket.ts'
import { SocketRegistry } from './socket-registry.ts'
import type { TokenExpiries } from './token-expiry.ts'

/** What answers clients, wherever they arrive. */
export interface RequestHandlerOptions {
  /** Where the server is bound. */
  host: string
  /** Answers below `/api`, and everything else where there are no `staticFiles`. */
  handle: HttpHandler
  staticFiles?: HttpHandler
  /** Whether a path is one that `handle` answers; those below `/api` unless told. */
  routed?(path: string): boolean
  /** The last word on what a client is answered: refusals in the words of its protocol. */
  present?(request: RequestHead, answer: HttpResponse): HttpResponse
  sockets?: readonly SocketRoute[]
  /** The largest frame and body, in bytes; 32 MiB unless told. */
  maxFrame?: number
  /** Seconds without anything from a socket, not even the answer to a ping, until it is cut off; 120 unless told. */
  idleTimeout?: number
  /** The most sockets per address; no limit unless told. */
  maxConnections?: number
  /** Origins that may use the server besides its own pages and loopback. */
  allowOrigins?: readonly string[]
  /** Takes what the operator is to know; nothing is written by default. */
  log?: Logger
  /** Where what clients do is counted. */
  metrics?: Metrics
  /** Ends what tokens keep open. */
  expiries?: TokenExpiries
  /** Answers `/metrics`. */
  metricsEndpoint?: HttpHandler
}

/** What stands behind every port of a server: who may come in, and what is answered. */
export class RequestHandler {
  readonly sockets: SocketRegistry
  readonly maxFrame: number
  readonly idleTimeout: number
  readonly log: Logger
  readonly #handle: HttpHandler
  readonly #bodies: Budget
  #underWay = 0

  constructor(options: RequestHandlerOptions) {
    const {
      maxFrame = 32 * 2 ** 20,
      idleTimeout = 120,
      log = silentLogger,
      metrics = new Metrics()
    } = options
    const guard = originGuard(options)
    this.maxFrame = maxFrame
    this.idleTimeout = idleTimeout
    this.#bodies = new Budget({ owner: 4 * maxFrame, all: 16 * maxFrame })
    this.log = log
    this.sockets = new SocketRegistry({ ...options, guard, maxFrame, log, metrics })
    this.#handle = presented(options, logged(log, metrics, guarded(guard, dispatch(options))))
  }

  /** Answers a request; never rejects. */
  async answer(res: RawResponse, head: RequestHead): Promise<void> {
    this.#underWay++
    await new Exchange(res, head, { largest: this.maxFrame, budget: this.#bodies }).serve(
      this.#handle,
      this.log
    )
    this.#underWay--
  }

  /** Ends the sockets that are left with 1012, waits for answers under way, at most 2 s. */
  async close(): Promise<void> {
    this.sockets.close()
    const deadline = Date.now() + 2000
    while (this.#underWay > 0 && Date.now() < deadline) await sleep(5)
  }
}

const dispatch = ({ handle, staticFiles = handle, ...options }: RequestHandlerOptions): HttpHandler => {
  const { routed = belowApi, metricsEndpoint = staticFiles } = options
  return (request) => {
    if (request.path === '/metrics') return metricsEndpoint(request)
    return (routed(request.path) ? handle : staticFiles)(request)
  }
}

const belowApi = (path: string): boolean => path.split('/', 2)[1] === 'api'

const presented = ({ present }: RequestHandlerOptions, handle: HttpHandler): HttpHandler =>
  present ? async (request) => present(request, await handle(request)) : handle
