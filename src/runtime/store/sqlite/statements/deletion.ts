import { setImmediate } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Statements } from '../../backend.ts'

// What is deleted cannot be read from that moment on; its long log goes in slices, so that the loop never stands still.
const hide = `update run set status = 'deleted', session_id = null, waits_for = null where`
const oldSql = `${hide} id in (select id from run where updated_at < ? and status in ('complete', 'error', 'stopped')
  limit ?)`

/** Hides runs, and takes away piece by piece what is hidden. */
export interface Deletion {
  /** Deletes a session and hides its runs; false where there is no such session. */
  session(id: number, user?: string): boolean
  /** Hides a run; false where there is none. */
  run(id: number): boolean
  /** Hides runs that ended before a time, so many at most. */
  hideOld(before: string, limit: number): number
  /** Deletes so many rows at most of what is hidden; gives how many there were. */
  sweep(limit: number): number
}

/** Prepares the statements by which sessions and runs are deleted. */
export function prepareDeletion(db: Database): Deletion {
  const hideRuns = db.prepare(`${hide} session_id = ?`)
  const dropSession = db.prepare('delete from session where id = ?')
  const findSession = db.prepare('select 1 from session where id = ? and (? is null or user_id = ?)')
  const hideRun = db.prepare(`${hide} id = ? and status <> 'deleted'`)
  const hideOld = db.prepare(oldSql)

  function session(id: number, user?: string): boolean {
    if (!findSession.get(id, user ?? null, user ?? null)) return false
    hideRuns.run(id)
    return dropSession.run(id).changes > 0
  }
  return {
    session: db.transaction(session).immediate,
    run: (id) => hideRun.run(id).changes > 0,
    hideOld: (before, limit) => hideOld.run(before, limit).changes,
    sweep: prepareSweep(db)
  }
}

function prepareSweep(db: Database): Deletion['sweep'] {
  const hidden = db.prepare(`select id from run where status = 'deleted' limit 1`).pluck()
  // From the end: who is still reading such a log sees it end early, and never a gap.
  const dropFrames = db.prepare(
    'delete from frame where id in (select id from frame where run_id = ? order by seq desc limit ?)'
  )
  const dropEntries = db.prepare(
    'delete from journal where rowid in (select rowid from journal where run_id = ? order by n desc limit ?)'
  )
  const dropRun = db.prepare('delete from run where id = ?')
  return (limit) => {
    const run = hidden.get()
    if (run === undefined) return 0
    return (
      dropFrames.run(run, limit).changes || dropEntries.run(run, limit).changes || dropRun.run(run).changes
    )
  }
}

/** Does some work on the database when no transaction is open. */
export type InTurn = <Result>(work: () => Result | Promise<Result>) => Promise<Result>

/** How many rows of a log are deleted at a time, and how many runs are hidden. */
const SLICE = 500

/** What a store deletes, a slice at a time. */
export const deleting = (
  { session, run, hideOld, sweep }: Deletion,
  inTurn: InTurn
): Pick<Statements, 'deleteSession' | 'delete' | 'deleteOld'> => ({
  async deleteSession(id, user) {
    if (!(await inTurn(() => session(id, user)))) return false
    while ((await inTurn(() => sweep(SLICE))) > 0) await setImmediate()
    return true
  },
  async delete(id) {
    if (!(await inTurn(() => run(id)))) return false
    while ((await inTurn(() => sweep(SLICE))) > 0) await setImmediate()
    return true
  },
  deleteOld: (before, limit) =>
    inTurn(() => {
      const swept = sweep(limit)
      return swept > 0 ? swept : hideOld(before, limit)
    })
})
