import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { InvalidArgumentError, type Option } from 'commander'
import type { ComponentModel } from '../machines/component/component.ts'
import { OnDisconnect } from '../protocol/run-options.ts'
import { type Permissions, permit } from '../runtime/components/permissions.ts'
import { Registry } from '../runtime/components/registry.ts'
import { limits } from '../runtime/shared/limits.ts'
import type { Logger, LogLevel } from '../runtime/shared/logger.ts'
import type { Team } from '../runtime/team/team.ts'
import type { Server, ServerOptions } from '../server/app.ts'
import { version } from '../server/version.ts'
import { CrashReports } from './crash-reports.ts'
import { readComponent } from './files.ts'
import { collect, command, flag, type Io, parse, whole, yesFlag } from './io.ts'
import { type LimitFlags, limitFlags, limitsOf } from './limit-flags.ts'
import { logger, logLevels } from './log.ts'
import { type PermissionFlags, permissionFlags, permissionsOf } from './permission-flags.ts'
import { secretKeyFlag, secretKeysOf } from './secret-key.ts'
import { needingSqlite } from './sqlite.ts'
import { logUncaught } from './uncaught.ts'

/** The flags of `serve`; other commands that open the store take them too. */
export interface ServeFlags extends PermissionFlags, LimitFlags {
  host: string
  port: number
  database?: string
  secretKeyFile?: string
  synchronous: 'normal' | 'full'
  dataDir: string
  ui?: string
  team?: string
  allowOrigin?: string[]
  maxFrame?: number
  maxConnections?: number
  workers: number
  sockets?: 'uws' | 'ws'
  authConfig?: string
  insecure?: boolean
  teams: 'any' | 'stored'
  onDisconnect: OnDisconnect
  disconnectGrace: number
  retainDays?: number
  prices?: string
  metricsToken?: string
  logLevel: LogLevel
}

/** How long a server may take to close, in milliseconds. */
const PATIENCE = 10_000

/**
 * After so many calls V8 compiles a function in earnest. Left to itself it waits for 3,000, and what a run's start takes
 * is called once a run: the first of a thousand runs would be slow. Not before the server listens: to compile takes time.
 */
const SOON = 500

/** `troupe serve`: serves runs until a signal ends it. */
export async function serveCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe serve', 'Serves runs over HTTP and WebSocket.', io)
  for (const option of serveFlags()) program.addOption(option)
  const done = parse(program, args)
  if (done !== undefined) return done
  try {
    return await serveUntilTold(program.opts<ServeFlags>(), io)
  } catch (error) {
    io.stderr(`troupe: ${(error as Error).message}\n`)
    return 1
  }
}

async function serveUntilTold(given: ServeFlags, io: Io): Promise<number> {
  await withServer(given, io, {}, async (server, log) => {
    const told = untilTold(server)
    io.stdout(`troupe listening on ${server.url}`)
    log.debug({ url: server.url, version, pid: process.pid }, 'the server listens')
    setFlagsFromString(`--invocation-count-for-turbofan=${SOON}`)
    await told
  })
  return 0
}

/** Resolves with a signal that ends the process; rejects where the server must end. */
export const untilTold = ({ lost }: Server): Promise<unknown> =>
  Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), lost])

