import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ComponentModel } from '../machines/component/component.ts'
import { type Permissions, permit } from '../runtime/components/permissions.ts'
import { Registry } from '../runtime/components/registry.ts'
import { Runtime } from '../runtime/host/runtime.ts'
import { operatorsEnvironment } from '../runtime/models/wire/access.ts'
import { type Egress, GuardedEgress, openEgress } from '../runtime/network/egress/egress.ts'
import { type Logger, silentLogger } from '../runtime/shared/logger.ts'
import { LoopDelay } from '../runtime/shared/metrics/loop-delay.ts'
import { openStore, type StoreOptions } from '../runtime/store/open-store.ts'
import type { Store } from '../runtime/store/store.ts'
import type { DisconnectPolicy } from '../runtime/subscriptions/disconnect-policy.ts'
import { type Auth, authenticated, createAuth } from './auth/auth.ts'
import type { AuthConfig } from './auth/config.ts'
import { TokenRegister } from './auth/token-register.ts'
import { DoorTools } from './doors/common/door-tools.ts'
import { createDoors } from './doors/index.ts'
import { stdioServers } from './doors/mcp/stdio.ts'
import { demandSafe } from './exposure.ts'
import { router } from './http/router.ts'
import { type Mount, ownPage, staticFiles } from './http/static.ts'
import { mcpSocket } from './mcp/socket.ts'
import { metricsEndpoint } from './metrics/endpoint.ts'
import { described } from './openapi/routes.ts'
import { listen } from './ports.ts'
import { type RestServices, restRoutes } from './rest/index.ts'
import { Prices } from './rest/prices.ts'
import { environmentOf } from './rest/settings.ts'
import { runSocket } from './run-api/run-socket.ts'
import { servicesOf } from './services.ts'
import { RequestHandler } from './ws/request-handler.ts'
import type { SocketRoute } from './ws/socket.ts'
import { TokenExpiries } from './ws/token-expiry.ts'

/** How a server is set up; each is a flag of `troupe serve`. */
export interface ServerOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** `sqlite:<path>`, `sqlite::memory:` or `postgres://…` */
  database: string
  /** Whether each commit waits for the disk; `normal` unless told. */
  synchronous?: StoreOptions['synchronous']
  /** Encrypts secrets in the database; without it they are stored as they are. */
  secretKeys?: StoreOptions['secretKeys']
  /** A folder of static pages, served at `/`. */
  ui?: string
  allowOrigins?: string[]
  /** The largest frame and body, in bytes. */
  maxFrame?: number
  /** The most sockets per address. */
  maxConnections?: number
  /** How many processes listen on the port: this one, which has the database and the runs, and gateways to it. */
  workers?: number
  /** What has the port: µWebSockets where it can be loaded unless told, else `ws` on `node:http`. */
  sockets?: 'uws' | 'ws'
  /** The team that answers `/predict/{task}`. */
  servedTeam?: ComponentModel
  /** What configs may start on this machine; nothing, where it is not said. */
  permissions?: Permissions
  /** How users prove who they are; without it authentication is off. */
  auth?: AuthConfig
  /** Which teams may be run: `any`, or only those that are stored (with authentication: and published). */
  teams?: 'any' | 'stored'
  /** Whether everybody may be let in from other machines too; without it such a server does not start. */
  insecure?: boolean
  /** Without a port only connections of the program's own reach it; it has one by default. */
  listens?: boolean
  /** What happens to a run when its last client has left, unless the run says otherwise. */
  disconnectPolicy?: DisconnectPolicy
  /** Runs that ended so many days ago are deleted; none, where it is not said. */
  retainDays?: number
  /** Whether the process before this one is known to have died of something inside of it. */
  hasCrashed?: boolean
  /** Lets a scraper read `/metrics` from elsewhere; without it only admins may. */
  metricsToken?: string
  /** A file of prices that go before the ones that come with Troupe. */
  prices?: string
  version: string
  /** Takes what the operator is to know; nothing is written by default. */
  log?: Logger
}

/** A server that runs. */
export interface Server {
  url: string
  runtime: Runtime
  /** What serves MCP to the client at the other end of a connection that is no socket, such as stdio. */
  mcp(): Promise<() => object>
  /** Rejects when this server must end, since another one has taken its database over. */
  lost: Promise<never>
  /** Takes no new runs, lets what is going on be stored, and closes. */
  close(): Promise<void>
}

