import type { Bench, Case } from '../case.ts'
import { startFrame } from '../client.ts'
import { type Figures, perCpu } from '../figures.ts'
import { pinged } from '../pinger.ts'
import { stream } from '../teams.ts'
import { within } from '../waiting.ts'
import type { Watcher } from '../watcher.ts'
import { Tally } from '../waves.ts'

/** One streaming run watched by many clients, as fast as it goes: many frames leave together. */
export const fanOut: Case = {
  name: 'fan-out',
  about: 'one streaming run watched by `clients` clients at full speed',
  params: { clients: 1000, chunks: 1000, delay: 0, waves: 2 },
  measure: watchTogether
}

/** The same with a pause before each chunk (the replay model's `chunk_delay_ms`): one frame at a time. */
export const fanOutPaced: Case = {
  name: 'fan-out-paced',
  about:
    'the same with `delay` ms before each chunk: one frame at a time (needs chunk_delay_ms: not for Studio)',
  params: { clients: 1000, chunks: 150, delay: 25, waves: 2 },
  measure: watchTogether
}

async function watchTogether(bench: Bench): Promise<Figures> {
  const { clients, chunks, waves } = bench.params as Record<'clients' | 'chunks' | 'waves', number>
  await watch(bench, Math.ceil(chunks / 4), new Tally(), false)
  const tally = new Tally()
  let tooSlow = 0
  const pings = await pinged(bench, async () => {
    for (let i = 0; i < waves; i++) tooSlow += await watch(bench, chunks, tally, true)
  })
  return {
    ...perCpu('frame', tally.frames, bench.meter.serverCpu),
    frames_per_s: tally.frames / bench.meter.wall,
    frames_per_read: tally.frames / tally.reads,
    ...pings,
    missing_chunks: waves * clients * chunks - tally.chunks,
    closed_as_too_slow: tooSlow
  }
}

/** One run with all its watchers, from start to end. How many were closed with 4413. */
async function watch(bench: Bench, chunks: number, tally: Tally, measured: boolean): Promise<number> {
  const { clients, delay } = bench.params as Record<'clients' | 'delay', number>
  const team = stream(chunks, delay)
  const [run] = await bench.client.createRuns(1, team)
  const watchers = await bench.client.attachAll(new Array<string>(clients).fill(run!))
  const frame = startFrame(team)
  if (measured) bench.meter.begin()
  watchers[0]!.start(frame)
  const all = Promise.all(watchers.map((watcher) => watcher.ended))
  await within(120_000, 'the end of the watched run', all)
  if (measured) bench.meter.end()
  return settle(watchers, tally)
}

function settle(watchers: Watcher[], tally: Tally): number {
  for (const watcher of watchers) {
    tally.add(watcher)
    watcher.close()
  }
  return watchers.filter(({ closed }) => closed === 4413).length
}
