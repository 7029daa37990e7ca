import Database from 'better-sqlite3'
import pg from 'pg'

/** Carries out one statement on a database beside its server; places of values are `?`. Gives the rows, if any. */
export async function query<Row extends object>(
  database: string,
  sql: string,
  ...values: unknown[]
): Promise<Row[]> {
  const file = /^sqlite:(.*)$/s.exec(database)?.[1]
  if (file === undefined) return askPostgres(database, sql, values)
  // A reader that may write would put the log of a server that was killed into the file, and remove it.
  const db = new Database(file, { timeout: 5000, readonly: /^\s*select/i.test(sql) })
  try {
    const statement = db.prepare(sql)
    if (statement.reader) return statement.all(...values) as Row[]
    statement.run(...values)
    return []
  } finally {
    db.close()
  }
}

async function askPostgres<Row extends object>(
  database: string,
  sql: string,
  values: unknown[]
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database })
  // Numbers as SQLite gives them.
  client.setTypeParser(pg.types.builtins.INT8, Number)
  await client.connect()
  let place = 0
  try {
    return (
      await client.query<Row>(
        sql.replace(/\?/g, () => `$${++place}`),
        values
      )
    ).rows
  } finally {
    await client.end()
  }
}

/** The names of all tables of a database. */
export async function tablesOf(database: string): Promise<string[]> {
  const sql = database.startsWith('sqlite:')
    ? `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
    : `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition
       and relnamespace = current_schema()::regnamespace`
  return (await query<{ name: string }>(database, sql)).map(({ name }) => name)
}

/** All rows of a table. */
export const rowsOf = (database: string, table: string) =>
  query<Record<string, unknown>>(database, `select * from "${table}"`)
