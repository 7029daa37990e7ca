import { join } from 'node:path'
import { afterAll, inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL that tests have; null where none can be started, undefined in tests that want none. */
    postgres: string | null | undefined
  }
}

/** Whether these tests are of PostgreSQL. */
export const onPostgres = () => inject('postgres') != null

/**
 * The address of a database for a folder: a file in it, or a database of PostgreSQL. The same folder has the same
 * database until it is given back.
 */
export async function databaseIn(folder: string, name = 'troupe.db'): Promise<string> {
  const file = join(folder, name)
  const postgres = inject('postgres')
  if (!postgres) return `sqlite:${file}`
  const database = taken.get(file) ?? (await take(postgres))
  taken.set(file, database)
  return `${postgres}/${database}`
}

/** Gives back the databases of a folder. */
export function giveBack(folder: string): void {
  for (const [file, database] of taken) {
    if (!file.startsWith(join(folder, '/'))) continue
    taken.delete(file)
    free.push(database)
  }
}

/** Databases that were made for this file of tests: those in use, by their files, and those that may be used again. */
const taken = new Map<string, string>()
const free: string[] = []
let made = 0

async function take(postgres: string): Promise<string> {
  const { asAdmin, TEMPLATE } = await import('../postgres/cluster.ts')
  const used = free.pop()
  if (used === undefined) {
    const database = `test_${process.pid}_${++made}`
    await asAdmin(postgres, `create database ${database} template ${TEMPLATE}`)
    return database
  }
  await empty(`${postgres}/${used}`)
  return used
}

const tables = [
  'run',
  'session',
  'team',
  'frame',
  'journal',
  'settings',
  'gallery',
  'secret',
  'taken',
  'token'
]
const numbered = ['run', 'session', 'team', 'frame', 'settings', 'gallery']

/** Deletes all rows, and lets ids begin anew: quicker than to make a database. */
async function empty(url: string): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(tables.map((table) => `delete from ${table}`).join('; '))
  await client.query(`select ${numbered.map((table) => `setval('${table}_id_seq', 1, false)`).join(', ')}`)
  await client.end()
}

afterAll(async () => {
  const postgres = inject('postgres')
  if (!postgres || made === 0) return
  const { asAdmin } = await import('../postgres/cluster.ts')
  const names = Array.from({ length: made }, (_, i) => `test_${process.pid}_${i + 1}`)
  await asAdmin(postgres, ...names.map((name) => `drop database if exists ${name} with (force)`))
})
