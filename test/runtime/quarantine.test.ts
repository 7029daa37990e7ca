import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Runtime } from '../../src/runtime/host/runtime.ts'
import { readTask } from '../../src/runtime/shared/task.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { temporary } from '../support/run-server.ts'
import { patience } from '../support/runtime-here.ts'
import { asker, talkers } from '../support/some-teams.ts'

/** Processes that die one after the other on the same database. */
async function lives() {
  const { folder, remove } = await temporary()
  const clock = new ManualClock()
  const store = await openStore({ database: `sqlite:${join(folder, 'troupe.db')}` })
  onTestFinished(async () => {
    for (const run of runtime.loaded.values()) run.unload()
    await store.close()
    await remove()
  })
  const session = (await store.sessions.insert({ user_id: 'me', name: '', team_id: null })).id
  let runtime = new Runtime({ store, clock })
  const here = {
    clock,
    async begin(team: ReturnType<typeof talkers>) {
      const run = await store.runs.create({ session_id: session, user_id: 'me' })
      const live = runtime.start(run, { task: readTask('Go.', clock), team_config: team })
      // Its first model is being asked.
      await expect.poll(() => live.seq + live.busy, patience).toBeGreaterThan(2)
      await live.flushed()
      return run.id
    },
    /** The process dies, and another one takes everything up; `hasCrashed` as it can tell. */
    async die({ hasCrashed = false } = {}) {
      for (const run of runtime.loaded.values()) {
        await run.flushed()
        run.unload()
      }
      runtime = new Runtime({ store, clock, hasCrashed })
      await runtime.recover()
    },
    /** So long nothing happens, in milliseconds. */
    async pass(time: number) {
      clock.pass(time)
      await new Promise((resolve) => setTimeout(resolve, 20))
    },
    async status(id: number) {
      return (await store.runs.get(id))!.status
    },
    length: async (id: number) => (await store.runs.frames(id)).length,
    async last(id: number) {
      return JSON.parse((await store.runs.frames(id)).at(-1)!.text)
    },
    /** The process ends in order, and another one takes everything up. */
    async end() {
      let ended = false
      const closing = runtime.close().then(() => {
        ended = true
      })
      while (!ended) await here.pass(1000)
      await closing
      await here.die()
    }
  }
  return here
}

/** A team that thinks for ever. */
const hanging = () => talkers(2, 3_600_000)

test('a run that was under way when the process died twice is set aside, and the others go on [FAIL-14]', async () => {
  const { begin, die, pass, status, last } = await lives()
  const [hangs, waits] = [await begin(hanging()), await begin(asker())]
  await expect.poll(() => status(waits), patience).toBe('awaiting_input')
  await die()
  await pass(1000)
  expect(await status(hangs)).toBe('active')
  await die()
  expect(await last(hangs)).toMatchObject({ type: 'completion', status: 'error', code: 'quarantined' })
  expect(await status(hangs)).toBe('error')
  expect(await status(waits)).toBe('awaiting_input')
  const other = await begin(talkers(1))
  await expect.poll(() => status(other), patience).toBe('complete')
})

test('a run is set aside after two deaths of something inside of the process, however soon they come [FAIL-14]', async () => {
  const { begin, die, status } = await lives()
  const hangs = await begin(hanging())
  await die({ hasCrashed: true })
  expect(await status(hangs)).toBe('active')
  await die({ hasCrashed: true })
  expect(await status(hangs)).toBe('error')
})

test('a process that is killed while it starts counts for little against its runs', async () => {
  const { begin, die, status } = await lives()
  const hangs = await begin(hanging())
  const stands: string[] = []
  for (let death = 1; death <= 4; death++) {
    await die()
    stands.push(await status(hangs))
  }
  expect(stands).toEqual(['active', 'active', 'active', 'error'])
})

test('a run that has gone on meanwhile is not set aside', async () => {
  const { begin, die, status, length } = await lives()
  const slow = await begin(talkers(100, 20))
  for (let death = 0; death < 3; death++) {
    const before = await length(slow)
    await expect.poll(() => length(slow), patience).toBeGreaterThan(before + 1)
    await die({ hasCrashed: true })
  }
  expect(await status(slow)).toBe('active')
})

test('deaths that are far apart, and ends in order, are nothing against a run', async () => {
  const { begin, die, end, pass, status, clock } = await lives()
  const hangs = await begin(hanging())
  for (let death = 0; death < 3; death++) {
    await die()
    await pass(1000)
    clock.pass(7_200_000)
  }
  for (let turn = 0; turn < 2; turn++) await end()
  await end()
  expect(await status(hangs)).toBe('active')
})
