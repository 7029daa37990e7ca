import { expect, test, vi } from 'vitest'
import { ReplayModel } from '../../src/runtime/models/replay/replay.ts'
import { systemClock } from '../../src/runtime/shared/clock.ts'
import { patience, runtimeHere } from '../support/runtime-here.ts'
import { talkers } from '../support/some-teams.ts'

const MESSAGES = 1000
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('a run whose store takes nothing begins nothing new after a while, and goes on when the store does [LOG-4]', async () => {
  const here = await runtimeHere({ clock: systemClock })
  const asked = vi.spyOn(ReplayModel.prototype, 'create')
  const store = here.store.runs.commit
  const heals = Promise.withResolvers<void>()
  const commit = vi.spyOn(here.store.runs, 'commit').mockImplementation(async (changes) => {
    if (asked.mock.calls.length > 0) await heals.promise
    return store(changes)
  })
  const { id } = await here.begin(talkers(MESSAGES))
  await expect.poll(() => asked.mock.calls.length, patience).toBeGreaterThan(50)
  let before = 0
  while (before < asked.mock.calls.length) {
    before = asked.mock.calls.length
    await turns(200)
  }
  expect(before).toBeLessThan(MESSAGES / 2)
  heals.resolve()
  await here.becomes(id, 'complete')
  expect(asked).toHaveBeenCalledTimes(MESSAGES)
  expect((await here.log(id)).filter(({ type }) => type === 'message')).toHaveLength(MESSAGES + 1)
  commit.mockRestore()
  asked.mockRestore()
})
