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

test('a run goes on when its last client has left, unless something else is asked for', async () => {
  const { clock, begin, follow, runtime } = await left('continue', 0)
  const { id } = await begin(slow())
  const { leave } = await follow(id)
  leave()
  clock.pass(3_600_000)
  expect(runtime.loaded.get(id)).toMatchObject({ status: 'active' })
  runtime.loaded.get(id)!.stop('')
})

test('a run is stopped when nobody has been there for as long as the grace, and not before', async () => {
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

test('a client that comes back in time keeps the run going', async () => {
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

test('without grace a run is stopped at once', async () => {
  const { begin, follow, becomes } = await left('stop', 0)
  const { id } = await begin(slow())
  const { leave } = await follow(id)
  leave()
  await becomes(id, 'stopped')
})

test('a run says for itself what happens, whatever the server says', async () => {
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

test('a run that nobody has followed yet is left alone', async () => {
  const { clock, begin, runtime } = await left('stop', 0)
  const { id } = await begin(slow())
  clock.pass(60_000)
  expect(runtime.loaded.get(id)).toMatchObject({ status: 'active' })
  runtime.loaded.get(id)!.stop('')
})

test('a client whose start is done only when it has left counts as one that has left', async () => {
  const { begin, runtime, becomes } = await left('stop', 0)
  const { id } = await begin(slow())
  runtime.clientLeft(id)
  await becomes(id, 'stopped')
})

test('a run that was put away while it waits is stopped too', async () => {
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

test('who only looks at the charts of a run does not count', async () => {
  const { begin, follow, runtime, store, becomes } = await left('stop', 0)
  const { id } = await begin(slow())
  const looks = { isObserver: true, deliver() {}, untilRoom: async () => true, onRunEnded() {} }
  await runtime.subscribe((await store.runs.get(id))!, null, looks)
  const { leave } = await follow(id)
  leave()
  await becomes(id, 'stopped')
})

describe('after a restart', () => {
  test('an active run that was followed has its whole grace again, and not more', async () => {
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

  test('so has one whose clients were there before it began', async () => {
    const { clock, store, session, here, restart, becomes } = await left('stop', 30)
    const run = await store.runs.create({ session_id: session, user_id: 'me' })
    await here.follow(run.id, null)
    const live = here.runtime.start(run, { task: readTask('Go.', clock), team_config: slow() })
    await live.started()
    await restart()
    clock.pass(30_000)
    await becomes(run.id, 'stopped')
  })

  test('a client that comes back in time keeps it going, and nobody is missed who never came', async () => {
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
