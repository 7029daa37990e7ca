import type { Bench, Case } from '../case.ts'
import { frameOf } from '../client.ts'
import { percentiles } from '../figures.ts'
import { settledRss } from '../settled.ts'
import { asking } from '../teams.ts'
import { now, pause } from '../waiting.ts'
import type { Watcher } from '../watcher.ts'

/** So long after its question a run is put away for certain, in milliseconds. */
const AWAY = 4000

/** Runs that wait for a person, put away, and how soon one goes on that is answered. */
export const waiting: Case = {
  name: 'waiting',
  about:
    'memory per run that waits for a person: the slope of the server’s RSS from `base` to `runs`; then `answers` answers, each to a run that is put away (not for Studio)',
  params: { runs: 100_000, base: 50_000, answers: 500, gap: 20, settle: 5 },
  async measure(bench) {
    const { runs, base } = bench.params as { runs: number; base: number }
    const team = asking(2)
    const first = await bench.client.createRuns(runs, team)
    await bench.client.startAll(first.slice(0, base), team)
    const low = await settledRss(bench)
    await bench.meter.during(() => bench.client.startAll(first.slice(base), team))
    const startCpu = bench.meter.serverCpu
    const high = await settledRss(bench)
    return {
      bytes_per_waiting_run: ((high - low) * 2 ** 20) / (runs - base),
      rss_at_base_mb: low,
      rss_at_runs_mb: high,
      start_cpu_us: (startCpu * 1e6) / (runs - base),
      ...percentiles('answer_to_next_message', await answered(bench, first))
    }
  }
}

/** Answers some of the runs, one after the other; milliseconds until the agent has said something to it. */
async function answered({ client, params }: Bench, runs: readonly string[]): Promise<number[]> {
  const { answers, gap } = params as { answers: number; gap: number }
  const every = Math.floor(runs.length / answers)
  const watchers = await client.attachAll(runs.filter((_, at) => at % every === 0).slice(0, answers))
  // Whoever comes brings its run back.
  await pause(AWAY)
  const took: number[] = []
  for (const watcher of watchers) {
    took.push(await answer(watcher))
    watcher.close()
    await pause(gap)
  }
  return took
}

async function answer(watcher: Watcher): Promise<number> {
  const from = now()
  // The first one is the answer itself.
  const second = watcher.next('message', 2)
  watcher.send(frameOf('input_response', { response: 'It rains.' }))
  return (await second) - from
}
