import { describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { Connection } from '../../src/runtime/store/postgres/connection.ts'
import { prepareDeletion } from '../../src/runtime/store/postgres/statements/deletion.ts'
import { Ranges } from '../../src/runtime/store/postgres/statements/ranges.ts'
import { databaseIn } from '../support/database.ts'
import { query } from '../support/database-contents.ts'
import { temporary } from '../support/run-server.ts'
import { ann, change, entries, frames, state } from '../support/store-context.ts'

const SIZE = 10
const NOW = Date.UTC(2030, 0, 10)
const DAY = 86_400_000
/** The beginning of a day, so many days before the present of these tests. */
const daysAgo = (days: number) => new Date(NOW - days * DAY).toISOString()

/** A store whose ranges are small, and whose clock a test sets. */
async function withRanges() {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  await query(
    database,
    'drop table if exists frame_from_0, journal_from_0, frame_from_100000, journal_from_100000'
  )
  let now = NOW
  const store = await openStore({ database, now: () => now })
  // What the store has made is too large for a test.
  for (const log of ['frame', 'journal'])
    for (const from of [0, 100_000]) await query(database, `drop table if exists ${log}_from_${from}`)
  const connection = new Connection(database, 'test')
  const ranges = new Ranges(connection, { size: SIZE, few: 1 / 10 })
  await ranges.prepare()
  const deletion = prepareDeletion(connection, ranges)
  onTestFinished(async () => {
    await connection.close()
    await store.close()
    for (const table of await partitions(database))
      if (!table.endsWith('default')) await query(database, `drop table ${table}`)
    await remove()
  })
  const session = await store.sessions.insert({ name: '', team_id: null, user_id: ann })
  /** Makes a run with a log that has a status since so many days. */
  async function run(status: 'active' | 'complete', days: number): Promise<number> {
    now = NOW - days * DAY
    const { id } = await store.runs.create({ session_id: session.id, user_id: ann })
    await store.runs.commit([
      change(id, { frames: frames(1, 2, 3), journal: entries(1, 2), state: state(3), row: { status } })
    ])
    return id
  }
  const partitionOf = async (id: number) =>
    (
      await query<{ name: string }>(
        database,
        `select tableoid::regclass::text as name from frame where run_id = ? limit 1`,
        id
      )
    )[0]?.name
  return { database, store, ranges, deletion, run, partitionOf }
}

const partitions = async (database: string) =>
  (
    await query<{ name: string }>(
      database,
      `select inhrelid::regclass::text as name from pg_inherits
       where inhparent in ('frame'::regclass, 'journal'::regclass) order by 1`
    )
  ).map(({ name }) => name)

describe('the logs of runs', () => {
  test('stand in the range of their run, and ranges are made ahead', async () => {
    const { database, store, ranges, run, partitionOf } = await withRanges()
    for (let id = 1; id <= 25; id++) {
      expect(await run('active', 0)).toBe(id)
      ranges.created(id)
      const rangeOf = (run: number) => `frame_from_${Math.floor(run / SIZE) * SIZE}`
      // Made when half of a range is left.
      await expect.poll(() => partitions(database)).toContain(rangeOf(id + SIZE / 2))
      expect(await partitionOf(id)).toBe(rangeOf(id))
    }
    expect(await partitions(database)).toEqual(
      expect.arrayContaining(['journal_from_0', 'journal_from_10', 'journal_from_20'])
    )
    expect(await store.runs.frames(25)).toHaveLength(3)
  })

  test('that stand outside keep their range from being made, and can be read all the same', async () => {
    const { database, store, ranges, run, partitionOf } = await withRanges()
    await query(database, `select setval('run_id_seq', 500)`)
    const id = await run('active', 0)
    expect(await partitionOf(id)).toBe('frame_default')
    await ranges.prepare()
    expect(await partitions(database)).not.toContain('frame_from_500')
    expect(await store.runs.frames(id)).toHaveLength(3)
    await store.runs.commit([change(id, { frames: frames(4) })])
    expect(await partitionOf(id)).toBe('frame_default')
  })
})

describe('a range in which nearly all is old', () => {
  /** Deletes what ended more than five days ago, until nothing is left to be deleted. */
  async function retain(deletion: Awaited<ReturnType<typeof withRanges>>['deletion']): Promise<number> {
    let rounds = 0
    while ((await deletion.deleteOld(daysAgo(5), 100)) > 0) rounds++
    return rounds
  }

  test('is dropped as a whole, and what is to be kept is not touched [RETAIN-6]', async () => {
    const { database, store, deletion, run, partitionOf } = await withRanges()
    const old: number[] = []
    for (let i = 0; i < 9; i++) old.push(await run('complete', 30))
    for (let i = 0; i < 5; i++) await run('active', 0)
    await retain(deletion)
    expect(await partitions(database)).not.toContain('frame_from_0')
    expect(await query(database, 'select 1 from run where id < 10')).toEqual([])
    for (const id of old) expect(await store.runs.frames(id)).toEqual([])
    expect(await store.runs.frames(12)).toHaveLength(3)
    expect(await partitionOf(12)).toBe('frame_from_10')
  })

  test('moves the few that are kept', async () => {
    const { database, store, deletion, run, partitionOf } = await withRanges()
    for (let i = 0; i < 9; i++) await run('complete', 30)
    for (let i = 0; i < 5; i++) await run('active', 0)
    const kept = 4
    await query(database, `update run set status = 'awaiting_input' where id = ?`, kept)
    await retain(deletion)
    expect(await partitions(database)).not.toContain('frame_from_0')
    expect(await store.runs.frames(kept)).toHaveLength(3)
    expect(await store.runs.journal(kept)).toHaveLength(2)
    expect(await partitionOf(kept)).toBe('frame_default')
    await store.runs.commit([change(kept, { frames: frames(4), journal: entries(3) })])
    expect(await store.runs.frames(kept)).toHaveLength(4)
    expect(await query(database, 'select id from run where id < 10')).toEqual([{ id: kept }])
  })

  test('waits for what will be old within a day, and deletes one by one where more is to be kept', async () => {
    const { database, store, deletion, run } = await withRanges()
    for (let i = 0; i < 8; i++) await run('complete', 30)
    const soon = await run('complete', 4.5)
    for (let i = 0; i < 5; i++) await run('active', 0)
    await retain(deletion)
    expect(await store.runs.get(1)).toBeUndefined()
    expect(await store.runs.get(soon)).toBeDefined()
    // Nothing is deleted one by one that soon goes as a whole.
    expect(await query(database, 'select 1 from frame where run_id = 1')).toHaveLength(3)
    const other = await withRangesOfMany()
    await retain(other.deletion)
    expect(await partitions(other.database)).toContain('frame_from_0')
    expect(await query(other.database, 'select 1 from frame where run_id = 1')).toEqual([])
  })

  /** A range of which half is to be kept. */
  async function withRangesOfMany() {
    const here = await withRanges()
    for (let i = 0; i < 5; i++) await here.run('complete', 30)
    for (let i = 0; i < 9; i++) await here.run('active', 0)
    return here
  }
})
