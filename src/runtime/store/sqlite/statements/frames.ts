import type { Database } from 'better-sqlite3'
import type { JournalEntry, RunLog, StoredFrame } from '../../store.ts'

/** Reads frames by prepared statements: a client that comes back may ask for 10,000, and MikroORM takes 10 µs for each. */
export function prepareFrames(
  db: Database
): (run: number, options?: Parameters<RunLog['frames']>[1]) => StoredFrame[] {
  const select = (condition: string) =>
    db.prepare<unknown[], StoredFrame>(
      `select id, seq, type, text, created_at from frame where run_id = ? and seq > ?${condition} order by seq limit ?`
    )
  const any = select('')
  const ofType = select(' and type = ?')
  // A negative limit is none.
  return (run, { after = 0, limit = -1, type } = {}) =>
    type === undefined ? any.all(run, after, limit) : ofType.all(run, after, type, limit)
}

/** Reads journals likewise: a run that is brought back needs all of its own, and nothing else goes on meanwhile. */
export function prepareJournal(
  db: Database
): (run: number, after?: number, kinds?: readonly string[]) => JournalEntry[] {
  const select = (condition: string) =>
    db.prepare<unknown[], JournalEntry>(
      `select n, kind, body from journal where run_id = ? and n > ?${condition} order by n`
    )
  const any = select('')
  const ofKinds = select(' and kind in (select value from json_each(?))')
  return (run, after = 0, kinds) =>
    kinds === undefined ? any.all(run, after) : ofKinds.all(run, after, JSON.stringify(kinds))
}
