import type { Backend, StoreOptions } from './backend.ts'
import { Gallery, Session, Team, UserSettings } from './entities.ts'
import { studioImport } from './import-studio.ts'
import { runLog } from './run-log.ts'
import { secrets } from './secrets.ts'
import type { GalleryRow, SessionRow, SettingsRow, Store, TeamRow } from './store.ts'
import { table } from './table.ts'

export type { StoreOptions } from './backend.ts'

/** Opens a database, makes its tables where they are missing and gives the store that keeps its data there. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const clock = options.now ?? Date.now
  const now = () => new Date(clock()).toISOString()
  const { em, frames, close } = await openBackend(options, now)
  return {
    runs: runLog(em, frames),
    teams: table<TeamRow>(em, Team, now),
    sessions: { ...table<SessionRow>(em, Session, now), get: frames.session, delete: frames.deleteSession },
    settings: { ...table<SettingsRow>(em, UserSettings, now), list: frames.settingsOf },
    galleries: table<GalleryRow>(em, Gallery, now),
    secrets: secrets(em, now),
    imports: studioImport(em),
    close
  }
}

async function openBackend(options: StoreOptions, now: () => string): Promise<Backend> {
  const [, dialect, name] = /^(\w+):(.+)$/s.exec(options.database) ?? []
  if (dialect !== 'sqlite' || !name)
    throw new Error(`The database is "sqlite:<path>" or "sqlite::memory:", not "${options.database}"`)
  const { openSqlite } = await import('./sqlite/open.ts')
  return openSqlite(name, options, now)
}
