import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { patience, runtimeWithRounds } from '../support/runtime-here.ts'
import { asker, roundRobin, talkers } from '../support/some-teams.ts'

/** A runtime in which runs are paused where a test wants. */
async function withRounds() {
  const here = await runtimeWithRounds()
  const pausedAt = async (seq: number, team = talkers(20, 1)) => {
    const run = await here.begin(team)
    await expect.poll(() => run.seq, patience).toBeGreaterThanOrEqual(seq)
    run.pause()
    await expect.poll(() => run.status, patience).toBe('paused')
    return run
  }
  return { ...here, pausedAt }
}

test('a paused run is evicted, and goes on when it is resumed as if it had stayed [EVICT-1] [EVICT-2] [RUN-16]', async () => {
  const { pausedAt, putAway, runtime, follow, log } = await withRounds()
  const { id } = await pausedAt(4)
  const { ear } = await follow(id)
  await putAway(id)
  const live = await runtime.getOrWake(id)
  expect(live.status).toBe('paused')
  live.resume()
  await live.ended
  const said = await log(id)
  expect(said.filter(({ type }) => type === 'message').map(({ data }) => data.content)).toEqual([
    'Go.',
    ...Array.from({ length: 20 }, (_, i) => `answer ${i + 1}`)
  ])
  expect(ear.heard.map(({ replay: _, ...frame }) => frame)).toEqual(said)
})

test('a run that was just asked for is not evicted', async () => {
  const { begin, becomes, runtime, clock, store } = await withRounds()
  const run = await begin(asker())
  await becomes(run.id, 'awaiting_input')
  for (let round = 0; round < 5; round++) {
    const found = runtime.getOrWake(run.id)
    clock.pass(1_000)
    expect(runtime.loaded.get(run.id)).toBe(await found)
    // The round ends with a look into the database.
    await store.runs.due('2000-01-01T00:00:00.000Z', 1)
    await setImmediate()
  }
  expect(run.answerInput('Good.')).not.toBeNull()
  await run.ended
})

test('a long run is evicted later [EVICT-1]', async () => {
  const { pausedAt, putAway, runtime } = await withRounds()
  const long = await pausedAt(1000, talkers(2000))
  const short = await pausedAt(4)
  await putAway(short.id)
  expect(runtime.loaded.get(long.id)).toBe(long)
  await putAway(long.id)
})

test('a paused run is not evicted before what is under way has ended [EVICT-1]', async () => {
  const { pausedAt, putAway, runtime } = await withRounds()
  const busy = await pausedAt(2, talkers(1, 60_000))
  const idle = await pausedAt(4)
  await putAway(idle.id)
  expect(runtime.loaded.get(busy.id)).toBe(busy)
  busy.stop('')
  await busy.ended
})

test('a run that was paused and evicted while it asked takes the answer [EVICT-2]', async () => {
  const { begin, becomes, putAway, runtime, status } = await withRounds()
  const run = await begin(roundRobin([asker()], 3))
  await becomes(run.id, 'awaiting_input')
  run.pause()
  await becomes(run.id, 'paused')
  await putAway(run.id)
  const live = await runtime.getOrWake(run.id)
  expect(live.answerInput('Good.')).not.toBeNull()
  live.resume()
  await live.ended
  expect(await status(run.id)).toBe('complete')
})
