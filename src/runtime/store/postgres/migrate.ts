import type { MikroORM } from '@mikro-orm/core'
import { migrations } from '../migrations/postgres/index.ts'
import { ForeignDatabase, isUpToDate, migrationTable, runMigrations } from '../migrations/run-migrations.ts'
import type { Connection } from './connection.ts'

const wait = { name: 'wait_to_migrate', text: `select pg_advisory_lock(hashtext('troupe migrations'))` }
const leave = { name: 'end_migration', text: `select pg_advisory_unlock(hashtext('troupe migrations'))` }
const findTables = {
  name: 'find_tables',
  text: `select tablename::text as name from pg_tables where schemaname = current_schema()
    and tablename in ('${migrationTable}', 'run', 'run_state', 'session', 'team', 'frame', 'journal', 'settings',
      'gallery', 'secret', 'taken', 'conversation', 'token')`
}
const findMigrations = {
  name: 'find_migrations',
  text: `select name::text from ${migrationTable} order by id`
}

/**
 * Brings the tables of a database up to date, one server at a time. Tables of other programs may stand beside them,
 * unless they have the name of one of ours.
 */
export async function migrate(orm: MikroORM, connection: Connection, shown: string): Promise<void> {
  if (await upToDate(connection, shown)) return
  await connection.rows(wait)
  try {
    if (!(await upToDate(connection, shown))) await runMigrations(orm, migrations)
  } finally {
    await connection.rows(leave)
  }
}

async function upToDate(connection: Connection, shown: string): Promise<boolean> {
  const tables = (await connection.rows<{ name: string }>(findTables)).map(({ name }) => name)
  if (!tables.includes(migrationTable)) {
    if (tables.length === 0) return false
    throw new ForeignDatabase(
      `The database "${shown}" holds the tables of another program: ${tables.join(', ')}. Name another database, or a ` +
        'schema of its own (?options=-c search_path=troupe).'
    )
  }
  const done = await connection.rows<{ name: string }>(findMigrations)
  return isUpToDate(
    done.map(({ name }) => name),
    migrations,
    shown
  )
}
