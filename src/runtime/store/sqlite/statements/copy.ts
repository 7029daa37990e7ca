import type { Database } from 'better-sqlite3'
import type { Fork } from '../../store.ts'
import { frameSql, journalSql } from './commit.ts'

const runSql = `insert into run (user_id, version, created_at, updated_at, session_id, status, error_message,
    team, title, waits_for, task, options, team_config)
  select user_id, version, @at, @at, session_id, 'active', null, team, title, null, task, options, team_config
  from run where id = @of and status <> 'deleted'`
const stateSql = `insert into run_state (run_id, revision, seq, journal, wake_at, snapshot)
  select @run, revision, @seq, @n, null, 'null' from run_state where run_id = @of`
const entriesSql = `insert into journal (run_id, n, kind, body)
  select @run, n, kind, body from journal where run_id = @of and n <= @n order by n`
// Each frame's text ends with the run's id and its own number. Ids come as texts: a number would be written as `5.0`.
const framesSql = `insert into frame (run_id, seq, type, text, created_at)
  select @run, seq, type,
    substr(text, 1, length(text) - length('"run_id":' || @of || ',"seq":' || seq || '}'))
      || '"run_id":' || @run || ',"seq":' || seq || '}',
    created_at
  from frame where run_id = @of and seq <= @seq order by seq`

/** Makes a run that shares the beginning of another one's log, in one transaction; gives its id. */
export function prepareCopy(db: Database, now: () => string): (fork: Fork) => number {
  const [copyRun, copyState, copyEntries, copyFrames] = [runSql, stateSql, entriesSql, framesSql].map((sql) =>
    db.prepare(sql)
  ) as [Prepared, Prepared, Prepared, Prepared]
  const [insertFrame, insertEntry] = [db.prepare(frameSql), db.prepare(journalSql)]

  function copy({ of, seq, n, more }: Fork): number {
    const at = now()
    const made = copyRun.run({ of, at })
    if (made.changes === 0) throw new Error(`There is no run ${of} in the database`)
    const run = Number(made.lastInsertRowid)
    const { frames, journal } = more(run)
    copyFrames.run({ of: String(of), run: String(run), seq })
    copyEntries.run({ of, run, n })
    for (const frame of frames) insertFrame.run(run, frame.seq, frame.type, frame.text, at)
    for (const entry of journal) insertEntry.run(run, entry.n, entry.kind, entry.body)
    copyState.run({ of, run, seq: seq + frames.length, n: n + journal.length })
    return run
  }
  return db.transaction(copy).immediate
}

type Prepared = ReturnType<Database['prepare']>
