import type { EntityManager } from '@mikro-orm/core'
import { Gallery, Session, Team, UserSettings } from './entities.ts'
import { type Frames, runLog } from './run-log.ts'
import { secrets } from './secrets.ts'
import type { GalleryRow, SessionRow, SettingsRow, Store, TeamRow } from './store.ts'
import { table } from './table.ts'
import { takeover } from './takeover.ts'

/** Where a store keeps its data, and how. */
export interface StoreOptions {
  /** `sqlite:<path>` or `sqlite::memory:`. */
  database: string
  /**
   * `normal` loses nothing when the process dies, but the last commits may be gone after a loss of power; `full`
   * loses none and waits for the disk at each commit.
   */
  synchronous?: 'normal' | 'full'
  /** Milliseconds since 1970. */
  now?: () => number
}

/** What a dialect brings: everyday work goes through MikroORM, the hot path is its own. */
export interface Backend {
  em: EntityManager
  frames: Frames
  close(): Promise<void>
}

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
    takeover: takeover(em),
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
