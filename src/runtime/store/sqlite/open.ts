import { chmodSync, closeSync, existsSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { MikroORM } from '@mikro-orm/core'
import Sqlite, { type Database } from 'better-sqlite3'
import { type Backend, DatabaseInUse, type Statements, type StoreOptions } from '../backend.ts'
import { entities } from '../entities.ts'
import { ForeignDatabase, migrationOptions } from '../migrations/run-migrations.ts'
import { startCheckpoints } from './checkpoints.ts'
import { Driver } from './driver.ts'
import { migrate } from './migrate.ts'
import { markClosed, markOpen, markSettled, mustHaveItsLog } from './open-mark.ts'
import { takeFile } from './server-lock.ts'
import { claim } from './statements/claim.ts'
import { prepareCommit } from './statements/commit.ts'
import { prepareCopy } from './statements/copy.ts'
import { deleting, type InTurn, prepareDeletion } from './statements/deletion.ts'
import { prepareFrames, prepareJournal } from './statements/frames.ts'
import { prepareOverview } from './statements/overview.ts'
import { prepareRows } from './statements/rows.ts'
import { prepareRuns } from './statements/runs.ts'

const memory = ':memory:'

/** Opens a SQLite database: a path, whose folders are made, or `:memory:`. */
export async function openSqlite(name: string, options: StoreOptions, now: () => string): Promise<Backend> {
  const path = name === memory ? name : resolve(name)
  try {
    return path === memory ? await connect(path, options, now) : await openFile(path, options, now)
  } catch (error) {
    if (error instanceof ForeignDatabase || error instanceof DatabaseInUse) throw error
    throw new Error(`The database "${path}" cannot be opened: ${(error as Error).message}`, { cause: error })
  }
}

/** Opens a file; for one server alone where that is asked for. */
async function openFile(given: string, options: StoreOptions, now: () => string): Promise<Backend> {
  mkdirSync(dirname(given), { recursive: true, mode: 0o700 })
  const path = existsSync(given) ? realpathSync(given) : given
  const lock = options.alone ? takeFile(path, `${path}-lock`) : undefined
  try {
    mustHaveItsLog(path)
    hide(path)
    const backend = await connect(path, options, now)
    const close = async () => {
      await backend.close()
      lock?.release()
      if (!lock) settle(path)
    }
    return { ...backend, close }
  } catch (error) {
    lock?.release()
    throw error
  }
}

/** Lets only the owner read a database, also one of an older version; SQLite gives the files beside it the same mode. */
function hide(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(file, 0o600)
    } catch (error) {
      // It is not there, or belongs to another user, who says how it may be read.
      if (!['ENOENT', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
}

/** After a reader has closed, where no server has the database. */
function settle(path: string): void {
  try {
    const lock = takeFile(path, `${path}-lock`)
    markSettled(path)
    lock.release()
  } catch {
    // A server has it, or the file cannot be written: it says itself how it stands.
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
    if (options.alone) markOpen(db)
    return backend(orm, db, path, now, options.alone === true)
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

function backend(
  orm: MikroORM<Driver>,
  db: Database,
  path: string,
  now: () => string,
  isAlone: boolean
): Backend {
  const client = orm.driver.getConnection().getClient()
  const { damage } = orm.driver
  // Waits its turn: inside a transaction that MikroORM has open, a commit would be undone along with it.
  const inTurn: InTurn = (work) =>
    client.connection().execute(async () => {
      try {
        return work()
      } catch (error) {
        damage.note(error)
        throw error
      }
    })
  // A process that exits without closing still closes its databases, and SQLite removes the log then.
  const onExit = () => db.open && markClosed(db)
  if (isAlone) process.once('exit', onExit)
  const checkpoints = path === memory ? undefined : startCheckpoints(db, inTurn)
  return {
    em: orm.em,
    statements: statementsOf(orm, db, now, inTurn, () => checkpoints?.committed()),
    claim,
    read: (read) => read(),
    trouble: () => damage.trouble,
    async close() {
      await checkpoints?.close()
      process.off('exit', onExit)
      if (isAlone) markClosed(db)
      await orm.close()
    }
  }
}

function statementsOf(
  orm: MikroORM<Driver>,
  db: Database,
  now: () => string,
  inTurn: InTurn,
  committed: () => void
): Statements {
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
