import type { MikroORM } from '@mikro-orm/core'
import type { KnownMigration } from './known-migration.ts'

/** The table that names the migrations that were carried out. */
export const migrationTable = 'migration'

/** The options of MikroORM for migrations. It must not look for files: packaged, there are none. */
export const migrationOptions = { tableName: migrationTable, snapshot: false, silent: true }

/** A database that this program must not touch; the message says which, and why. */
export class ForeignDatabase extends Error {}

/** Carries out the migrations that were not yet. MikroORM's migrator is loaded for it. */
export async function runMigrations(orm: MikroORM, migrations: readonly KnownMigration[]): Promise<void> {
  const { Migrator } = await import('@mikro-orm/migrations')
  const migrationsList = await Promise.all(
    migrations.map(async ({ name, load }) => ({ name, class: await load() }))
  )
  orm.config.set('migrations', { ...orm.config.get('migrations'), migrationsList })
  Migrator.register(orm)
  await orm.migrator.up()
}

/** Whether all known migrations were carried out, by the names of those that were. Throws where there are others. */
export function isUpToDate(
  done: readonly string[],
  migrations: readonly KnownMigration[],
  database: string
): boolean {
  const unknown = done.find((name) => !migrations.some((migration) => migration.name === name))
  if (unknown)
    throw new ForeignDatabase(
      `The database "${database}" was written by a newer Troupe: it has the migration "${unknown}".`
    )
  return done.length === migrations.length
}
