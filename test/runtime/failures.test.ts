import { afterEach, describe, expect, test, vi } from 'vitest'
import { failures, withDatabase } from '../support/database-here.ts'
import type { Frame } from '../support/run-client.ts'
import { type Ear, patience } from '../support/runtime-here.ts'
import { asker, assistant, replayModel, roundRobin, talkers } from '../support/some-teams.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const numbers = (frames: Frame[]) => frames.map(({ seq }) => seq)
const counted = (frames: Frame[]) => frames.map((_, i) => i + 1)
/** A team that needs some room on the disk. */
const large = (count: number) => {
  const answers = Array.from({ length: count }, (_, i) => String(i).padEnd(20_000, '.'))
  return roundRobin([assistant('talker', replayModel(answers, { delay_ms: 3 }))], count + 1)
}

describe.each(Object.entries(failures))('while the database %s', (trouble, { how, says }) => {
  test(`while the database ${trouble} nothing is sent that is not stored, and afterwards all of it, in order [FAIL-1]`, async () => {
    const site = await withDatabase()
    const { runtime, begin, follow, log } = site
    const runs = [await begin(large(40)), await begin(large(40))]
    const ears: Ear[] = []
    for (const { id } of runs) ears.push((await follow(id)).ear)
    await expect.poll(() => ears[0]!.heard.length, patience).toBeGreaterThan(3)
    const heal = await how(site)
    await expect.poll(() => String(runtime.failure), patience).toMatch(says)
    for (const [i, { id }] of runs.entries()) expect(numbers(ears[i]!.heard)).toEqual(numbers(await log(id)))
    await heal()
    await Promise.all(runs.map(({ ended }) => ended))
    expect(runtime.failure).toBeNull()
    for (const [i, { id }] of runs.entries()) {
      expect(ears[i]!.heard.at(-1)).toMatchObject({ type: 'result' })
      expect(numbers(ears[i]!.heard)).toEqual(counted(ears[i]!.heard))
      expect(ears[i]!.heard.map(({ replay: _, ...frame }) => frame)).toEqual(await log(id))
    }
  })

  test(`while the database ${trouble} a run stands for every client where it is stored to stand [FAIL-1] [LOG-6]`, async () => {
    const site = await withDatabase()
    const { runtime, begin, store } = site
    const run = await begin(large(40))
    const info = async () => (await runtime.info((await store.runs.get(run.id))!)).status
    await expect.poll(info, patience).toBe('active')
    const heal = await how(site)
    await expect.poll(() => String(runtime.failure), patience).toMatch(says)
    run.pause()
    await expect.poll(() => run.state, patience).toBe('running.paused')
    expect(await info()).toBe('active')
    await heal()
    await expect.poll(info, patience).toBe('paused')
  })

  test(`while the database ${trouble} no run begins, and a run that was begun says nothing until it is stored [FAIL-1]`, async () => {
    const site = await withDatabase()
    const { begin, follow, store, session, runtime } = site
    const created = await store.runs.create({ session_id: session, user_id: 'me' })
    const heal = await how(site)
    const live = runtime.start(created, { task: [], team_config: large(1) })
    const { ear } = await follow(created.id)
    await expect.poll(() => String(runtime.failure), patience).toMatch(says)
    expect(ear.heard).toEqual([])
    expect((await store.runs.get(created.id))!.status).toBe('created')
    await heal()
    await live.ended
    expect(ear.heard.length).toBeGreaterThan(0)
    await (await begin(talkers(1))).ended
  })
})

test('while the database cannot be read a client is refused, and not told that a run asks nothing [FAIL-4]', async () => {
  const { begin, becomes, here, store } = await withDatabase()
  const { id } = await begin(asker())
  await becomes(id, 'awaiting_input')
  await here.restart()
  const run = (await store.runs.get(id))!
  vi.spyOn(store.runs, 'saved').mockRejectedValueOnce(new Error('disk I/O error'))
  await expect(here.runtime.info(run)).rejects.toThrow('disk I/O error')
  expect((await here.runtime.info(run)).pending_input).toHaveLength(1)
})

describe('what can never be stored', () => {
  test('a run that can never be stored is lost, and no other: its clients are told that it cannot go on here [FAIL-6]', async () => {
    const site = await withDatabase()
    const { begin, follow, change, runtime, log } = site
    const [doomed, other] = [await begin(large(200)), await begin(large(40))]
    const [gone, stays] = [(await follow(doomed.id)).ear, (await follow(other.id)).ear]
    await expect.poll(() => gone.heard.length, patience).toBeGreaterThan(3)
    await change('delete from run where id = ?', doomed.id)
    await doomed.ended
    expect(doomed.commitError).not.toBeNull()
    expect(runtime.loaded.get(doomed.id)).toBeUndefined()
    await other.ended
    expect(stays.heard.at(-1)).toMatchObject({ type: 'result' })
    expect(numbers(stays.heard)).toEqual(numbers(await log(other.id)))
    expect(runtime.failure).toBeNull()
  })

  test("what another process has stored in the place of a run's frames stays as it is [FAIL-6]", async () => {
    const site = await withDatabase()
    const { begin, follow, change, here } = site
    const run = await begin(asker())
    const { ear } = await follow(run.id)
    await expect.poll(() => run.pendingInput.length, patience).toBe(1)
    const theirs = '{"type":"event","data":{},"seq":100}'
    const at = '2026-01-01T00:00:00.000Z'
    for (let seq = run.seq + 1; seq < run.seq + 20; seq++)
      await change(
        'insert into frame (run_id, seq, type, text, created_at) values (?, ?, ?, ?, ?)',
        run.id,
        seq,
        'event',
        theirs,
        at
      )
    run.answerInput('Good.')
    await run.ended
    expect(run.commitError).not.toBeNull()
    expect(ear.heard.some(({ data }) => data?.source === 'person' && data.type === 'TextMessage')).toBe(false)
    expect((await here.store.runs.frames(run.id)).at(-1)!.text).toBe(theirs)
  })
})
