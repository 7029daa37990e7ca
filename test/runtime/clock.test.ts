import { describe, expect, test } from 'vitest'
import { ManualClock } from '../support/manual-clock.ts'
import type { Frame } from '../support/run-client.ts'
import { patience, runtimeHere } from '../support/runtime-here.ts'
import { asker, talkers } from '../support/some-teams.ts'

const numbers = (frames: Frame[]) => frames.map(({ seq }) => seq)
const counted = (frames: Frame[]) => frames.map((_, i) => i + 1)

describe('when the clock is set back', () => {
  const hour = 3_600_000

  test('when the clock is set back frames keep their order, and no duration is below zero [FAIL-12]', async () => {
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

  test('an input is pending until its deadline on the clock; when the clock is set forward it is over at once [FAIL-13]', async () => {
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

  test('when the clock is set back a run is replayed as it was, with the times it had [CRASH-6]', async () => {
    const clock = new ManualClock()
    const here = await runtimeHere({ clock })
    const { id } = await here.begin(asker())
    await here.becomes(id, 'awaiting_input')
    const before = await here.log(id)
    clock.pass(-hour)
    await here.restart()
    const live = await here.runtime.getOrWake(id)
    live.answerInput('Good.')
    await live.ended
    const after = await here.log(id)
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.at(-1)).toMatchObject({ type: 'result', data: { duration: 0 } })
  })
})
