import { AbstractSqlDriver, type Configuration, SqliteConnection, SqlitePlatform } from '@mikro-orm/sqlite'
import { Damage } from './damage.ts'

/** MikroORM's driver for SQLite, which takes texts that hold the character NUL as well. */
export class Driver extends AbstractSqlDriver<SqliteConnection> {
  /** What is known of damages of the file. */
  readonly damage: Damage

  constructor(config: Configuration) {
    const platform = new Platform()
    super(config, platform, SqliteConnection, ['kysely', 'better-sqlite3'])
    this.damage = platform.getExceptionConverter()
  }
}

// Moments are texts. MikroORM writes values into the statement itself, and SQLite reads a statement only up to the first NUL.
class Platform extends SqlitePlatform {
  readonly #damage = new Damage(super.getExceptionConverter())

  override getExceptionConverter(): Damage {
    return this.#damage
  }

  override getDateTimeTypeDeclarationSQL(): string {
    return 'text'
  }

  override escape(value: unknown): string {
    if (typeof value === 'string' && value.includes('\0'))
      return `cast(x'${Buffer.from(value).toString('hex')}' as text)`
    return super.escape(value)
  }
}
