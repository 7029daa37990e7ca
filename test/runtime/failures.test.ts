import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openStore } from '../../src/runtime/store/mikro.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Frame } from '../support/run-client.ts'
import { temporary } from '../support/run-server.ts'
import { type Ear, patience, runtimeHere } from '../support/runtime-here.ts'
import { asker, assistant, replayModel, roundRobin, talkers } from '../support/some-teams.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A runtime, the connection that its store has, and another one to the same file. */
async function withDatabase() {
  const pragma = vi.spyOn(Database.prototype, 'pragma')
  const clock = new ManualClock()
  const here = await runtimeHere({ clock })
  const own = pragma.mock.contexts[0] as unknown as Database.Database
  const other = () => new Database(own.name, { timeout: 5000 })
  /** Changes the file from outside. */
  const change = (sql: string, ...values: unknown[]) => {
    const db = other()
    db.prepare(sql).run(...values)
    db.close()
  }
  return { clock, own, other, change, here, ...here }
}

type Site = Awaited<ReturnType<typeof withDatabase>>

/** Makes the database fail; gives how it is made well again. */
type Failure = (site: Site) => () => void

const failures: Record<string, { how: Failure; says: RegExp }> = {
  'is full': {
    how({ own }) {
      own.pragma(`max_page_count = ${own.pragma('page_count', { simple: true })}`)
      return () => own.pragma('max_page_count = 1000000')
    },
    says: /database or disk is full/
  },
  'is read-only': {
    how({ own }) {
      own.pragma('query_only = on')
      return () => own.pragma('query_only = off')
    },
    says: /attempt to write a readonly database/
  },
  'is locked by another process': {
    how({ own, other }) {
      own.pragma('busy_timeout = 0')
      const thief = other()
      thief.exec('begin immediate')
      return () => thief.close()
    },
    says: /database is locked/
  }
}

const numbers = (frames: Frame[]) => frames.map(({ seq }) => seq)
const counted = (frames: Frame[]) => frames.map((_, i) => i + 1)
/** A team that needs some room on the disk. */
const large = (count: number) => {
  const answers = Array.from({ length: count }, (_, i) => String(i).padEnd(20_000, '.'))
  return roundRobin([assistant('talker', replayModel(answers, { delay_ms: 3 }))], count + 1)
}

describe.each(Object.entries(failures))('while the database %s', (_, { how, says }) => {
  test('nothing is told that is not stored, and afterwards all of it, in order', async () => {
    const site = await withDatabase()
    const { runtime, begin, follow, log } = site
    const runs = [await begin(large(40)), await begin(large(40))]
    const ears: Ear[] = []
    for (const { id } of runs) ears.push((await follow(id)).ear)
    await expect.poll(() => ears[0]!.heard.length, patience).toBeGreaterThan(3)
    const heal = how(site)
    await expect.poll(() => String(runtime.failure), patience).toMatch(says)
    for (const [i, { id }] of runs.entries()) expect(numbers(ears[i]!.heard)).toEqual(numbers(await log(id)))
    heal()
    await Promise.all(runs.map(({ ended }) => ended))
    expect(runtime.failure).toBeNull()
    for (const [i, { id }] of runs.entries()) {
      expect(ears[i]!.heard.at(-1)).toMatchObject({ type: 'result' })
      expect(numbers(ears[i]!.heard)).toEqual(counted(ears[i]!.heard))
      expect(ears[i]!.heard.map(({ replay: _, ...frame }) => frame)).toEqual(await log(id))
    }
  })

  test('no run begins, and a run that was begun says nothing until it is stored', async () => {
    const site = await withDatabase()
    const { begin, follow, store, session, runtime } = site
    const created = await store.runs.create({ session_id: session, user_id: 'me' })
    const heal = how(site)
    const live = runtime.start(created, { task: [], team_config: large(1) })
    const { ear } = await follow(created.id)
    await expect.poll(() => String(runtime.failure), patience).toMatch(says)
    expect(ear.heard).toEqual([])
    expect((await store.runs.get(created.id))!.status).toBe('created')
    heal()
    await live.ended
    expect(ear.heard.length).toBeGreaterThan(0)
    await (await begin(talkers(1))).ended
  })
})

