import type { RunLog } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { UNKNOWN_RUN } from '../errors.ts'
import { bigintArray, textArray } from './binary-arrays.ts'

const nextId = { name: 'next_run', text: `select nextval('run_id_seq') as id` }

// Each frame's text ends with the run's id and its own number.
const copyRun = {
  name: 'copy_run',
  text: `with made as (
      insert into run (id, user_id, version, created_at, updated_at, session_id, status, error_message,
        team, title, waits_for, task, options, team_config)
      select $2::bigint, user_id, version, $3::timestamptz, $3::timestamptz, session_id, 'active', null,
        team, title, null, task, options, team_config
      from run where id = $1::bigint and status <> 'deleted' returning id),
    state as (
      insert into run_state (run_id, revision, seq, journal, wake_at, snapshot)
      select $2::bigint, revision, $4::bigint + cardinality($6::bigint[]), $5::bigint + cardinality($9::bigint[]),
        null, 'null'
      from run_state where run_id = $1::bigint),
    frames as (
      insert into frame (run_id, seq, type, text, created_at)
      select $2::bigint, seq, type, left(text, -length(format('"run_id":%s,"seq":%s}', $1::bigint, seq)))
        || format('"run_id":%s,"seq":%s}', $2::bigint, seq), created_at
      from frame where run_id = $1::bigint and seq <= $4::bigint
      union all
      select $2::bigint, seq, type, text, $3::timestamptz
      from unnest($6::bigint[], $7::text[], $8::text[]) as given (seq, type, text)
      order by seq),
    entries as (
      insert into journal (run_id, n, kind, body)
      select $2::bigint, n, kind, body from journal where run_id = $1::bigint and n <= $5::bigint
      union all
      select $2::bigint, * from unnest($9::bigint[], $10::text[], $11::text[]))
    select troupe_fail('${UNKNOWN_RUN}', $1::text) where not exists (select from made)`
}

/** Makes a run that shares the beginning of another one's log, in one transaction; gives its id. */
export const prepareCopy =
  (connection: Connection, now: () => string): RunLog['copy'] =>
  async ({ of, seq, n, more }) => {
    const [next] = await connection.rows<{ id: number }>(nextId)
    const run = next!.id
    const { frames, journal } = more(run)
    await connection.rows(copyRun, [
      ...[of, run, now(), seq, n],
      bigintArray(frames.map((frame) => frame.seq)),
      textArray(frames.map(({ type }) => type)),
      textArray(frames.map(({ text }) => text)),
      bigintArray(journal.map((entry) => entry.n)),
      textArray(journal.map(({ kind }) => kind)),
      textArray(journal.map(({ body }) => body))
    ])
    return run
  }
