import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { ForeignDatabase } from '../migrations/run-migrations.ts'

// SQLite opens a database whose log file is missing without a word, and what was in the log is gone. So a server notes in
// the head of the database file, in the number that SQLite leaves to programs, that it is at work there.
const [CLOSED, OPEN] = [0, 1]
/** Where that number is in the file, in bytes. */
const AT = 60
/** How a log file begins that SQLite can read. */
const LOG = [0x377f0682, 0x377f0683]

/** Refuses a database that was not closed and whose log is not there, or is not one. An empty one is taken as it is. */
export function mustHaveItsLog(path: string): void {
  const log = `${path}-wal`
  if (!existsSync(path) || numberAt(path, AT) !== OPEN) return
  const first = existsSync(log) ? numberAt(log, 0) : undefined
  if (existsSync(log) && (first === undefined || LOG.includes(first))) return
  const what = existsSync(log) ? `${log} is no log of it` : `its log ${log} is missing`
  throw new ForeignDatabase(
    `The database "${path}" was not closed, and ${what}: the last commits are not in the database. Put the log back ` +
      'beside it. If it is lost, or there was none because another program has made this copy, put an empty file in ' +
      'its place: runs then go on from the last commits that are there.'
  )
}

/** Notes that a server is at work here. The note must stand in the file itself. */
export function markOpen(db: Database): void {
  mark(db, OPEN)
  db.pragma('wal_checkpoint(passive)')
}

/** Notes that the database is closed in order; what is in the log goes into the file when it is. */
export const markClosed = (db: Database): void => mark(db, CLOSED)

/**
 * Notes the same where a reader that has closed was the last one after a crash: SQLite has put the log into the file and
 * removed it. Only while no server has the database.
 */
export function markSettled(path: string): void {
  if (!existsSync(path) || existsSync(`${path}-wal`) || numberAt(path, AT) !== OPEN) return
  const file = openSync(path, 'r+')
  try {
    writeSync(file, Buffer.from([0, 0, 0, CLOSED]), 0, 4, AT)
  } finally {
    closeSync(file)
  }
}

function mark(db: Database, number: number): void {
  if (db.pragma('user_version', { simple: true }) !== number) db.pragma(`user_version = ${number}`)
}

/** The number of four bytes that stands somewhere in a file; undefined where the file is shorter. */
function numberAt(path: string, position: number): number | undefined {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(4)
    return readSync(file, bytes, 0, 4, position) === 4 ? bytes.readUInt32BE() : undefined
  } finally {
    closeSync(file)
  }
}