/** A run that waits for a person, put away, and another one like it. */
async function twoThatWait(site: Site): Promise<[number, number]> {
  const { begin, becomes, here } = site
  const [one, other] = [await begin(asker()), await begin(asker())]
  for (const { id } of [one, other]) await becomes(id, 'awaiting_input')
  await here.runtime.close()
  return [one.id, other.id]
}

const journalOf = 'select max(n) from journal where run_id = ?'
const damages: Record<string, { sql: string; says: RegExp }> = {
  'a journal entry that is no JSON': {
    sql: `update journal set body = 'torn' where run_id = ?`,
    says: /cannot go on after a restart: .*JSON/
  },
  'a frame that is no JSON': {
    sql: `update frame set text = 'torn' where run_id = ? and type = 'message'`,
    says: /cannot go on after a restart: .*JSON/
  },
  'a journal entry of somebody else': {
    sql: `update journal set body = replace(body, 'writer', 'reader') where run_id = ?`,
    says: /does not fit this version of the program/
  },
  'a snapshot of a newer revision': {
    sql: 'update run_state set revision = 1000 where run_id = ?',
    says: /kept by revision 1000, a newer version/
  },
  'a team that is not known any more': {
    sql: `update run set team_config = replace(team_config, 'RoundRobinGroupChat', 'GoneChat') where id = ?`,
    says: /no component with the provider "autogen_agentchat.teams.GoneChat"/
  },
  'no word of how it was started': {
    sql: 'update run set options = null where id = ?',
    says: /how it was started is not known/
  }
}

describe.each(Object.entries(damages))('a run with %s', (_, { sql, says }) => {
  test('ends as an error that says why, and the others go on', async () => {
    const site = await withDatabase()
    const [damaged, sound] = await twoThatWait(site)
    const { change, here } = site
    change(sql, damaged)
    change(`update run set status = 'active' where id in (?, ?)`, damaged, sound)
    await here.restart()
    await expect.poll(() => here.status(damaged), patience).toBe('error')
    const end = (await here.log(damaged).catch(() => [])).at(-1)
    if (end) expect(end.data.task_result.messages[0].content).toMatch(says)
    expect((await here.store.runs.get(damaged))!.error_message).toMatch(says)
    const live = await here.runtime.live(sound)
    expect(live.answer('Good.')).not.toBeNull()
    await live.ended
    expect(await here.status(sound)).toBe('complete')
  })
})

test('a snapshot that cannot be read does no harm: runs go on from their journals', async () => {
  const site = await withDatabase()
  const { change, here } = site
  const [id] = await twoThatWait(site)
  change(`update run_state set snapshot = 'torn' where run_id = ?`, id)
  await here.restart()
  const live = await here.runtime.live(id)
  live.answer('Good.')
  await live.ended
  expect(await here.status(id)).toBe('complete')
})

test('journal entries that are gone were never made: what came of them is done again', async () => {
  const site = await withDatabase()
  const { change, here } = site
  const [id] = await twoThatWait(site)
  const before = await here.log(id)
  change(`delete from journal where run_id = ? and n = (${journalOf})`, id, id)
  await here.restart()
  const live = await here.runtime.live(id)
  expect((await here.log(id)).slice(0, before.length)).toEqual(before)
  live.answer('Good.')
  await live.ended
})

