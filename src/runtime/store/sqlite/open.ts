import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { MikroORM } from '@mikro-orm/core'
import Sqlite, { type Database } from 'better-sqlite3'
import type { Backend, StoreOptions } from '../backend.ts'
import { entities } from '../entities.ts'
import type { Frames } from '../run-log.ts'
import { startCheckpoints } from './checkpoints.ts'
import { prepareCommit } from './commit.ts'
import { prepareCopy } from './copy.ts'
import { deleting, type InTurn, prepareDeletion } from './deletion.ts'
import { Driver } from './driver.ts'
import { prepareFrames, prepareJournal } from './frames.ts'
import { ForeignDatabase, migrate, migrationOptions } from './migrate.ts'
import { prepareOverview } from './overview.ts'
import { prepareRows } from './rows.ts'
import { prepareRuns } from './runs.ts'

const memory = ':memory:'

/** Opens a SQLite database: a path, whose folders are made, or `:memory:`. */
export async function openSqlite(name: string, options: StoreOptions, now: () => string): Promise<Backend> {
  const path = name === memory ? name : resolve(name)
  try {
    if (path !== memory) mkdirSync(dirname(path), { recursive: true })
    return await connect(path, options, now)
  } catch (error) {
    if (error instanceof ForeignDatabase) throw error
    throw new Error(`The database "${path}" cannot be opened: ${(error as Error).message}`, { cause: error })
  }
}

async function connect(path: string, options: StoreOptions, now: () => string): Promise<Backend> {
  const orm = new MikroORM({
    driver: Driver,
    dbName: path,
    entities,
    migrations: migrationOptions,
    // The loop stands still while SQLite waits for another process, so it does not wait for long.
    driverOptions: { timeout: 2000 }
  })
  try {
    const db = await orm.driver.getConnection().getNativeClient()
    configure(db, options.synchronous ?? 'normal')
    await migrate(orm, db, path)
    return backend(orm, db, path, now)
  } catch (error) {
    await orm.close()
    throw error
  }
}

function configure(db: Database, synchronous: 'normal' | 'full'): void {
  db.pragma('journal_mode = wal')
  db.pragma(`synchronous = ${synchronous}`)
  db.pragma('foreign_keys = on')
  // 64 MB, a backstop: checkpoints are made in a thread of their own long before.
  db.pragma('wal_autocheckpoint = 16384')
}

function backend(orm: MikroORM<Driver>, db: Database, path: string, now: () => string): Backend {
  const client = orm.driver.getConnection().getClient()
  // Waits its turn: inside a transaction that MikroORM has open, a commit would be undone along with it.
  const inTurn: InTurn = (work) => client.connection().execute(async () => work())
  const checkpoints = path === memory ? undefined : startCheckpoints(db, inTurn)
  return {
    em: orm.em,
    frames: framesOf(orm, db, now, inTurn, () => checkpoints?.committed()),
    async close() {
      await checkpoints?.close()
      await orm.close()
    }
  }
}

function framesOf(
  orm: MikroORM<Driver>,
  db: Database,
  now: () => string,
  inTurn: InTurn,
  committed: () => void
): Frames {
  const write = prepareCommit(db, now)
  const [read, copy, list] = [prepareFrames(db), prepareCopy(db, now), prepareOverview(db)]
  const [runs, rows] = [prepareRuns(db, now), prepareRows(db)]
  const entries = prepareJournal(db)
  const errors = orm.driver.getPlatform().getExceptionConverter()
  return {
    ...deleting(prepareDeletion(db), inTurn),
    frames: (run, options) => inTurn(() => read(run, options)),
    session: (id, user) => inTurn(() => rows.session(id, user)),
    settingsOf: (user) => inTurn(() => rows.settingsOf(user)),
    create: (run) => inTurn(() => runs.create(run)),
    journal: (run, after, kinds) => inTurn(() => entries(run, after, kinds)),
    get: (id) => inTurn(() => runs.get(id)),
    state: (id) => inTurn(() => runs.state(id)),
    saved: (id) => inTurn(() => runs.saved(id)),
    overview: (query) => inTurn(() => list(query)),
    copy: (fork) => inTurn(() => copy(fork)),
    async commit(changes) {
      try {
        await inTurn(() => write(changes))
        committed()
      } catch (error) {
        throw error instanceof Sqlite.SqliteError ? errors.convertException(error) : error
      }
    }
  }
}
