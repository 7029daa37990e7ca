import { z } from 'zod'
import { refusal } from '../../protocol/close-codes.ts'
import { TroupeError } from '../../protocol/errors.ts'
import * as answers from '../../protocol/rest-answers.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { Egress } from '../../runtime/network/egress/egress.ts'
import { authenticated } from '../../server/auth/auth.ts'
import type { Auth } from '../../server/auth/identity-check.ts'
import { openAuthRoutes } from '../../server/auth/open-routes.ts'
import { errorResponse } from '../../server/http/error-status.ts'
import {
  anybody,
  HttpError,
  type HttpHandler,
  isAdmin,
  type RequestHead,
  type User
} from '../../server/http/http.ts'
import { matchPath, pathPattern } from '../../server/http/path-pattern.ts'
import { requestId } from '../../server/http/request-id.ts'
import { type Route, route } from '../../server/http/route.ts'
import { router } from '../../server/http/router.ts'
import { mcpSocket } from '../../server/mcp/socket.ts'
import { described } from '../../server/openapi/routes.ts'
import { restRoutes } from '../../server/rest/index.ts'
import { Prices } from '../../server/rest/prices.ts'
import { runSocket } from '../../server/run-api/run-socket.ts'
import { servicesOf } from '../../server/services.ts'
import type { HandlerSockets, RequestInfo } from '../../server/web/fetch-handler.ts'
import { FetchResponse } from '../../server/web/fetch-response.ts'
import { webRequest } from '../../server/web/to-node.ts'
import { RequestHandler } from '../../server/ws/request-handler.ts'
import type { SocketRoute } from '../../server/ws/socket.ts'
import { splitAddress, withOwnUser } from './addresses.ts'
import { Allowed } from './allow.ts'
import type { HandlerOptions, KnownUser } from './handler-options.ts'

interface HandlerParts {
  runtime: Runtime
  egress: Egress
  version: string
}

/** The user of a request, with its head; it is asked for once. */
const caller = Symbol('caller')
type KnownHead = RequestHead & { [caller]?: () => Promise<User> }

/** What answers the requests of one handler, and takes its sockets. */
export class Front {
  readonly #front: RequestHandler
  readonly #options: HandlerOptions
  readonly #isKnown: (path: string) => boolean
  readonly #open = new Set<FetchResponse>()
  readonly #closers: (() => void)[] = []
  #isClosed = false

