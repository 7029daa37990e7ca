import { mkdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Store } from '../runtime/store/store.ts'
import { command, type Io, parse } from './io.ts'
import { secretKeyFlag, secretKeysOf } from './secret-key.ts'
import { needingSqlite } from './sqlite.ts'

interface Options {
  dataDir: string
  database?: string
  secretKeyFile?: string
  user: string
}

/** `troupe import FILE…`: takes what an AutoGen Studio database holds, or teams, galleries and states in files. */
export async function importCommand(args: string[], io: Io): Promise<number> {
  const program = command(
    'troupe import',
    'Takes what an AutoGen Studio database (SQLite) holds, and teams, galleries and saved states in files.',
    io
  )
    .argument('<file...>', 'a database of AutoGen Studio, or JSON or YAML files; they are only read')
    .option('--data-dir <folder>', 'where everything is kept', process.env.TROUPE_DATA_DIR ?? './.troupe')
    .option('--database <url>', 'sqlite:<path> or postgres://… (default: troupe.db in the data folder)')
    .addOption(secretKeyFlag())
    .option('--user <id>', 'whose the teams, galleries and states in files are', 'guestuser@gmail.com')
  const done = parse(program, args)
  if (done !== undefined) return done
  try {
    return await takeFrom(
      program.args.map((file) => resolve(file)),
      program.opts(),
      io
    )
  } catch (error) {
    io.stderr(`troupe: ${(error as Error).message}\n`)
    return 1
  }
}

async function takeFrom(files: string[], given: Options, io: Io): Promise<number> {
  const { openStore } = await import('../runtime/store/open-store.ts')
  const readable = await Promise.all(files.map((file) => sourceAt(file)))
  const folder = resolve(given.dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const database = given.database ?? process.env.TROUPE_DATABASE ?? `sqlite:${join(folder, 'troupe.db')}`
  const { takeFolder } = await needingSqlite(() => import('../runtime/store/sqlite/server-lock.ts'))
  const lock = takeFolder(folder)
  try {
    const store = await openStore({
      database,
      alone: true,
      secretKeys: await secretKeysOf(given.secretKeyFile)
    })
    let good = true
    try {
      for (const take of readable) good = (await takeOne(take, store, given.user, io)) && good
    } finally {
      await store.close()
    }
    return good ? 0 : 1
  } finally {
    lock.release()
  }
}

type Take = (store: Store, user: string) => Promise<string[]>

/** One file that cannot be taken does not keep the others from being taken. */
async function takeOne(take: Take, store: Store, user: string, io: Io): Promise<boolean> {
  try {
    for (const line of await take(store, user)) io.stdout(line)
    return true
  } catch (error) {
    io.stderr(`troupe: ${(error as Error).message}\n`)
    return false
  }
}

/** How a file is taken. Throws where it cannot be read. */
async function sourceAt(file: string): Promise<Take> {
  if (isDatabase(file)) return (store) => takeDatabase(file, store)
  const { readDocument } = await import('../runtime/components/documents/read-document.ts')
  const document = await readDocument(file)
  return async (store, owner) => {
    const { importDocument } = await import('../server/import/file-import.ts')
    return importDocument(store, { name: basename(file), document, owner })
  }
}

function isDatabase(file: string): boolean {
  try {
    return readFileSync(file).subarray(0, 15).toString('latin1') === 'SQLite format 3'
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`)
  }
}

async function takeDatabase(file: string, store: Store): Promise<string[]> {
  const { openStudio } = await needingSqlite(() => import('../runtime/store/studio-database.ts'))
  const { importStudio } = await import('../server/import/studio-import.ts')
  const studio = openStudio(file)
  try {
    const { taken, known, leftOut, changed } = await importStudio(studio, store)
    return [
      ...Object.entries(taken).map(
        ([table, count]) => `${table}: ${count} taken, ${known[table as keyof typeof known]} known already`
      ),
      ...changed,
      ...leftOut.map((line) => `not taken: ${line}`)
    ]
  } finally {
    studio.close()
  }
}
