import { setTimeout as sleep } from 'node:timers/promises'
import { Exchange } from '../http/exchange.ts'
import type { HttpHandler, Log, RequestHead } from '../http/http.ts'
import { guarded, originGuard } from '../http/origin-guard.ts'
import type { RawResponse } from '../http/raw.ts'
import type { SocketRoute } from './socket.ts'
import { SocketRegistry } from './socket-registry.ts'

/** What answers clients, wherever they arrive. */
export interface RequestHandlerOptions {
  /** Where the server is bound. */
  host: string
  /** Answers below `/api`, and everything else where there are no `staticFiles`. */
  handle: HttpHandler
  staticFiles?: HttpHandler
  sockets?: readonly SocketRoute[]
  /** The largest frame and body, in bytes; 32 MiB unless told. */
  maxFrame?: number
  /** The most sockets per address; no limit unless told. */
  maxConnections?: number
  /** Origins that may use the server besides its own pages and loopback. */
  allowOrigins?: readonly string[]
  log?: Log
}

/** What stands behind every port of a server: who may come in, and what is answered. */
export class RequestHandler {
  readonly sockets: SocketRegistry
  readonly maxFrame: number
  readonly log: Log
  readonly #handle: HttpHandler
  #underWay = 0

  constructor(options: RequestHandlerOptions) {
    const { maxFrame = 32 * 2 ** 20, log = console.error } = options
    const guard = originGuard(options)
    this.maxFrame = maxFrame
    this.log = log
    this.sockets = new SocketRegistry({ ...options, guard, maxFrame, log })
    this.#handle = guarded(guard, dispatch(options))
  }

  /** Answers a request; never rejects. */
  async answer(res: RawResponse, head: RequestHead): Promise<void> {
    this.#underWay++
    await new Exchange(res, head, this.maxFrame).serve(this.#handle, this.log)
    this.#underWay--
  }

  /** Ends the sockets that are left with 1012, waits for answers under way, at most 2 s. */
  async close(): Promise<void> {
    this.sockets.close()
    const deadline = Date.now() + 2000
    while (this.#underWay > 0 && Date.now() < deadline) await sleep(5)
  }
}

const dispatch = ({ handle, staticFiles = handle }: RequestHandlerOptions): HttpHandler => {
  return (request) => (/^\/api(\/|$)/.test(request.path) ? handle : staticFiles)(request)
}