/** Puts the parts together: store, runtime, REST and sockets. */
export async function serve(options: ServerOptions): Promise<Server> {
  const { host, version, log = silentLogger } = options
  demandSafe(options, log)
  const expiries = new TokenExpiries()
  const tokenRegister = new TokenRegister(expiries)
  const auth = await createAuth(options.auth ?? noConfig, tokenRegister)
  const permissions = permissionsOf(options)
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => {})
  const services = await createServices(options, { permissions, auth, tokenRegister, taken: lost.reject })
  const { runtime, inspections, mcpSessions, store } = services
  const handle = router(described([...auth.routes, ...restRoutes(services)], version), log)
  const doors = createDoors(services, log)
  const routedParts = new Set(options.servedTeam ? ['api', 'predict'] : ['api'])
  const front = new RequestHandler({
    ...options,
    ...{ metrics: runtime.metrics, expiries },
    metricsEndpoint: metricsEndpoint(sourcesOf(services), { auth, token: options.metricsToken }),
    handle: authenticated(
      auth,
      (request) => (doors.own(request.path) ? doors.handle : handle)(request),
      expiries
    ),
    staticFiles: staticFiles(pages(options.ui)),
    routed: (path) => doors.own(path) || routedParts.has(path.split('/', 2)[1] ?? ''),
    present: (request, answer) => doors.present(request, answer),
    sockets: socketsOf(services, auth, permissions)
  })
  const loopDelay = new LoopDelay(runtime.metrics.loopDelay)
  // Nothing goes on before the port is this server's.
  const listening = await (options.listens === false ? unlistened : listen(front, options)).catch(
    async (error) => {
      loopDelay.stop()
      await store.close()
      throw error
    }
  )
  void runtime.recover()
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`,
    runtime,
    mcp: () => stdioServers(new DoorTools({ ...services, log })),
    lost: lost.promise,
    async close() {
      loopDelay.stop()
      inspections.close()
      await runtime.close()
      await listening.close()
      await mcpSessions.ended()
      await store.close()
    }
  }
}

/** The sockets of a server: those of runs, and those of pages that try an MCP server. */
function socketsOf(
  { runtime, teams, mcpSessions, vault }: RestServices,
  auth: Auth,
  { mcpCommands: commands, egress }: Beginnings['permissions']
): SocketRoute[] {
  return [
    runSocket(runtime, auth, { teams }) as SocketRoute,
    mcpSocket({ mcpSessions, auth, vault, commands, egress }) as SocketRoute
  ]
}

/** What stands in the place of a port where there is none. */
const unlistened = Promise.resolve({ port: 0, close: async () => {} })

/** What is there before the store is opened. */
interface Beginnings {
  permissions: Permissions & { egress: Egress }
  auth: Auth
  tokenRegister: TokenRegister
  /** Another process has taken the database. */
  taken(error: Error): void
}

/** Opens the store and makes the services of a server. */
async function createServices(
  options: ServerOptions,
  { permissions, auth, tokenRegister, taken }: Beginnings
): Promise<RestServices & { store: Store }> {
  const {
    version,
    log = silentLogger,
    disconnectPolicy,
    retainDays,
    database,
    synchronous,
    secretKeys,
    hasCrashed
  } = options
  const prices = new Prices(options.prices, log)
  const store = await openStore({ database, synchronous, secretKeys, alone: true, taken })
  const registry = permit(new Registry(), permissions)
  // Where others than the operator start runs, the operator's keys do not go wherever their configs say.
  const isAuthenticated = options.auth !== undefined && options.auth.type !== 'none'
  if (isAuthenticated) await tokenRegister.open(store.tokens)
  const env = isAuthenticated ? operatorsEnvironment(process.env) : process.env
  const envOfUser = (user: string | null) => environmentOf({ store, vault: runtime.vault }, user)
  const runtime = new Runtime({
    ...{ store, registry, env, envOf: envOfUser, disconnectPolicy, retainDays, log, hasCrashed },
    network: permissions.egress.network
  })
  const { egress } = permissions
  const teamPolicy = options.teams !== 'stored' ? 'any' : isAuthenticated ? 'published' : 'stored'
  return servicesOf({
    ...{ version, runtime, prices, egress, env, servedTeam: options.servedTeam, teamPolicy, auth },
    ...(isAuthenticated && { tokenRegister })
  })
}

/** What configs may do. Where others than the operator bring configs, they reach the public internet only. */
function permissionsOf({ permissions, auth }: ServerOptions): Permissions & { egress: Egress } {
  const egress =
    permissions?.egress ?? (auth && auth.type !== 'none' ? new GuardedEgress(['public']) : openEgress)
  return { mcpCommands: [], codeExecution: false, ...permissions, egress }
}

const sourcesOf = ({ runtime, store, version }: RestServices & { store: Store; runtime: Runtime }) => ({
  ...{ metrics: runtime.metrics, version },
  loaded: () => runtime.loaded.size,
  queues: () => runtime.queues,
  failing: () => runtime.failure !== null,
  runsByStatus: () => store.runs.countByStatus()
})

const noConfig: AuthConfig = {
  type: 'none',
  token_expiry_minutes: 60,
  exclude_paths: [],
  admins: []
}

/** Where `npm ci` puts the console. */
const consoleFolder = fileURLToPath(new URL('../../dist/console', import.meta.url))

/** The console has a place of its own, and the first one where there are no other pages. */
function pages(ui: string | undefined): Mount[] {
  const index = join(consoleFolder, 'index.html')
  const policy = ownPage(existsSync(index) ? readFileSync(index, 'utf8') : '')
  const own = { folder: consoleFolder, policy }
  return [{ at: '/console/', ...own }, ui === undefined ? { at: '/', ...own } : { at: '/', folder: ui }]
}
