import { join, resolve } from 'node:path'
import { command, flag, type Io, parse } from './io.ts'
import { needingSqlite } from './sqlite.ts'

interface Options {
  database?: string
  dataDir: string
}

/** `troupe backup FILE`: copies the database, also while a server uses it. */
export async function backupCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe backup', 'Copies the database, also while a server uses it.', io)
    .argument('<file>', 'where the copy goes; there must be no such file yet')
    .addOption(flag('--database <url>', 'sqlite:<path> (default: troupe.db in the data folder)'))
    .addOption(flag('--data-dir <folder>', 'where the server keeps everything').default('./.troupe'))
  const done = parse(program, args)
  if (done !== undefined) return done
  const { database, dataDir } = program.opts<Options>()
  try {
    const from = pathOf(database ?? `sqlite:${join(resolve(dataDir), 'troupe.db')}`)
    const { backup } = await needingSqlite(() => import('../runtime/store/sqlite/backup.ts'))
    await backup(from, resolve(program.args[0]!))
  } catch (error) {
    io.stderr(`troupe: ${(error as Error).message}\n`)
    return 1
  }
  io.stdout(`${program.args[0]} holds the whole database.`)
  return 0
}

function pathOf(url: string): string {
  const [, path] = /^sqlite:(?!:memory:)(.+)$/s.exec(url) ?? []
  if (path === undefined) throw new Error(`Only a database in a SQLite file can be copied, not "${url}".`)
  return resolve(path)
}
