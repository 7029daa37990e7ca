import type { Bench, Case } from '../case.ts'
import { frameOf, startFrame } from '../client.ts'
import { median } from '../figures.ts'
import { Meter } from '../meter.ts'
import { longTalk } from '../teams.ts'
import { now, pause } from '../waiting.ts'
import type { Watcher } from '../watcher.ts'

/** So long after its pause a run is put away for certain, in milliseconds; a long one stays longer. */
const away = (turns: number): number => 4000 + turns * 15

/** What it costs that a run that was put away plays its journal again. */
export const revival: Case = {
  name: 'revival',
  about:
    'a run is paused after `turns` turns and put away: from `resume` to its next message, and the CPU of it',
  params: { turns: 1000, runs: 7 },
  async measure(bench) {
    const { turns, runs } = bench.params as { turns: number; runs: number }
    const took: Revived[] = []
    for (let at = 0; at < runs; at++) took.push(await bench.meter.during(() => revived(bench, turns)))
    const middle = (field: keyof Revived) => median(took.map((one) => one[field]))
    return {
      turns: middle('turns'),
      resume_to_message_ms: middle('ms'),
      revival_cpu_ms: middle('cpu'),
      cpu_us_per_turn: (middle('cpu') * 1000) / middle('turns')
    }
  }
}

interface Revived {
  turns: number
  ms: number
  cpu: number
}

async function revived({ client, server }: Bench, turns: number): Promise<Revived> {
  const team = longTalk(turns * 3 + 2000)
  const [watcher] = (await client.attachAll(await client.createRuns(1, team))) as [Watcher]
  watcher.start(startFrame(team))
  while (watcher.messages < turns) await pause(1)
  const paused = watcher.next('status')
  watcher.send(frameOf('pause'))
  await paused
  const before = watcher.messages
  await pause(away(before))
  const meter = new Meter(server)
  const from = now()
  meter.begin()
  const message = watcher.next('message')
  watcher.send(frameOf('resume'))
  const ms = (await message) - from
  meter.end()
  watcher.send(frameOf('stop'))
  await watcher.ended
  watcher.close()
  return { turns: before, ms, cpu: meter.serverCpu * 1000 }
}
