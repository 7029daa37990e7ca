import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { markClosed } from './open-mark.ts'

/** Copies a database all at once, as it stood at one moment; the file is there only when it is whole. */
export async function backup(from: string, to: string): Promise<void> {
  if (!existsSync(from)) throw new Error(`There is no database "${from}".`)
  if (existsSync(to)) throw new Error(`There is a file "${to}" already.`)
  const db = new Database(from, { readonly: true, timeout: 10_000 })
  const part = `${to}.part`
  try {
    rmSync(part, { force: true })
    // Only its owner reads it, as the database itself.
    closeSync(openSync(part, 'wx', 0o600))
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
function standAlone(copy: Database.Database): void {
  copy.pragma('journal_mode = delete')
  markClosed(copy)
  const check = copy.pragma('quick_check', { simple: true })
  copy.close()
  if (check !== 'ok') throw new Error(`The copy is not whole: ${check}`)
}
