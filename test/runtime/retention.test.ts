import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ManualClock } from '../support/manual-clock.ts'
import { patience, runtimeHere } from '../support/runtime-here.ts'
import { asker, talkers } from '../support/some-teams.ts'

const day = 86_400_000

/** A runtime that keeps runs that have ended for some days. */
async function keeping(retainDays?: number) {
  const clock = new ManualClock()
  const here = await runtimeHere({ clock, retainDays })
  const finished = async () => {
    const { id, ended } = await here.begin(talkers(5))
    await ended
    return id
  }
  const there = async (id: number) => (await here.store.runs.get(id)) !== undefined
  /** Lets time pass until a run is gone. */
  const goes = (id: number) =>
    expect
      .poll(() => {
        clock.pass(60_000)
        return there(id)
      }, patience)
      .toBe(false)
  return { clock, finished, there, goes, ...here }
}

test('runs that ended long enough ago are deleted with all that is kept of them, younger ones stay [RETAIN-2]', async () => {
  const { clock, finished, there, goes, store } = await keeping(7)
  const old = await finished()
  clock.pass(4 * day)
  const young = await finished()
  clock.pass(3 * day)
  await goes(old)
  await expect
    .poll(() => {
      clock.pass(10)
      return Promise.all([store.runs.frames(old), store.runs.journal(old)])
    }, patience)
    .toEqual([[], []])
  expect(await there(young)).toBe(true)
  clock.pass(4 * day)
  await goes(young)
})

test('a run that waits for a person is never too old [RETAIN-3]', async () => {
  const { clock, begin, becomes, finished, goes, status } = await keeping(1)
  const { id } = await begin(asker())
  await becomes(id, 'awaiting_input')
  const other = await finished()
  clock.pass(100 * day)
  await goes(other)
  expect(await status(id)).toBe('awaiting_input')
})

test('without a limit no run is deleted [RETAIN-1]', async () => {
  const { clock, finished, there, store } = await keeping()
  const id = await finished()
  clock.pass(10_000 * day)
  await store.runs.get(id)
  await setImmediate()
  expect(await there(id)).toBe(true)
})

test('runs may be kept for half a day [RETAIN-2]', async () => {
  const { clock, finished, goes } = await keeping(0.5)
  const id = await finished()
  clock.pass(day / 2)
  await goes(id)
})

test('a session with very many frames is deleted while everything else goes on', async () => {
  const { store, session, begin } = await keeping()
  const { id, ended } = await begin(talkers(1))
  await ended
  const next = (await store.runs.frames(id)).length + 1
  for (let batch = 0; batch < 10; batch++) {
    const frames = Array.from({ length: 2000 }, (_, i) => {
      const seq = next + batch * 2000 + i
      return { seq, type: 'message', text: `{"run_id":${id},"seq":${seq}}` }
    })
    await store.runs.commit([{ run: id, frames, journal: [] }])
  }
  let deleting = true
  const deleted = store.sessions.delete(session).then((was) => {
    deleting = false
    return was
  })
  let turns = 0
  for (; deleting; turns++) {
    await setImmediate()
    expect(await store.runs.get(id)).toBeUndefined()
  }
  expect(await deleted).toBe(true)
  expect(turns).toBeGreaterThan(20)
  expect(await store.runs.frames(id)).toEqual([])
})

test('what was left when a process ended while it deleted goes with the next one [RETAIN-5]', async () => {
  const { clock, finished, restart, store } = await keeping()
  const id = await finished()
  const later = new Date(clock.now() + day).toISOString()
  await store.runs.deleteOld(later, 1)
  await restart()
  await expect
    .poll(() => {
      clock.pass(1_000)
      return store.runs.frames(id)
    }, patience)
    .toEqual([])
})

test('a log that is deleted while a client reads it ends early for that client, without a gap [RETAIN-4]', async () => {
  const { store, runtime, begin, clock, goes } = await keeping(1)
  const { id, ended } = await begin(talkers(1500))
  await ended
  const last = (await store.runs.frames(id)).length
  const run = (await store.runs.get(id))!
  const heard: number[] = []
  let page = Promise.withResolvers<boolean>()
  const reader = {
    over: false,
    deliver: (frames: readonly { seq: number | null }[]) => void heard.push(...frames.map(({ seq }) => seq!)),
    // It takes its time between two pages.
    untilRoom: () => page.promise,
    onRunEnded() {
      reader.over = true
    }
  }
  const subscribed = runtime.subscribe(run, 0, reader)
  await expect.poll(() => heard.length, patience).toBeGreaterThan(0)
  clock.pass(day)
  await goes(id)
  const step = async () => {
    const before = heard.length
    page.resolve(true)
    page = Promise.withResolvers()
    await expect.poll(() => reader.over || heard.length > before, patience).toBe(true)
  }
  // So much at a time is read, and so much is deleted.
  while (!reader.over) {
    await step()
    clock.pass(10)
    await store.runs.get(id)
  }
  await subscribed
  expect(heard).toEqual(heard.map((_, i) => i + 1))
  expect(heard.length).toBeLessThan(last)
})
