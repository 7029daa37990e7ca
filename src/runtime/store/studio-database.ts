import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'

/** The tables that are taken. */
export type StudioTable = 'team' | 'session' | 'run' | 'message' | 'settings' | 'gallery'

/** A row of an AutoGen Studio database: what every row has, and its other columns as they are stored. */
export interface StudioRow {
  id: number
  user_id: string | null
  /** ISO 8601 in UTC. */
  created_at: string
  updated_at: string
  /** Tells the row from all others of its kind, in every database. */
  source: string
  columns: Record<string, unknown>
}

/** An AutoGen Studio database that is read. */
export interface StudioDatabase {
  /** The rows of a table, oldest first; none where there is no such table. */
  rows(table: StudioTable): Iterable<StudioRow>
  /** The rows of other tables, by name: nothing here has a place for them. */
  others: Record<string, number>
  close(): void
}

const tables: readonly string[] = ['team', 'session', 'run', 'message', 'settings', 'gallery']
const itsOwn = /^(sqlite_.*|alembic_version)$/

/** Opens an AutoGen Studio database for reading; the error says why it is none. */
export function openStudio(file: string): StudioDatabase {
  const db = open(file)
  const found = namesIn(db, file)
  const count = (name: string) => db.prepare(`select count(*) from "${name}"`).pluck().get() as number
  const others = found.filter((name) => !tables.includes(name) && !itsOwn.test(name))
  return {
    rows: (table) => (found.includes(table) ? rowsOf(db, table) : []),
    others: Object.fromEntries(others.map((name) => [name, count(name)] as const).filter(([, n]) => n > 0)),
    close: () => db.close()
  }
}

function open(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, fileMustExist: true })
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`)
  }
}

function namesIn(db: Database.Database, file: string): string[] {
  let names: string[]
  try {
    names = db.prepare(`select name from sqlite_master where type = 'table'`).pluck().all() as string[]
  } catch (error) {
    db.close()
    throw new Error(`${file} is no SQLite database: ${(error as Error).message}`)
  }
  if (['team', 'session', 'run', 'message'].every((name) => names.includes(name)) && !names.includes('frame'))
    return names
  db.close()
  throw new Error(`${file} is no database of AutoGen Studio: its tables are ${names.join(', ') || 'none'}.`)
}

function* rowsOf(db: Database.Database, table: StudioTable): Generator<StudioRow> {
  for (const row of db.prepare(`select * from "${table}" order by id`).iterate()) {
    const { id, user_id, created_at, updated_at, version: _, ...columns } = row as Record<string, unknown>
    const owner = user_id == null ? null : String(user_id)
    const created = timeOf(created_at)
    yield {
      id: Number(id),
      user_id: owner,
      created_at: created,
      updated_at: updated_at == null ? created : timeOf(updated_at),
      source: createHash('sha256')
        .update(JSON.stringify([table, id, owner, created_at]))
        .digest('hex'),
      columns
    }
  }
}

/** `2026-11-20 10:33:59.669045` as ISO 8601: such times are in UTC. */
function timeOf(value: unknown): string {
  const [date, time] = String(value ?? '').split(/[ T]/)
  if (!date || !time) return new Date(0).toISOString()
  return `${date}T${time}${/(Z|[+-]\d\d:?\d\d)$/.test(time) ? '' : 'Z'}`
}

/** The JSON of a column; undefined where there is none, or it is broken. */
export function jsonIn({ columns }: StudioRow, name: string): unknown {
  const text = columns[name]
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}