/** Opens the store and a server as the flags say, does something with it, and gives everything back. */
export async function withServer(
  given: ServeFlags,
  io: Io,
  besides: Partial<ServerOptions>,
  act: (server: Server, log: Logger) => Promise<void>
): Promise<void> {
  const folder = resolve(given.dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { takeFolder } = await needingSqlite(() => import('../runtime/store/sqlite/server-lock.ts'))
  const releases = [takeFolder(folder).release]
  try {
    const { serve } = await import('../server/app.ts')
    const log = logger(given.logLevel, io.log)
    releases.push(logUncaught(log))
    Object.assign(limits, limitsOf(given))
    const crashes = new CrashReports(join(folder, 'reports'))
    const died = crashes.take()
    if (died !== undefined) log.warn({ died }, 'the process before this one has died')
    crashes.leave()
    const server = await serve({
      ...(await serverOptions(given, folder)),
      ...{ version, log, hasCrashed: died !== undefined },
      ...besides
    })
    try {
      await act(server, log)
    } finally {
      // Whatever hangs does not keep the process from ending.
      setTimeout(() => process.exit(1), PATIENCE).unref()
      await server.close()
    }
  } finally {
    for (const release of releases) release()
  }
}

/** What the flags say about a server. */
async function serverOptions(given: ServeFlags, folder: string): Promise<ServerOptions> {
  const permissions = await permissionsOf(given, { output: join(folder, 'files'), hidden: [folder] })
  return {
    ...given,
    database: given.database ?? `sqlite:${join(folder, 'troupe.db')}`,
    secretKeys: await secretKeysOf(given.secretKeyFile),
    disconnectPolicy: { policy: given.onDisconnect, grace: given.disconnectGrace },
    permissions,
    auth: given.authConfig === undefined ? undefined : await authConfig(given.authConfig),
    servedTeam: given.team === undefined ? undefined : await teamIn(given.team, permissions),
    allowOrigins: given.allowOrigin,
    version
  }
}

/** The team in a file. Throws all that is wrong with it: better now than at the first request. */
async function teamIn(file: string, permissions: Permissions): Promise<ComponentModel> {
  const component = await readComponent(file)
  const team = permit(new Registry(), permissions).load<Team>(component, 'team')
  team.check()
  await team.close()
  return component
}

/** What reads YAML is loaded only where there is a file to read. */
const authConfig = async (file: string) => (await import('../server/auth/config.ts')).readAuthConfig(file)

const amount = (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new InvalidArgumentError('It is no number from 0 on.')
}

export const serveFlags = (): Option[] => [
  flag('--host <address>', 'the address to listen at').default('127.0.0.1'),
  flag('--port <number>', 'the port; 0 takes a free one').default(8081).argParser(whole(0)),
  flag(
    '--database <url>',
    'sqlite:<path>, sqlite::memory: or postgres://… (default: troupe.db in the data folder)'
  ),
  secretKeyFlag(),
  flag('--synchronous <mode>', 'full: each commit waits for the disk, so that a loss of power loses nothing')
    .choices(['normal', 'full'])
    .default('normal'),
  flag('--data-dir <folder>', 'where everything is kept').default('./.troupe'),
  flag('--ui <folder>', 'static pages to serve at /'),
  flag('--team <file>', 'a team that answers GET /predict/{task}'),
  flag('--auth-config <file>', 'JSON or YAML: how users prove who they are (default: not at all)'),
  flag(
    '--teams <which>',
    'which teams users may run: any, or stored ones (with authentication: published ones)'
  )
    .choices(['any', 'stored'])
    .default('any'),
  yesFlag('--insecure', 'lets everybody in from other machines although authentication is off'),
  flag('--allow-origin <origin>', 'a page that may use the server from elsewhere; repeatable').argParser(
    collect
  ),
  flag('--max-frame <bytes>', 'the largest frame and body')
    .default(32 * 2 ** 20)
    .argParser(whole(1024)),
  flag('--max-connections <number>', 'the most sockets per address').argParser(whole(1)),
  ...limitFlags(),
  flag(
    '--workers <number>',
    'processes on the port: one with the database and the runs, the others before it'
  )
    .default(1)
    .argParser(whole(1)),
  flag(
    '--sockets <what>',
    'what has the port: uws, or ws on node:http (default: ws where uws cannot be loaded)'
  ).choices(['uws', 'ws']),
  ...permissionFlags(),
  flag('--on-disconnect <policy>', 'what happens to a run when its last client has left')
    .choices(OnDisconnect.options)
    .default('continue'),
  flag('--disconnect-grace <seconds>', 'how long a client may be away before that')
    .default(30)
    .argParser(amount),
  flag('--retain-days <days>', 'deletes runs that ended so long ago (default: never)').argParser(amount),
  flag('--prices <file>', 'JSON or YAML: what models cost, before the prices that come with Troupe'),
  flag('--metrics-token <text>', 'lets who has it read /metrics from elsewhere (default: only admins)'),
  flag('--log-level <level>', 'how important something is that is logged on stderr')
    .choices(logLevels)
    .default('info')
]