describe('what can never be stored', () => {
  test('loses its run and no other: who follows it is told that it cannot go on here', async () => {
    const site = await withDatabase()
    const { begin, follow, change, runtime, log } = site
    const [doomed, other] = [await begin(large(200)), await begin(large(40))]
    const [gone, stays] = [(await follow(doomed.id)).ear, (await follow(other.id)).ear]
    await expect.poll(() => gone.heard.length, patience).toBeGreaterThan(3)
    change('delete from run where id = ?', doomed.id)
    await doomed.ended
    expect(doomed.loss).not.toBeNull()
    expect(runtime.present(doomed.id)).toBeUndefined()
    await other.ended
    expect(stays.heard.at(-1)).toMatchObject({ type: 'result' })
    expect(numbers(stays.heard)).toEqual(numbers(await log(other.id)))
    expect(runtime.failure).toBeNull()
  })

  test('and what another process has stored in its place stays as it is', async () => {
    const site = await withDatabase()
    const { begin, follow, change, here } = site
    const run = await begin(asker())
    const { ear } = await follow(run.id)
    await expect.poll(() => run.pendingInput.length, patience).toBe(1)
    const theirs = '{"type":"event","data":{},"seq":100}'
    const at = '2026-01-01T00:00:00.000Z'
    for (let seq = run.seq + 1; seq < run.seq + 20; seq++)
      change(
        'insert into frame (run_id, seq, type, text, created_at) values (?, ?, ?, ?, ?)',
        run.id,
        seq,
        'event',
        theirs,
        at
      )
    run.answer('Good.')
    await run.ended
    expect(run.loss).not.toBeNull()
    expect(ear.heard.some(({ data }) => data?.source === 'person' && data.type === 'TextMessage')).toBe(false)
    expect((await here.store.runs.frames(run.id)).at(-1)!.text).toBe(theirs)
  })
})

describe('when the clock is set back', () => {
  const hour = 3_600_000

  test('frames keep their order, and no duration is below zero', async () => {
    const clock = new ManualClock()
    const { begin, follow, log } = await runtimeHere({ clock })
    const run = await begin(talkers(30, 2))
    const { ear } = await follow(run.id)
    await expect.poll(() => ear.heard.length, patience).toBeGreaterThan(5)
    clock.pass(-hour)
    await run.ended
    expect(numbers(ear.heard)).toEqual(counted(ear.heard))
    expect(ear.heard.map(({ replay: _, ...frame }) => frame)).toEqual(await log(run.id))
    expect(ear.heard.at(-1)!.data.duration).toBe(0)
  })

  test('a question waits until its deadline on the clock; set forward, it is over at once', async () => {
    const clock = new ManualClock()
    const { begin, becomes, status } = await runtimeHere({ clock })
    const input = { timeout_s: 60, on_timeout: 'stop', answer: '' } as const
    const { id } = await begin(asker(), { input })
    await becomes(id, 'awaiting_input')
    const deadline = clock.now() + 60_000
    clock.pass(-hour)
    const over = async () => {
      clock.pass(1000 * 60)
      return (await status(id)) === 'stopped' && clock.now()
    }
    await expect.poll(over, patience).toBeGreaterThanOrEqual(deadline)
  })

  test('a run is played again as it was, with the times it had', async () => {
    const clock = new ManualClock()
    const here = await runtimeHere({ clock })
    const { id } = await here.begin(asker())
    await here.becomes(id, 'awaiting_input')
    const before = await here.log(id)
    clock.pass(-hour)
    await here.restart()
    const live = await here.runtime.live(id)
    live.answer('Good.')
    await live.ended
    const after = await here.log(id)
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.at(-1)).toMatchObject({ type: 'result', data: { duration: 0 } })
  })
})

test.each([
  ['a folder', '.'],
  ['inside of a file', 'file/troupe.db']
])('a database that cannot be opened, because it is %s, is said by its name', async (_, path) => {
  const { folder, remove } = await temporary()
  writeFileSync(join(folder, 'file'), '')
  const database = join(folder, path)
  await expect(openStore({ database: `sqlite:${database}` })).rejects.toThrow(
    `The database "${database}" cannot be opened`
  )
  await remove()
})
