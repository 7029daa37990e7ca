import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { databaseIn } from '../support/database.ts'
import { temporary } from '../support/run-server.ts'
import { Dice } from './dice.ts'
import { Service } from './service.ts'
import { type Events, World } from './world.ts'

const seed = Number(process.env.TROUPE_SIMULATION_SEED ?? Date.now() % 1_000_000)
const worlds = Number(process.env.TROUPE_SIMULATION_WORLDS ?? 20)

test(`a process that dies right before or after any commit goes on where it stood (seed ${seed}) [CRASH-5]`, {
  timeout: 6_000 * worlds
}, async () => {
  const service = await Service.start()
  const { folder, remove } = await temporary()
  const store = await openStore({ database: await databaseIn(folder) })
  onTestFinished(async () => {
    await store.close()
    await service.close()
    await remove()
  })
  const { id: session } = await store.sessions.insert({ user_id: 'me', name: '', team_id: null })
  const events: Events = { runs: 0, deaths: 0, closings: 0, failures: 0, jumps: 0, ends: {} }
  for (let number = 0; number < worlds; number++) {
    const dice = new Dice(seed * 10_007 + number)
    const world = new World({ name: `world${number}`, store, session, service, dice, events })
    await world.play().catch((error) => {
      throw new Error(`World ${number}, seed ${seed}: ${error.message}`, { cause: error })
    })
  }
  expect(service.problems, `seed ${seed}`).toEqual([])
  const { ends, ...counts } = events
  expect(Object.keys(ends), `seed ${seed}`).toEqual(expect.arrayContaining(['complete', 'stopped']))
  for (const [event, count] of Object.entries(counts))
    expect(count, `${event}, seed ${seed}`).toBeGreaterThan(0)
})
