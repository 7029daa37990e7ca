import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { DatabaseInUse } from '../backend.ts'

/** A lock that a process holds until it lets go of it or ends, by whatever way. */
export interface FileLock {
  release(): void
}

interface Holder {
  pid: number
  host: string
}

/**
 * Takes a database file, or a folder, for this process: `DatabaseInUse` is thrown where another process has it. The lock
 * is one of the file system, by way of SQLite: a transaction that stays open in a small database beside the file. It
 * holds between containers too that share a volume, and is gone with the process.
 */
export function takeFile(path: string, lockFile: string): FileLock {
  const db = new Database(lockFile, { timeout: 200 })
  try {
    db.pragma('synchronous = off')
    const begin = db.prepare('begin immediate')
    begin.run()
    // Others may read who has it, so it is committed. What begins in between keeps us from beginning again.
    db.exec('create table if not exists holder (pid integer, host text); delete from holder')
    db.prepare('insert into holder values (?, ?)').run(process.pid, hostname())
    db.exec('commit')
    begin.run()
  } catch (error) {
    const inUse = (error as { code?: string }).code?.startsWith('SQLITE_BUSY')
    const holder = inUse ? holderOf(db) : ''
    db.close()
    throw inUse ? new DatabaseInUse(`${path} is in use by ${holder}.`) : error
  }
  // What is open ends with the connection.
  return { release: () => void db.close() }
}

/** Takes a folder in which a server keeps its data. */
export const takeFolder = (folder: string): FileLock => takeFile(folder, join(folder, 'troupe.lock'))

function holderOf(db: Database.Database): string {
  try {
    const { pid, host } = db.prepare<[], Holder>('select pid, host from holder').get()!
    return host === hostname() ? `the process ${pid}` : `the process ${pid} of ${host}`
  } catch {
    return 'another process'
  }
}
