import { UniqueConstraintViolationException } from '@mikro-orm/core'
import type { RunChange, RunState } from '../../store.ts'
import type { Connection, Statement } from '../connection.ts'
import { FENCED, UNKNOWN_RUN } from '../errors.ts'
import type { Fence } from '../fence.ts'
import { bigintArray, textArray } from './binary-arrays.ts'

interface CommitOptions {
  /** ISO 8601. */
  now: string
  /** The connection broke the last time, so that these changes may be stored already. */
  again: boolean
  /** Under which name this server writes, if it may be that another one has taken over. */
  fence: Fence | null
}

/** Writes changes of many runs in one transaction, all or none: one statement, one round trip, one wait for the disk. */
export async function commit(
  connection: Connection,
  changes: readonly RunChange[],
  { now, again, fence }: CommitOptions
): Promise<void> {
  if (changes.length === 0) return
  const arrays: Arrays = { ...logsOf(changes), state: statesOf(changes), row: rowsOf(changes) }
  const used = names.filter((name) => arrays[name] !== null)
  const runs = bigintArray([...new Set(changes.map(({ run }) => run))])
  try {
    const values: (Buffer | string | number)[] = [runs, now, ...used.flatMap((name) => arrays[name]!)]
    if (fence) values.push(fence.node, fence.epoch)
    await connection.rows(statementOf(used, fence !== null), values)
  } catch (error) {
    const doubled = again && error instanceof UniqueConstraintViolationException
    if (!doubled || !(await areThere(connection, arrays))) throw error
  }
}

const names = ['frame', 'journal', 'state', 'row'] as const
type Name = (typeof names)[number]
/** What each part of a commit has to do, an array for each column; null where it has nothing to do. */
type Arrays = Record<Name, readonly Buffer[] | null>

const columns = [
  'status',
  'error_message',
  'team',
  'title',
  'waits_for',
  'task',
  'options',
  'team_config'
] as const
const asJson: readonly string[] = ['task', 'options', 'team_config']

/** The types of the arrays of each part. */
const types: Record<Name, readonly string[]> = {
  frame: ['bigint', 'bigint', 'text', 'text'],
  journal: ['bigint', 'bigint', 'text', 'text'],
  state: ['bigint', 'bigint', 'bigint', 'bigint', 'text', 'text'],
  row: ['bigint', 'bigint', ...columns.map(() => 'text')]
}

/** What each part does with the rows that its arrays make. */
const statementsOf: Record<Name, (rows: string) => string> = {
  frame: (rows) => `insert into frame (run_id, seq, type, text, created_at)
    select run_id, seq, type, text, $2::timestamptz from ${rows} as given (run_id, seq, type, text)`,
  journal: (rows) => `insert into journal (run_id, n, kind, body) select * from ${rows}`,
  state: (rows) => `insert into run_state (run_id, revision, seq, journal, wake_at, snapshot)
    select run_id, revision, seq, journal, wake_at::timestamptz, snapshot
    from ${rows} as given (run_id, revision, seq, journal, wake_at, snapshot)
    on conflict (run_id) do update set revision = excluded.revision, seq = excluded.seq,
    journal = excluded.journal, wake_at = excluded.wake_at, snapshot = excluded.snapshot`,
  // Which columns are given stands in a number, a bit for each: null is a value too.
  row: (rows) => `update run set updated_at = $2::timestamptz,
    ${columns.map((name, i) => `${name} = case when bits & ${2 ** i} > 0 then given.${name} else run.${name} end`)}
    from ${rows} as given (run_id, bits, ${columns}) where id = given.run_id and run.status <> 'deleted'`
}

// `frame` and `journal` have no foreign keys, which would cost half as much again: a commit looks for its runs itself.
const missing = `missing as (
  select given.id from unnest($1::bigint[]) as given (id) left join run on run.id = given.id and status <> 'deleted'
  where run.id is null limit 1)`
const failWhereMissing = `select troupe_fail('${UNKNOWN_RUN}', id::text) from missing where $2::text <> ''`

// The lock of a foreign key: a transaction that raises the epoch waits for it.
const fenceOf = (node: string, epoch: string) =>
  `fence as (select 1 from node where id = ${node}::bigint and epoch = ${epoch}::bigint for key share)`
const failWhereFenced = `union all
  select troupe_fail('${FENCED}', '') where not exists (select from fence)`

const prepared = new Map<string, Statement>()

