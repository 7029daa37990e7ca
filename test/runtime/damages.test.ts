import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Runtime } from '../../src/runtime/host/runtime.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { type Site, withDatabase } from '../support/database-here.ts'
import { temporary } from '../support/run-server.ts'
import { patience } from '../support/runtime-here.ts'
import { asker, talkers } from '../support/some-teams.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('the last frame of an active run is known while its process is ending [LOG-6]', async () => {
  const { begin, here, store, clock } = await withDatabase()
  const run = await begin(talkers(40, 5))
  await expect.poll(() => run.seq, patience).toBeGreaterThan(8)
  const closed = here.runtime.close()
  clock.pass(10_000)
  await closed
  const { seq } = (await here.log(run.id)).at(-1)!
  const going = new Runtime({ store, clock })
  await going.close()
  expect(await going.info((await store.runs.get(run.id))!)).toMatchObject({ status: 'active', seq })
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

describe.each(Object.entries(damages))('a run with %s', (damage, { sql, says }) => {
  test(`a run with ${damage} ends as an error that says why, and the others go on [FAIL-7]`, async () => {
    const site = await withDatabase()
    const [damaged, sound] = await twoThatWait(site)
    const { change, here } = site
    await change(sql, damaged)
    await change(`update run set status = 'active' where id in (?, ?)`, damaged, sound)
    await here.restart()
    await expect.poll(() => here.status(damaged), patience).toBe('error')
    const end = (await here.log(damaged).catch(() => [])).at(-1)
    if (end) expect(end.data.task_result.messages[0].content).toMatch(says)
    expect((await here.store.runs.get(damaged))!.error_message).toMatch(says)
    const live = await here.runtime.getOrWake(sound)
    expect(live.answerInput('Good.')).not.toBeNull()
    await live.ended
    expect(await here.status(sound)).toBe('complete')
  })
})

test('a snapshot that cannot be read does no harm: runs go on from their journals [FAIL-8]', async () => {
  const site = await withDatabase()
  const { change, here } = site
  const [id] = await twoThatWait(site)
  await change(`update run_state set snapshot = 'torn' where run_id = ?`, id)
  await here.restart()
  const live = await here.runtime.getOrWake(id)
  live.answerInput('Good.')
  await live.ended
  expect(await here.status(id)).toBe('complete')
})

test('what came of journal entries that are gone is done again [FAIL-9]', async () => {
  const site = await withDatabase()
  const { change, here } = site
  const [id] = await twoThatWait(site)
  const before = await here.log(id)
  await change(`delete from journal where run_id = ? and n = (${journalOf})`, id, id)
  await here.restart()
  const live = await here.runtime.getOrWake(id)
  expect((await here.log(id)).slice(0, before.length)).toEqual(before)
  live.answerInput('Good.')
  await live.ended
})

test.each([
  ['a folder', '.'],
  ['no database', 'file'],
  ['inside of a file', 'file/troupe.db']
])(
  'a database that cannot be opened, because it is %s, is refused by its name [FAIL-10]',
  async (_, path) => {
    const { folder, remove } = await temporary()
    writeFileSync(join(folder, 'file'), 'Not what you look for.'.repeat(200))
    const database = join(folder, path)
    await expect(openStore({ database: `sqlite:${database}` })).rejects.toThrow(
      `The database "${database}" cannot be opened`
    )
    await remove()
  }
)

test('a run that cannot be read at the start is tried again each second, until it goes on [FAIL-5]', async () => {
  const { begin, here, store, clock } = await withDatabase()
  const { id } = await begin(talkers(40, 5))
  await expect.poll(() => here.runtime.loaded.get(id)!.seq, patience).toBeGreaterThan(8)
  const reading = vi.spyOn(store.runs, 'saved').mockRejectedValue(new Error('disk I/O error'))
  const restarted = here.restart()
  clock.pass(10_000)
  await restarted
  expect(here.runtime.loaded.get(id)).toBeUndefined()
  const tries = async () => {
    const before = reading.mock.calls.length
    clock.pass(1000)
    await here.store.runs.get(id)
    await expect.poll(() => reading.mock.calls.length, patience).toBe(before + 1)
  }
  await tries()
  await tries()
  expect((await store.runs.get(id))!.status).toBe('active')
  reading.mockRestore()
  clock.pass(1000)
  await here.becomes(id, 'complete')
  expect((await here.log(id)).filter(({ type }) => type === 'message')).toHaveLength(41)
})
