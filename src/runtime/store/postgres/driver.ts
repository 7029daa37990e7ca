import type { Configuration, ExceptionConverter } from '@mikro-orm/core'
import { AbstractSqlDriver, PostgreSqlConnection, PostgreSqlPlatform } from '@mikro-orm/postgresql'
import { Errors } from './errors.ts'
import { encodeText } from './text.ts'

/** MikroORM's driver for PostgreSQL, with texts that may hold the character NUL and ids that may be large. */
export class Driver extends AbstractSqlDriver<PostgreSqlConnection> {
  constructor(config: Configuration) {
    super(config, new Platform(), PostgreSqlConnection, ['kysely', 'pg'])
  }
}

class Platform extends PostgreSqlPlatform {
  readonly #errors = new Errors(super.getExceptionConverter())

  override getExceptionConverter(): ExceptionConverter {
    return this.#errors
  }

  // MikroORM writes values into the statement itself.
  override escape(value: unknown): string {
    if (typeof value !== 'string') return super.escape(value)
    return `E'${encodeText(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  }

  override getIntegerTypeDeclarationSQL(column: { autoincrement?: boolean }): string {
    return column.autoincrement ? 'bigserial' : 'bigint'
  }
}
