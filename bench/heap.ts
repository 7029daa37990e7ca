import { setTimeout as sleep } from 'node:timers/promises'
import { AssistantAgent, maxMessages, models, RoundRobinGroupChat } from '../src/index.ts'

/** A round robin of two replay agents that exchange four messages. */
function team(): RoundRobinGroupChat {
  const agent = (name: string) =>
    new AssistantAgent(name, { modelClient: models.replay([`${name} one`, `${name} two`]) })
  return new RoundRobinGroupChat([agent('a'), agent('b')], { terminationCondition: maxMessages(5) })
}

/** Bytes of heap in use when all that can be collected is. Needs `node --expose-gc`. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc!()
    await sleep(20)
  }
  return process.memoryUsage().heapUsed
}

/** Runs that V8 gets to compile what they call, before anything is measured: its code counts as heap, too. */
const warmup = 2000

/** Runs teams one after the other, when V8 is warm; gives the heap after the first tenth and at the end, in bytes. */
export async function heapOf(runs: number): Promise<{ early: number; late: number }> {
  let early = 0
  for (let i = 0; i < warmup; i++) await team().run({ task: 'Go.' })
  for (let i = 1; i <= runs; i++) {
    await team().run({ task: 'Go.' })
    if (i === runs / 10) early = await heap()
  }
  return { early, late: await heap() }
}

if (import.meta.main) {
  const runs = Number(process.argv[2] ?? 10_000)
  const { early, late } = await heapOf(runs)
  const growth = +(((late - early) / early) * 100).toFixed(2)
  console.log(
    JSON.stringify({ name: 'heap', runs, early_mb: early / 1e6, late_mb: late / 1e6, growth_percent: growth })
  )
}
