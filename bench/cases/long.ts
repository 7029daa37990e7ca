import type { Bench, Case } from '../case.ts'
import { startFrame } from '../client.ts'
import { Meter } from '../meter.ts'
import { longTalk, talk } from '../teams.ts'
import { pause } from '../waiting.ts'
import type { Watcher } from '../watcher.ts'
import { Tally, wave } from '../waves.ts'

/** What a late turn of a run costs against an early one. */
export const long: Case = {
  name: 'long',
  about:
    'CPU per turn around turn `early` and around turn `late` of `runs` runs at once, over `window` turns; `buffered` 0: agents remember everything',
  params: { runs: 100, early: 15, late: 1000, window: 20, waves: 3, warmup: 40, buffered: 1 },
  async measure(bench) {
    const { runs, window, waves, warmup } = bench.params as Record<string, number>
    for (let at = 0; at < warmup!; at++) await wave(bench, talk(20), runs!, new Tally(), false)
    const [early, late] = [new Meter(bench.server), new Meter(bench.server)]
    for (let at = 0; at < waves!; at++) await bench.meter.during(() => once(bench, early, late))
    const turns = runs! * window! * waves!
    return {
      cpu_us_per_early_turn: (early.serverCpu * 1e6) / turns,
      cpu_us_per_late_turn: (late.serverCpu * 1e6) / turns,
      late_to_early: late.serverCpu / early.serverCpu,
      cpu_us_per_turn_of_all: (bench.meter.serverCpu * 1e6) / (waves! * runs! * messagesOf(bench))
    }
  }
}

// Some runs are ahead of others: none of them is to end in the window, since the end of a long one is no turn.
const messagesOf = ({ params }: Bench): number => params.late! + 10 * params.window!

async function once(bench: Bench, early: Meter, late: Meter): Promise<void> {
  const { runs, buffered } = bench.params as Record<string, number>
  const team = (buffered ? longTalk : talk)(messagesOf(bench))
  const watchers = await bench.client.attachAll(await bench.client.createRuns(runs!, team))
  const frame = startFrame(team)
  for (const watcher of watchers) watcher.start(frame)
  await around(bench.params.early!, bench, watchers, early)
  await around(bench.params.late!, bench, watchers, late)
  await Promise.all(watchers.map(({ ended }) => ended))
  for (const watcher of watchers) watcher.close()
}

/** Measures while the runs, taken together, are around a turn. */
async function around(turn: number, { params }: Bench, watchers: Watcher[], meter: Meter): Promise<void> {
  const { runs, window } = params as { runs: number; window: number }
  const messages = () => watchers.reduce((sum, watcher) => sum + watcher.messages, 0)
  const until = async (count: number) => {
    while (messages() < count * runs) await pause(1)
  }
  await until(turn - window / 2)
  meter.begin()
  await until(turn + window / 2)
  meter.end()
}
