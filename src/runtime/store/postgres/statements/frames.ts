import type { JournalEntry, RunLog, StoredFrame } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { encodeText } from '../text.ts'
import { textArray } from './binary-arrays.ts'

const framesWhere = (condition: string) =>
  `select id, seq, type, text, created_at from frame
   where run_id = $1::bigint and seq > $2::bigint ${condition} order by seq limit $3::bigint`
const entriesWhere = (condition: string) =>
  `select n, kind, body from journal where run_id = $1::bigint and n > $2::bigint ${condition} order by n`

const anyFrames = { name: 'frames', text: framesWhere('') }
const framesOfType = { name: 'frames_of_type', text: framesWhere('and type = $4::text') }
const anyEntries = { name: 'entries', text: entriesWhere('') }
const entriesOfKinds = { name: 'entries_of_kinds', text: entriesWhere('and kind = any($3::text[])') }

/** Reads frames and journals of runs. */
export const readLogs = (connection: Connection): Pick<RunLog, 'frames' | 'journal'> => ({
  frames: (run, { after = 0, limit = null, type } = {}) =>
    type === undefined
      ? connection.read<StoredFrame>(anyFrames, [run, after, limit])
      : connection.read<StoredFrame>(framesOfType, [run, after, limit, encodeText(type)]),
  journal: (run, after = 0, kinds) =>
    kinds === undefined
      ? connection.read<JournalEntry>(anyEntries, [run, after])
      : connection.read<JournalEntry>(entriesOfKinds, [run, after, textArray(kinds)])
})
