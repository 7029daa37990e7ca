import { AbstractSqlDriver, type Configuration, SqliteConnection, SqlitePlatform } from '@mikro-orm/sqlite'

/** MikroORM's driver for SQLite, which takes texts that hold the character NUL as well. */
export class Driver extends AbstractSqlDriver<SqliteConnection> {
  constructor(config: Configuration) {
    super(config, new Platform(), SqliteConnection, ['kysely', 'better-sqlite3'])
  }
}

// MikroORM writes values into the statement itself, and SQLite reads a statement only up to the first NUL.
class Platform extends SqlitePlatform {
  override escape(value: unknown): string {
    if (typeof value === 'string' && value.includes('\0'))
      return `cast(x'${Buffer.from(value).toString('hex')}' as text)`
    return super.escape(value)
  }
}
