import type { Case } from '../case.ts'
import { frameOf, startFrame } from '../client.ts'
import { percentiles } from '../figures.ts'
import { stream } from '../teams.ts'
import { now, pause } from '../waiting.ts'
import type { Watcher } from '../watcher.ts'

const stopFrame = frameOf('stop')

/** How soon runs fall silent that are stopped while very many are busy. */
export const stop: Case = {
  name: 'stop',
  about:
    'from `stop` to the last frame: `runs` runs stream a token every `delay` ms each; `together` are stopped at once, `gap` ms after the ones before',
  params: { runs: 1000, delay: 100, together: 1, gap: 10 },
  async measure({ client, meter, params }) {
    const { runs, delay, together, gap } = params as Record<'runs' | 'delay' | 'together' | 'gap', number>
    const team = stream(5000, delay)
    const watchers = await client.attachAll(await client.createRuns(runs, team))
    const frame = startFrame(team)
    const busy = watchers.map((watcher) => watcher.next('message_chunk'))
    for (const watcher of watchers) watcher.start(frame)
    await Promise.all(busy)
    const took: number[] = []
    const all = async () => {
      for (let at = 0; at < runs; at += together) {
        took.push(...(await Promise.all(watchers.slice(at, at + together).map(silenced))))
        await pause(gap)
      }
    }
    await meter.during(all)
    return { ...percentiles('stop_to_silence', took), stopped_runs: took.length }
  }
}

/** Stops a run; milliseconds until its last frame has come. */
async function silenced(watcher: Watcher): Promise<number> {
  const from = now()
  const last = watcher.next('completion')
  watcher.send(stopFrame)
  const took = (await last) - from
  watcher.close()
  return took
}
