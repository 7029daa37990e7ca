import Database from 'better-sqlite3'
import { vi } from 'vitest'
import type { RuntimeOptions } from '../../src/runtime/host/runtime.ts'
import { onPostgres } from './database.ts'
import { query } from './database-contents.ts'
import { ManualClock } from './manual-clock.ts'
import { runtimeHere } from './runtime-here.ts'

/** A runtime and its database. */
export async function withDatabase(options: Pick<RuntimeOptions, 'log'> = {}) {
  const pragma = vi.spyOn(Database.prototype, 'pragma')
  const clock = new ManualClock()
  const here = await runtimeHere({ clock, ...options })
  /** The connection that the store has to a file. */
  const own = pragma.mock.contexts[0] as unknown as Database.Database
  /** Changes the database from outside. */
  const change = (sql: string, ...values: unknown[]) => query(here.database, sql, ...values)
  return { ...here, clock, own, change, here }
}

/** What a test has of a runtime and its database. */
export type Site = Awaited<ReturnType<typeof withDatabase>>

/** Makes the database fail; gives how it is made well again. */
type Failure = { how(site: Site): Promise<() => unknown>; says: RegExp }

const ofSqlite: Record<string, Failure> = {
  'is full': {
    async how({ own }) {
      own.pragma(`max_page_count = ${own.pragma('page_count', { simple: true })}`)
      return () => own.pragma('max_page_count = 1000000')
    },
    says: /database or disk is full/
  },
  'is read-only': {
    async how({ own }) {
      own.pragma('query_only = on')
      return () => own.pragma('query_only = off')
    },
    says: /attempt to write a readonly database/
  },
  'is locked by another process': {
    async how({ own }) {
      own.pragma('busy_timeout = 0')
      const thief = new Database(own.name)
      thief.exec('begin immediate')
      return () => thief.close()
    },
    says: /database is locked/
  }
}

/** A database of PostgreSQL, changed from another one, and how its connections are ended. */
function fromOutside(database: string) {
  const name = new URL(database).pathname.slice(1)
  const ask = (sql: string) => query(database.replace(/[^/]*$/, 'postgres'), sql)
  return {
    alter: (how: string) => ask(`alter database ${name} ${how}`),
    cut: () => ask(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  }
}

const ofPostgres: Record<string, Failure> = {
  'is full': {
    async how({ change }) {
      const raise = `raise exception using errcode = 'disk_full', message = 'No space left on device'`
      await change(
        `create function full_disk() returns trigger language plpgsql as $$ begin ${raise}; end $$`
      )
      await change('create trigger full_disk before insert on frame execute function full_disk()')
      return () => change('drop function full_disk() cascade')
    },
    says: /No space left on device/
  },
  'is read-only': {
    async how({ database }) {
      const { alter, cut } = fromOutside(database)
      await alter('set default_transaction_read_only = on')
      await cut()
      return async () => {
        await alter('set default_transaction_read_only = off')
        await cut()
      }
    },
    says: /in a read-only transaction/
  }
}

/** How a database fails. */
export const failures = onPostgres() ? ofPostgres : ofSqlite
