import type { EntityName } from '@mikro-orm/core'
import type { Backend, StoreOptions } from './backend.ts'
import { Gallery, Session, Team, UserSettings } from './entities.ts'
import { studioImport } from './import-studio.ts'
import { runLog } from './run-log.ts'
import type { GalleryRow, Row, SessionRow, SettingsRow, Store, TeamRow } from './store.ts'
import { conversations } from './tables/conversations.ts'
import { encryptAll, secrets } from './tables/secrets.ts'
import { table } from './tables/table.ts'
import { teams } from './tables/teams.ts'
import { tokens } from './tables/tokens.ts'

export type { StoreOptions } from './backend.ts'

/** Opens a database, makes its tables where they are missing and gives the store that keeps its data there. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const clock = options.now ?? Date.now
  const now = () => new Date(clock()).toISOString()
  const backend = await openBackend(options, now)
  const { em, statements, read, close } = backend
  try {
    await encryptAll(backend, options.secretKeys)
  } catch (error) {
    await close()
    throw error
  }
  const rows = <R extends Row>(entity: EntityName<R>) => table<R>(backend, entity, now)
  return {
    runs: runLog(backend),
    teams: teams(backend, rows<TeamRow>(Team)),
    sessions: {
      ...rows<SessionRow>(Session),
      get: statements.session,
      delete: statements.deleteSession
    },
    settings: { ...rows<SettingsRow>(UserSettings), list: statements.settingsOf },
    galleries: rows<GalleryRow>(Gallery),
    secrets: secrets(em, read, now, options.secretKeys),
    tokens: tokens(backend, now),
    conversations: conversations(backend, now),
    imports: studioImport(backend),
    get trouble() {
      return backend.trouble()
    },
    close
  }
}

const known = '"sqlite:<path>", "sqlite::memory:" or "postgres://<user>:<password>@<host>:<port>/<name>"'

async function openBackend(options: StoreOptions, now: () => string): Promise<Backend> {
  const { database } = options
  const file = /^sqlite:(.+)$/s.exec(database)?.[1]
  if (file !== undefined)
    return (await needing('SQLite', 'better-sqlite3', import('./sqlite/open.ts'))).openSqlite(
      file,
      options,
      now
    )
  if (/^postgres(ql)?:\/\//.test(database) && URL.canParse(database))
    return (await needing('PostgreSQL', 'pg', import('./postgres/open.ts'))).openPostgres(
      database,
      options,
      now
    )
  // What stands before the colon: an address may hold a password.
  throw new Error(`The database is ${known}, not "${/^[^:]*/.exec(database)![0]}:…"`)
}

/** What opens a kind of database. Its driver may not be installed, and is named then. */
export async function needing<Opener>(
  what: string,
  driver: string,
  opener: Promise<Opener>
): Promise<Opener> {
  try {
    return await opener
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    const missing = /'([^']+)'/.exec(message)?.[1] ?? driver
    throw new Error(`${what} needs a package that is not installed, "${missing}": npm install ${driver}`, {
      cause: error
    })
  }
}
