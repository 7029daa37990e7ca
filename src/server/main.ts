import { Registry } from '../runtime/components.ts'
import { type Permissions, permit } from '../runtime/permissions.ts'
import { Runtime } from '../runtime/runtime.ts'
import { openStore } from '../runtime/store/mikro.ts'
import { demoTeam } from './demo-team.ts'
import type { Log } from './http.ts'
import { restRoutes } from './rest/index.ts'
import { openAuthRoutes } from './rest/meta.ts'
import { router } from './router.ts'
import { runSocket } from './run-socket.ts'
import type { SocketRoute } from './socket.ts'
import { staticFiles } from './static.ts'
import { listen } from './uws.ts'

/** How a server is set up; each is a flag of `troupe serve`. */
export interface ServerOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** `sqlite:<path>` or `sqlite::memory:` */
  database: string
  /** A folder of static pages, served at `/`. */
  ui?: string
  allowOrigins?: string[]
  /** The largest frame and body, in bytes. */
  maxFrame?: number
  /** The most sockets per address. */
  maxConnections?: number
  /** What configs may start on this machine; nothing, where it is not said. */
  permissions?: Permissions
  version: string
  log: Log
}

/** A server that runs. */
export interface Server {
  url: string
  runtime: Runtime
  /** Takes no new runs, lets what is going on be stored, and closes. */
  close(): Promise<void>
}

/** Puts the parts together: store, runtime, REST and sockets. */
export async function serve(options: ServerOptions): Promise<Server> {
  const { host, version, log } = options
  const store = await openStore({ database: options.database })
  const registry = permit(new Registry(), options.permissions ?? { mcpCommands: [], codeExecution: false })
  const runtime = new Runtime({ store, registry })
  await runtime.recover()
  const trouble = () => (runtime.failure ? 'The database cannot be written to.' : undefined)
  const routes = restRoutes({
    meta: { version, trouble },
    teams: { store, defaultTeam: demoTeam },
    sessions: {
      store,
      async beforeDelete({ id }) {
        const runs = await store.runs.ofSession(id)
        await Promise.all(runs.map((run) => runtime.stop(run.id, 'The session was deleted')))
      }
    },
    runs: { store }
  })
  const pages = options.ui === undefined ? undefined : staticFiles([{ at: '/', folder: options.ui }])
  const listening = await listen({
    ...options,
    handle: router([...openAuthRoutes(), ...routes], log),
    staticFiles: pages,
    sockets: [runSocket(runtime) as SocketRoute]
  })
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`,
    runtime,
    async close() {
      await runtime.close()
      await listening.close()
      await store.close()
    }
  }
}
