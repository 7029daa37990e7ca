import { setTimeout } from 'node:timers/promises'
import type { MikroORM } from '@mikro-orm/core'
import type { Database } from 'better-sqlite3'
import { migrations } from '../migrations/sqlite/index.ts'

const table = 'migration'

/** A file that this program must not touch, and why. */
export class ForeignDatabase extends Error {
  constructor(path: string, why: string) {
    super(`The database "${path}" ${why}`)
    this.name = 'ForeignDatabase'
  }
}

/** Brings the tables of a database up to date. Where they are already, the migrator is not even loaded. */
export async function migrate(orm: MikroORM, db: Database, path: string): Promise<void> {
  for (let tries = 1; !upToDate(db, path); tries++) {
    try {
      await runMigrator(orm)
    } catch (error) {
      // Another process may be at it too. Its transaction excludes ours: look again, it is done in a moment.
      if (tries === 5) throw error
      await setTimeout(tries * 20)
    }
  }
}

/** Whether all known migrations have run. Throws where others have. */
function upToDate(db: Database, path: string): boolean {
  const tables = db.prepare(`select name from sqlite_master where type = 'table'`).pluck().all()
  if (!tables.includes(table)) {
    if (tables.length > 0) throw new ForeignDatabase(path, 'holds the tables of another program.')
    return false
  }
  const done = db.prepare(`select name from ${table}`).pluck().all()
  const unknown = done.find((name) => !migrations.some((migration) => migration.name === name))
  if (unknown)
    throw new ForeignDatabase(path, `was written by a newer Troupe: it has the migration "${unknown}".`)
  return done.length === migrations.length
}

async function runMigrator(orm: MikroORM): Promise<void> {
  const { Migrator } = await import('@mikro-orm/migrations')
  const migrationsList = await Promise.all(
    migrations.map(async ({ name, load }) => ({ name, class: await load() }))
  )
  orm.config.set('migrations', { ...orm.config.get('migrations'), migrationsList })
  Migrator.register(orm)
  await orm.migrator.up()
}

/** What MikroORM is told about migrations. It must not look for files: packaged, there are none. */
export const migrationOptions = { tableName: table, snapshot: false, silent: true }
