import { MikroORM } from '@mikro-orm/core'
import type { Client } from 'pg'
import { type Backend, DatabaseInUse, type Statements, type StoreOptions } from '../backend.ts'
import { DatabaseUnreachable, Fenced, reasonOf } from '../commit-errors.ts'
import { entities } from '../entities.ts'
import { ForeignDatabase, migrationOptions } from '../migrations/run-migrations.ts'
import type { RunChange } from '../store.ts'
import { askDurability, Connection, configOf, mustBeDurable, onceMore, settings } from './connection.ts'
import { Driver } from './driver.ts'
import { beginAlone, type Fence } from './fence.ts'
import { migrate } from './migrate.ts'
import { Reachability } from './reachability.ts'
import { ServerLock } from './server-lock.ts'
import { claim } from './statements/claim.ts'
import { commit } from './statements/commit.ts'
import { prepareCopy } from './statements/copy.ts'
import { prepareDeletion } from './statements/deletion.ts'
import { readLogs } from './statements/frames.ts'
import { listRuns } from './statements/overview.ts'
import { Ranges } from './statements/ranges.ts'
import { readRows } from './statements/rows.ts'
import { prepareCreation } from './statements/runs.ts'

/** How many commits may be under way at once, and how many connections everyday work may have. */
const [LANES, POOL] = [2, 4]

/** Opens a database of PostgreSQL by its address. */
export async function openPostgres(url: string, options: StoreOptions, now: () => string): Promise<Backend> {
  const database = new Database(url, options)
  try {
    return await database.open(now)
  } catch (error) {
    await database.close()
    if (error instanceof ForeignDatabase || error instanceof DatabaseInUse) throw error
    throw new Error(`The database "${database.shown}" cannot be opened: ${reasonOf(error)}`, { cause: error })
  }
}

const findSchema = { name: 'schema', text: 'select current_schema()::text as schema' }

/** The connections to a database: each kind of work has its own, so that none waits for another. */
class Database {
  /** The address without the password. */
  readonly shown: string
  readonly #reachability = new Reachability()
  readonly #reads: Connection
  readonly #logs: Connection
  readonly #writes: Connection
  readonly #lanes: Connection[]
  readonly #lock: ServerLock | undefined
  readonly #taken: (error: DatabaseInUse) => void
  #fence: Fence | null = null
  readonly #url: string
  #orm: MikroORM<Driver> | undefined

  constructor(url: string, { alone, taken }: StoreOptions) {
    const connect = (role: string) => new Connection(url, role, { reachability: this.#reachability })
    this.shown = withoutPassword(url)
    this.#reads = connect('reads')
    this.#logs = connect('logs')
    this.#writes = connect('writes')
    this.#lanes = Array.from({ length: LANES }, (_, i) => connect(`commits ${i + 1}`))
    this.#taken = (error) => taken?.(error)
    if (alone) this.#lock = new ServerLock(url, this.shown, this.#taken)
    this.#url = url
  }

  async open(now: () => string): Promise<Backend> {
    await this.#lock?.take()
    const orm = ormOf(this.#url, await this.#schema())
    this.#orm = orm
    await migrate(orm, this.#writes, this.shown)
    if (this.#lock) this.#fence = await beginAlone(this.#writes)
    const ranges = new Ranges(this.#writes)
    await ranges.prepare()
    return {
      em: orm.em,
      statements: this.#statements(ranges, now),
      claim,
      read: onceMore,
      trouble: () => this.#reachability.trouble,
      close: () => this.close()
    }
  }

  async close(): Promise<void> {
    this.#reachability.close()
    const connections = [this.#reads, this.#logs, this.#writes, ...this.#lanes]
    await Promise.all(connections.map((connection) => connection.close()))
    await this.#orm?.close()
    await this.#lock?.release()
  }

  /** The schema in which the tables are: the first one of the search path that is there. */
  async #schema(): Promise<string> {
    const [row] = await this.#writes.rows<{ schema: string | null }>(findSchema)
    if (row!.schema === null) throw new Error('its search_path names no schema that is there')
    return row!.schema
  }

  #statements(ranges: Ranges, now: () => string): Statements {
    return {
      ...readRows(this.#reads),
      ...readLogs(this.#logs),
      ...prepareDeletion(this.#writes, ranges),
      overview: listRuns(this.#reads),
      create: prepareCreation(this.#writes, now, (id) => ranges.created(id)),
      copy: prepareCopy(this.#writes, now),
      commit: (changes, again = false) => this.#commit(changes, { now: now(), again })
    }
  }

  async #commit(changes: readonly RunChange[], given: { now: string; again: boolean }): Promise<void> {
    try {
      await commit(this.#lane(), changes, { ...given, fence: this.#fence })
    } catch (error) {
      if (error instanceof Fenced) this.#taken(new DatabaseInUse(`${this.shown}: ${error.message}.`))
      throw error
    }
  }

  /** The connection on which the fewest commits are under way. */
  #lane(): Connection {
    if (this.#lock && !this.#lock.held) throw new DatabaseUnreachable(new Error('the lock is lost'))
    return this.#lanes.reduce((best, lane) => (lane.underWay < best.underWay ? lane : best))
  }
}

/** MikroORM with a pool of connections that are checked and set like all others. */
const ormOf = (url: string, schema: string) =>
  new MikroORM({
    driver: Driver,
    dbName: new URL(url).pathname.slice(1),
    schema,
    entities,
    migrations: migrationOptions,
    pool: { min: 0, max: POOL },
    driverOptions: {
      ...configOf(url),
      application_name: 'troupe',
      async onConnect(client: Client) {
        const { rows } = await client.query(askDurability)
        mustBeDurable(rows[0])
        await client.query(settings)
      }
    }
  })

/** An address as it may be shown. */
function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  shown.searchParams.delete('password')
  return shown.href
}
