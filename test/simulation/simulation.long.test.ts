import { expect, onTestFinished, test } from 'vitest'
import { temporary } from '../support/run-server.ts'
import { playSeason } from './season.ts'
import { Service } from './service.ts'

const runs = Number(process.env.TROUPE_SIMULATION_RUNS ?? 500)
const seed = Number(process.env.TROUPE_SIMULATION_SEED ?? Date.now() % 1_000_000)
/** How many times 500 runs there are. */
const measure = Math.max(1, runs / 500)
/** It takes two minutes on two cores of its own; other tests may have them. */
const patience = 600_000 * measure

/**
 * How often each mishap has to have happened. How many calls and rests a kill meets is a matter of the machine's speed, not
 * of the seed: once there were 2, mostly more than 10. That they happen at all is what the simulation is there for.
 */
const leastOf = (mishap: string) =>
  mishap === 'kill' ? 30 : ['repeatedCall', 'restAcrossRestart'].includes(mishap) ? 1 : 20

test(`whatever happens to runs and servers, nothing is lost and nothing is done twice (seed ${seed}) [CRASH-1] [CRASH-2] [CRASH-3] [CRASH-5]`, {
  timeout: patience
}, async () => {
  // Of each try its own: what one has left is nothing that the next may meet.
  const service = await Service.start()
  const { folder, remove } = await temporary()
  onTestFinished(async () => {
    await service.close()
    await remove()
  })
  const falls = {
    kill: Math.ceil(12 * measure),
    killTwice: Math.ceil(20 * measure),
    terminate: Math.ceil(21 * measure)
  }
  const tally = await playSeason({
    seed,
    runs,
    falls,
    sleepers: Math.ceil(24 * measure),
    servers: 3,
    folder,
    service
  })
  console.log(`seed ${seed}:`, JSON.stringify(tally.ends), JSON.stringify(tally.counts))
  for (const [mishap, count] of Object.entries(tally.counts)) {
    expect(count, `${mishap}, seed ${seed}`).toBeGreaterThanOrEqual(leastOf(mishap))
  }
  expect(Math.min(...tally.inFlight), `seed ${seed}`).toBeGreaterThanOrEqual(5)
})
