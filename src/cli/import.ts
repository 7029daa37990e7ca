import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { hold, holdDatabase } from './hold.ts'
import { command, type Io, parse } from './io.ts'

/** `troupe import FILE`: takes what an AutoGen Studio database holds. */
export async function importCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe import', 'Takes what an AutoGen Studio database (SQLite) holds.', io)
    .argument('<file>', 'the database of AutoGen Studio; it is only read')
    .option('--data-dir <folder>', 'where everything is kept', process.env.TROUPE_DATA_DIR ?? './.troupe')
    .option('--database <url>', 'sqlite:<path> (default: troupe.db in the data folder)')
  const done = parse(program, args)
  if (done !== undefined) return done
  try {
    await takeFrom(resolve(program.args[0]!), program.opts(), io)
    return 0
  } catch (error) {
    io.stderr(`troupe: ${(error as Error).message}\n`)
    return 1
  }
}

async function takeFrom(file: string, given: { dataDir: string; database?: string }, io: Io): Promise<void> {
  const { openStudio } = await import('../runtime/store/studio-database.ts')
  const { importStudio } = await import('../server/import/studio-import.ts')
  const { openStore } = await import('../runtime/store/open-store.ts')
  const studio = openStudio(file)
  const folder = resolve(given.dataDir)
  mkdirSync(folder, { recursive: true })
  const database = given.database ?? process.env.TROUPE_DATABASE ?? `sqlite:${join(folder, 'troupe.db')}`
  const releases = [hold(folder)]
  try {
    releases.push(holdDatabase(database))
    const store = await openStore({ database })
    try {
      const { taken, known, leftOut } = await importStudio(studio, store)
      for (const [table, count] of Object.entries(taken))
        io.stdout(`${table}: ${count} taken, ${known[table as keyof typeof known]} known already`)
      for (const line of leftOut) io.stdout(`not taken: ${line}`)
    } finally {
      await store.close()
    }
  } finally {
    for (const release of releases) release()
    studio.close()
  }
}
