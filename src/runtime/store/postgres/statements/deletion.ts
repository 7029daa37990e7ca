import type { Statements } from '../../backend.ts'
import type { Connection } from '../connection.ts'
import { encodeText } from '../text.ts'
import type { Ranges } from './ranges.ts'

// What is deleted cannot be read from that moment on; its long log goes in slices, so that nothing waits for it.
const hide = `update run set status = 'deleted', session_id = null, waits_for = null`

const dropSession = {
  name: 'drop_session',
  text: `with found as (
      select id from session where id = $1::bigint and ($2::text is null or user_id = $2) for update),
    hidden as (
      ${hide} where id in (select run.id from run join found on session_id = found.id order by run.id for update)),
    dropped as (delete from session where id in (select id from found) returning 1)
    select count(*) from dropped`
}
const hideRun = {
  name: 'hide_run',
  text: `with hidden as (${hide} where id = $1::bigint and status <> 'deleted' returning 1)
    select count(*) from hidden`
}
const hideOld = {
  name: 'hide_old',
  text: `with hidden as (
      ${hide} where id in (
        select id from run where updated_at < $1::timestamptz and status in ('complete', 'error', 'stopped')
        order by id limit $2::bigint for update)
      returning 1)
    select count(*) from hidden`
}
// Not those that soon go with all their range.
const findHidden = {
  name: 'find_hidden',
  text: `select id from run where status = 'deleted' and not id / $2::bigint = any($1::bigint[]) limit 1`
}
// From the end: a client that is still reading such a log sees it end early, and never a gap.
const dropFrames = {
  name: 'drop_frames',
  text: `with dropped as (
      delete from frame where run_id = $1::bigint and seq in (
        select seq from frame where run_id = $1::bigint order by seq desc limit $2::bigint) returning 1)
    select count(*) from dropped`
}
const dropEntries = {
  name: 'drop_entries',
  text: `with dropped as (
      delete from journal where run_id = $1::bigint and n in (
        select n from journal where run_id = $1::bigint order by n desc limit $2::bigint) returning 1)
    select count(*) from dropped`
}
const dropRun = {
  name: 'drop_run',
  text: 'with dropped as (delete from run where id = $1::bigint returning 1) select count(*) from dropped'
}

/** How many rows of a log are deleted at a time where a session goes. */
const SLICE = 500

/** Deletes sessions and old runs. */
export function prepareDeletion(
  connection: Connection,
  ranges: Ranges
): Pick<Statements, 'deleteSession' | 'delete' | 'deleteOld'> {
  const count = async (...statement: Parameters<Connection['rows']>) =>
    (await connection.rows<{ count: number }>(...statement))[0]!.count

  /** Deletes so many rows at most of what is hidden; gives how many there were. */
  async function sweep(limit: number): Promise<number> {
    const [hidden] = await connection.rows<{ id: number }>(findHidden, [ranges.going, ranges.size])
    if (!hidden) return 0
    const run = hidden.id
    return (
      (await count(dropFrames, [run, limit])) ||
      (await count(dropEntries, [run, limit])) ||
      (await count(dropRun, [run]))
    )
  }
  return {
    async deleteSession(id, user) {
      const values = [id, user === undefined ? null : encodeText(user)]
      if ((await count(dropSession, values)) === 0) return false
      while ((await sweep(SLICE)) > 0);
      return true
    },
    async delete(id) {
      if ((await count(hideRun, [id])) === 0) return false
      while ((await sweep(SLICE)) > 0);
      return true
    },
    async deleteOld(before, limit) {
      // Nothing ended before the empty text.
      const old = before === '' ? '-infinity' : before
      const hidden = await count(hideOld, [old, limit])
      if (hidden > 0) return hidden
      if (before !== '') await ranges.look(before)
      return (await sweep(limit)) || (await ranges.drop())
    }
  }
}
