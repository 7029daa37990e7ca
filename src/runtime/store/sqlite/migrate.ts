import { setTimeout } from 'node:timers/promises'
import type { MikroORM } from '@mikro-orm/core'
import type { Database } from 'better-sqlite3'
import { ForeignDatabase, isUpToDate, migrationTable, runMigrations } from '../migrations/run-migrations.ts'
import { migrations } from '../migrations/sqlite/index.ts'

/** Brings the tables of a database up to date. Where they are already, the migrator is not even loaded. */
export async function migrate(orm: MikroORM, db: Database, path: string): Promise<void> {
  for (let tries = 1; !upToDate(db, path); tries++) {
    try {
      await runMigrations(orm, migrations)
    } catch (error) {
      // Another process may be at it too. Its transaction excludes ours: look again, it is done in a moment.
      if (tries === 5) throw error
      await setTimeout(tries * 20)
    }
  }
}

/** Columns that tables of the first migration lacked while it was still being written. */
const sinceFirst: Record<string, readonly string[]> = {
  run: ['team', 'title', 'waits_for'],
  run_state: ['wake_at']
}

/** Refuses a database of an unfinished version, whose tables no migration changes. */
function mustBeOfRelease(db: Database, path: string): void {
  for (const [table, columns] of Object.entries(sinceFirst)) {
    const there = db.pragma(`table_info(${table})`) as { name: string }[]
    const missing = columns.filter((column) => there.every(({ name }) => name !== column))
    if (missing.length === 0) continue
    throw new ForeignDatabase(
      `The database "${path}" was written by an unfinished version of Troupe: its table ${table} has no ${missing.join(', ')}. ` +
        'It cannot be brought up to date; name another one (--database) or move it away.'
    )
  }
}

/** Whether all known migrations have run. Throws where others have. */
function upToDate(db: Database, path: string): boolean {
  const tables = db.prepare(`select name from sqlite_master where type = 'table'`).pluck().all()
  if (!tables.includes(migrationTable)) {
    if (tables.length === 0) return false
    throw new ForeignDatabase(`The database "${path}" holds the tables of another program.`)
  }
  mustBeOfRelease(db, path)
  const done = db.prepare(`select name from ${migrationTable}`).pluck().all() as string[]
  return isUpToDate(done, migrations, path)
}
