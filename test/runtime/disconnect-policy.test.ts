import { describe, expect, test } from 'vitest'
import { readTask } from '../../src/runtime/shared/task.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { patience, runtimeHere } from '../support/runtime-here.ts'
import { asker, talkers } from '../support/some-teams.ts'

/** A runtime whose server says what happens to a run that is left alone. */
async function left(policy: 'continue' | 'pause' | 'stop', grace: number) {
  const clock = new ManualClock()
  const here = await runtimeHere({ clock, disconnectPolicy: { policy, grace } })
  return {
    ...{ clock, ...here, here },
    /** The process ends in the middle of things, and another one begins. */
    async restart() {
      const restarted = here.restart()
      // Nobody waits for what is under way.
      clock.pass(10_000)
      await restarted
    },
    async begin(...start: Parameters<typeof here.begin>) {
      const live = await here.begin(...start)
      await expect.poll(() => live.status, patience).not.toBe('created')
      return live
    }
  }
}
const slow = () => talkers(2, 60_000)

test('a run goes on when its last client has left, unless something else is asked for [LEAVE-1]', async () => {
  const { clock, begin, follow, runtime } = await left('continue', 0)
  const { id } = await begin(slow())
  const { leave } = await follow(id)
  leave()
  clock.pass(3_600_000)
  expect(runtime.loaded.get(id)).toMatchObject({ status: 'active' })
  runtime.loaded.get(id)!.stop('')
})

test('a run is stopped when it had no client for as long as the grace, and not before [LEAVE-2]', async () => {
  const { clock, begin, follow, runtime, becomes, log } = await left('stop', 30)
  const { id } = await begin(slow())
  const visits = [await follow(id), await follow(id)]
  visits[0]!.leave()
  visits[0]!.leave()
  clock.pass(60_000)
  visits[1]!.leave()
  clock.pass(29_999)
  expect(runtime.loaded.get(id)).toMatchObject({ status: 'active' })
  clock.pass(1)
  await becomes(id, 'stopped')
  expect((await log(id)).at(-1)).toMatchObject({
    type: 'completion',
    data: { task_result: { stop_reason: 'The last client has left.' } }
  })
})

test('a client that comes back in time keeps the run going, and a run that was paused stays paused [LEAVE-3] [LEAVE-10]', async () => {
  const { clock, begin, follow, runtime, becomes } = await left('pause', 10)
  const { id } = await begin(slow())
  for (let visit = 0; visit < 3; visit++) {
    const { leave } = await follow(id)
    clock.pass(100_000)
    leave()
    clock.pass(9_000)
  }
  expect(runtime.loaded.get(id)).toMatchObject({ status: 'active' })
  clock.pass(1_000)
  await becomes(id, 'paused')
  const { ear } = await follow(id)
  expect(ear.heard.at(-1)).toMatchObject({ type: 'status', status: 'paused' })
  runtime.loaded.get(id)!.stop('')
})

test('a run without grace is stopped at once when its last client has left [LEAVE-2]', async () => {
  const { begin, follow, becomes } = await left('stop', 0)
  const { id } = await begin(slow())
  const { leave } = await follow(id)
  leave()
  await becomes(id, 'stopped')
})

test('what a run asks for when its last client has left goes before what the server does [LEAVE-4]', async () => {
  const { clock, begin, follow, runtime, becomes } = await left('stop', 5)
  const spared = await begin(slow(), { on_disconnect: 'continue' })
  const paused = await begin(slow(), { on_disconnect: 'pause', disconnect_grace: 60 })
  for (const { id } of [spared, paused]) (await follow(id)).leave()
  clock.pass(59_000)
  for (const { id } of [spared, paused]) expect(runtime.loaded.get(id)).toMatchObject({ status: 'active' })
  clock.pass(1_000)
  await becomes(paused.id, 'paused')
  expect(spared.status).toBe('active')
  for (const run of [spared, paused]) run.stop('')
})

test('a run that was not followed yet goes on [LEAVE-5]', async () => {
  const { clock, begin, runtime } = await left('stop', 0)
  const { id } = await begin(slow())
  clock.pass(60_000)
  expect(runtime.loaded.get(id)).toMatchObject({ status: 'active' })
  runtime.loaded.get(id)!.stop('')
})

test('a client whose start is done only when it has left counts as one that has left [LEAVE-6]', async () => {
  const { begin, runtime, becomes } = await left('stop', 0)
  const { id } = await begin(slow())
  runtime.clientLeft(id)
  await becomes(id, 'stopped')
})

test('an evicted run that waits is stopped too when its last client has left [LEAVE-9]', async () => {
  const { clock, begin, follow, runtime, becomes } = await left('stop', 30)
  const { id } = await begin(asker())
  const { leave } = await follow(id)
  await becomes(id, 'awaiting_input')
  await expect
    .poll(() => {
      clock.pass(1_000)
      return runtime.loaded.get(id)
    }, patience)
    .toBeUndefined()
  leave()
  clock.pass(30_000)
  await becomes(id, 'stopped')
})

test('an observer of the charts is no client [LEAVE-7]', async () => {
  const { begin, follow, runtime, store, becomes } = await left('stop', 0)
  const { id } = await begin(slow())
  const looks = { isObserver: true, deliver() {}, untilRoom: async () => true, onRunEnded() {} }
  await runtime.subscribe((await store.runs.get(id))!, null, looks)
  const { leave } = await follow(id)
  leave()
  await becomes(id, 'stopped')
})

describe('after a restart', () => {
  test('after a restart an active run that was followed has its whole grace again, and not more [LEAVE-8]', async () => {
    const { clock, begin, follow, here, restart, status, becomes } = await left('stop', 30)
    const { id } = await begin(slow())
    await follow(id)
    await here.runtime.loaded.get(id)!.flushed()
    await restart()
    clock.pass(29_999)
    expect(await status(id)).toBe('active')
    clock.pass(1)
    await becomes(id, 'stopped')
  })

  test('after a restart an active run whose clients were there before it began has its whole grace again [LEAVE-8]', async () => {
    const { clock, store, session, here, restart, becomes } = await left('stop', 30)
    const run = await store.runs.create({ session_id: session, user_id: 'me' })
    await here.follow(run.id, null)
    const live = here.runtime.start(run, { task: readTask('Go.', clock), team_config: slow() })
    await live.started()
    await restart()
    clock.pass(30_000)
    await becomes(run.id, 'stopped')
  })

  test('after a restart a client that comes back in time keeps the run going, and a run that waits is left alone [LEAVE-8]', async () => {
    const { clock, begin, follow, here, restart, status } = await left('stop', 30)
    const [followed, alone] = [await begin(slow()), await begin(slow())]
    await follow(followed.id)
    await followed.flushed()
    await restart()
    clock.pass(29_000)
    await here.follow(followed.id)
    clock.pass(60_000)
    for (const { id } of [followed, alone]) {
      expect(here.runtime.loaded.get(id)!.options.followed ?? false).toBe(id === followed.id)
      expect(await status(id)).toBe('active')
      here.runtime.loaded.get(id)!.stop('')
    }
  })
})
