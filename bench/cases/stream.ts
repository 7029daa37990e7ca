import type { Case } from '../case.ts'
import { perCpu, percentiles } from '../figures.ts'
import { pinged } from '../pinger.ts'
import { stream as streamTeam } from '../teams.ts'
import { Tally, wave } from '../waves.ts'

/** Token streams at once. */
export const stream: Case = {
  name: 'stream',
  about:
    'runs at once that stream one answer of `chunks` tokens each; `warmup` waves, then `waves` measured ones',
  params: { runs: 50, chunks: 2000, warmup: 5, waves: 5 },
  async measure(bench) {
    const { runs, chunks, warmup, waves } = bench.params as Record<
      'runs' | 'chunks' | 'warmup' | 'waves',
      number
    >
    const team = streamTeam(chunks)
    for (let i = 0; i < warmup; i++) await wave(bench, team, runs, new Tally(), false)
    const tally = new Tally()
    const pings = await pinged(bench, async () => {
      for (let i = 0; i < waves; i++) await wave(bench, team, runs, tally)
    })
    return {
      ...perCpu('chunk', tally.chunks, bench.meter.serverCpu),
      chunks_per_s: tally.chunks / bench.meter.wall,
      ...percentiles('first_chunk', tally.firstChunk),
      ...pings,
      missing_chunks: tally.runs * chunks - tally.chunks,
      unfinished_runs: tally.unfinished
    }
  }
}
