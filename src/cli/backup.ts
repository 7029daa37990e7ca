import { existsSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { command, flag, type Io, parse } from './io.ts'

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
    await backup(
      pathOf(database ?? `sqlite:${join(resolve(dataDir), 'troupe.db')}`),
      resolve(program.args[0]!)
    )
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

/** Copies all at once, as it stood at one moment; the file is there only when it is whole. */
async function backup(from: string, to: string): Promise<void> {
  if (!existsSync(from)) throw new Error(`There is no database "${from}".`)
  if (existsSync(to)) throw new Error(`There is a file "${to}" already.`)
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(from, { readonly: true, timeout: 10_000 })
  const part = `${to}.part`
  try {
    rmSync(part, { force: true })
    // In one step: one that is made in several begins anew whenever the server writes in between.
    await db.backup(part, { progress: () => 0x7fffffff })
    standAlone(new Database(part))
    renameSync(part, to)
  } finally {
    db.close()
    rmSync(part, { force: true })
  }
}

/** A copy needs no log file beside it, and has none. */
function standAlone(copy: import('better-sqlite3').Database): void {
  copy.pragma('journal_mode = delete')
  const [check] = copy.pragma('quick_check', { simple: false }) as { quick_check: string }[]
  copy.close()
  if (check?.quick_check !== 'ok') throw new Error(`The copy is not whole: ${check?.quick_check}`)
}