/** The statement of a commit that has some parts, made when it is first needed. `$1` are the runs, `$2` the time. */
function statementOf(used: readonly Name[], fenced: boolean): Statement {
  const name = ['commit', ...used, ...(fenced ? ['fenced'] : [])].join('_')
  const known = prepared.get(name)
  if (known) return known
  let next = 3
  const parts = used.map((part) => {
    const arrays = types[part].map((type) => `$${next++}::${type}[]`)
    return `${part}_part as (${statementsOf[part](`unnest(${arrays.join(', ')})`)})`
  })
  const fence = fenced ? [fenceOf(`$${next}`, `$${next + 1}`)] : []
  const all = [...fence, missing, ...parts].join(', ')
  const made = { name, text: `with ${all} ${failWhereMissing} ${fenced ? failWhereFenced : ''}` }
  prepared.set(name, made)
  return made
}

/** The frames and entries of all runs. */
function logsOf(changes: readonly RunChange[]): Pick<Arrays, 'frame' | 'journal'> {
  const frames = { runs: [] as number[], seqs: [] as number[], types: [] as string[], texts: [] as string[] }
  const entries = { runs: [] as number[], ns: [] as number[], kinds: [] as string[], bodies: [] as string[] }
  for (const { run, frames: added, journal } of changes) {
    for (const { seq, type, text } of added) {
      frames.runs.push(run)
      frames.seqs.push(seq)
      frames.types.push(type)
      frames.texts.push(text)
    }
    for (const { n, kind, body } of journal) {
      entries.runs.push(run)
      entries.ns.push(n)
      entries.kinds.push(kind)
      entries.bodies.push(body)
    }
  }
  return {
    frame: arraysOf([frames.runs, frames.seqs], [frames.types, frames.texts]),
    journal: arraysOf([entries.runs, entries.ns], [entries.kinds, entries.bodies])
  }
}

/** The last state that each run is given. */
function statesOf(changes: readonly RunChange[]): Arrays['state'] {
  const last = new Map<number, RunState>()
  for (const { run, state } of changes) if (state) last.set(run, state)
  const states = [...last.values()]
  return arraysOf(
    [
      [...last.keys()],
      states.map(({ revision }) => revision),
      states.map(({ seq }) => seq),
      states.map(({ journal }) => journal)
    ],
    [states.map(({ wake_at }) => wake_at), states.map(({ snapshot }) => snapshot)]
  )
}

/** What is given of runs' rows, by run: rows are locked in the same order everywhere. */
function rowsOf(changes: readonly RunChange[]): Arrays['row'] {
  const merged = new Map<number, NonNullable<RunChange['row']>>()
  for (const { run, row } of changes) if (row) merged.set(run, { ...merged.get(run), ...row })
  if (merged.size === 0) return null
  const rows = [...merged].sort(([a], [b]) => a - b)
  const bits = rows.map(([, row]) =>
    columns.reduce((sum, name, i) => (row[name] === undefined ? sum : sum + 2 ** i), 0)
  )
  const texts = columns.map((name) =>
    rows.map(([, row]) => {
      const value = row[name]
      if (value === undefined) return null
      return asJson.includes(name) ? JSON.stringify(value) : (value as string | null)
    })
  )
  return arraysOf([rows.map(([run]) => run), bits], texts)
}

function arraysOf(numbers: number[][], texts: (string | null)[][]): readonly Buffer[] | null {
  return numbers[0]!.length === 0 ? null : [...numbers.map(bigintArray), ...texts.map(textArray)]
}

const countFrames = {
  name: 'count_frames',
  text: `select count(*) from frame join unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])
    as given (run_id, seq, type, text) using (run_id, seq, text)`
}
const countEntries = {
  name: 'count_entries',
  text: `select count(*) from journal join unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])
    as given (run_id, n, kind, body) using (run_id, n, body)`
}

/** Whether all frames and entries of a commit are stored, word for word: then its first try went through. */
async function areThere(connection: Connection, { frame, journal }: Arrays): Promise<boolean> {
  for (const [arrays, statement] of [
    [frame, countFrames],
    [journal, countEntries]
  ] as const) {
    if (!arrays) continue
    const [row] = await connection.rows<{ count: number }>(statement, arrays)
    if (row!.count !== countOf(arrays)) return false
  }
  return true
}

/** How many elements an array has. */
const countOf = ([array]: readonly Buffer[]) => array!.readInt32BE(12)