  constructor({ runtime, egress, version }: HandlerParts, options: HandlerOptions) {
    const { user, allow, teams } = options
    const allowed = new Allowed(allow, teams, user !== undefined)
    const { log } = runtime
    const parts = { runtime, egress, version, env: process.env, prices: new Prices(undefined, log) }
    const services = servicesOf(parts)
    const auth = user ? byProgram() : noUsers
    const routes = described([...auth.routes, ...restRoutes({ ...services, rights: allowed })], version)
    const sockets = [
      runSocket(runtime, auth, { rights: allowed, teams: services.teams }),
      mcpSocket({ mcpSessions: services.mcpSessions, auth, vault: runtime.vault, commands: [], egress })
    ] as SocketRoute[]
    this.#options = options
    this.#isKnown = knower([...routes, ...sockets])
    this.#front = new RequestHandler({
      ...options,
      // Where users are known, requests that others' pages send are told by their origin alone.
      host: user ? '0.0.0.0' : '127.0.0.1',
      ...{ log, metrics: runtime.metrics, sockets: sockets.map((one) => followed(one, allowed)) },
      handle: authenticated(auth, permitted(allowed, router(routes, log)))
    })
    this.#closers.push(() => services.inspections.close())
  }

  /** Answers a request; never rejects. */
  answer(request: Request, info: RequestInfo): Promise<Response> {
    const { mount, path, search } = splitAddress(request.url, this.#isKnown)
    if (this.#isClosed) return Promise.resolve(refusedAs(new TroupeError('closing')))
    const response = new FetchResponse(request, mount)
    this.#open.add(response)
    response.onOver = () => this.#open.delete(response)
    void this.#front.answer(response, this.#headOf(request, path, search, info))
    return response.response
  }

  /** How sockets come in. */
  get sockets(): HandlerSockets {
    const { sockets, maxFrame, idleTimeout } = this.#front
    return {
      ...{ registry: sockets, maxFrame, idleTimeout },
      admit: (incoming) => {
        const request = webRequest(incoming)
        const info = { remote: incoming.socket.remoteAddress }
        const { path, search } = splitAddress(request.url, this.#isKnown)
        return sockets.admit(this.#headOf(request, path, search, info))
      },
      onClosed: (close) => void this.#closers.push(close)
    }
  }

  /** Ends sockets with 1012, waits for answers under way, and ends streams. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#front.close()
    for (const close of this.#closers) close()
    for (const response of [...this.#open]) response.cut()
  }

  #headOf(request: Request, path: string, search: string, { remote = '' }: RequestInfo): KnownHead {
    const headers = new Map(request.headers)
    if (!headers.has('host')) headers.set('host', new URL(request.url).host)
    // A request that was made in this process says nothing of the length of its body.
    if (request.body && !headers.has('content-length')) headers.set('transfer-encoding', 'chunked')
    const method = request.method.toUpperCase()
    const query = new URLSearchParams(search)
    return {
      ...{ id: requestId(headers), method, path, search, query, headers, remote },
      ...(this.#options.user && { [caller]: this.#ask(request) })
    }
  }

  /** Who asks, found out once and when it is asked for. */
  #ask(request: Request): () => Promise<User> {
    let known: Promise<User> | undefined
    return () => {
      known ??= (async () => userOf(await this.#options.user!(request)))()
      return known
    }
  }
}

function userOf(known: KnownUser): User {
  if (known == null || known === '') throw new HttpError(401, 'Not authenticated')
  const { id, admin = false } = typeof known === 'object' ? known : { id: String(known) }
  return { id: String(id), roles: admin ? ['admin'] : ['user'] }
}

/** Users as the program knows them. */
const byProgram = (): Auth => ({
  routes: [
    route('GET', '/api/auth/type', { answer: answers.AuthType }, () => ({
      status: 200,
      body: { type: 'program', exclude_paths: openPaths }
    })),
    route('GET', '/api/auth/me', { query: z.object({}), answer: answers.Me }, ({ user }) => ({
      status: 200,
      body: { id: user.id!, name: user.id!, roles: user.roles }
    }))
  ],
  isOpen: (path) => openPaths.includes(path),
  identify: (head) => (head as KnownHead)[caller]!()
})

const openPaths: readonly string[] = ['/api/auth/type', '/api/health', '/api/version']

/** Everybody may do everything. */
const noUsers: Auth = { routes: openAuthRoutes(), isOpen: () => true, identify: async () => anybody }

/** Refuses what clients may not do; what they leave out of whose it is, is theirs. */
function permitted(allowed: Allowed, handle: HttpHandler): HttpHandler {
  return (request) => {
    try {
      allowed.demandRequest(request.method, request.path)
    } catch (error) {
      return errorResponse(error)!
    }
    return handle(isAdmin(request.user) ? request : withOwnUser(request, request.user.id!))
  }
}

/** A socket that only those may open who may follow runs. */
const followed = (socket: SocketRoute, allowed: Allowed): SocketRoute => ({
  ...socket,
  async upgrade(request) {
    const verdict = await socket.upgrade(request)
    try {
      allowed.demandFollow()
      return verdict
    } catch {
      return 'refuse' in verdict ? verdict : refusal('notYours', 'not_allowed', 'follow runs')
    }
  }
})

/** Whether a path is one of these routes', with or without the slash at its end. */
function knower(routes: readonly Pick<Route, 'path'>[]): (path: string) => boolean {
  const patterns = routes.map(({ path }) => pathPattern(path))
  const fits = (path: string) => patterns.some((pattern) => matchPath(pattern, path) !== undefined)
  return (path) => fits(path) || fits(path.endsWith('/') ? path.slice(0, -1) : `${path}/`)
}

function refusedAs(error: TroupeError): Response {
  const { status, body, headers } = errorResponse(error)!
  return Response.json(body, { status, headers })
}
