import { rowVersion } from '../../rows.ts'
import type { RunLog, RunRow } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { bigintArray, textArray } from './binary-arrays.ts'
import { runColumns, runOf } from './rows.ts'

type Given = Parameters<RunLog['create']>[0]

interface Asked extends PromiseWithResolvers<RunRow> {
  given: Given
}

const insert = {
  name: 'create_runs',
  text: `insert into run (session_id, user_id, version, status, task, options, created_at, updated_at)
    select session_id, user_id, $4::text, 'created', '{}', options, $5::timestamptz, $5::timestamptz
    from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality as given (session_id, user_id, options, n)
    order by n returning ${runColumns}`
}

/** Creates runs: those that are asked for in one turn of the event loop in one transaction, which waits for one disk. */
export function prepareCreation(connection: Connection, now: () => string, created: (id: number) => void) {
  let waiting: Asked[] = []

  async function insertAll(asked: readonly Asked[]): Promise<void> {
    const given = asked.map((one) => one.given)
    try {
      const rows = await connection.rows<Parameters<typeof runOf>[0]>(insert, [
        bigintArray(given.map(({ session_id }) => session_id)),
        textArray(given.map(({ user_id }) => user_id)),
        textArray(given.map(({ options = null }) => (options === null ? null : JSON.stringify(options)))),
        rowVersion,
        now()
      ])
      created(rows.at(-1)!.id)
      for (const [i, row] of rows.entries()) asked[i]!.resolve(runOf(row))
    } catch (error) {
      // One whose session is gone keeps no other one from being made.
      if (asked.length === 1) asked[0]!.reject(error)
      else for (const one of asked) await insertAll([one])
    }
  }
  return (given: Given): Promise<RunRow> => {
    const asked = { given, ...Promise.withResolvers<RunRow>() }
    if (waiting.push(asked) === 1)
      setImmediate(() => {
        const all = waiting
        waiting = []
        void insertAll(all)
      })
    return asked.promise
  }
}
