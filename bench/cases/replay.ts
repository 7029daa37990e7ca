import type { Bench, Case } from '../case.ts'
import { startFrame } from '../client.ts'
import { perCpu, percentiles } from '../figures.ts'
import { longTalk } from '../teams.ts'
import { within } from '../waiting.ts'
import { Watcher } from '../watcher.ts'

/** Attaching to a finished run from its beginning. */
export const replay: Case = {
  name: 'replay',
  about:
    'attach with ?after=0 to a finished run of `events` messages, one client after another (not for Studio)',
  params: { events: 10_000, attaches: 50, warmup: 5 },
  async measure(bench) {
    const { events, attaches, warmup } = bench.params as Record<'events' | 'attaches' | 'warmup', number>
    const run = await finishedRun(bench, events)
    for (let i = 0; i < warmup; i++) await attach(bench, run)
    bench.meter.begin()
    const watchers: Watcher[] = []
    for (let i = 0; i < attaches; i++) watchers.push(await attach(bench, run))
    bench.meter.end()
    const durable = watchers.reduce((sum, watcher) => sum + watcher.durable, 0)
    return {
      ...perCpu('event', durable, bench.meter.serverCpu),
      events_per_s: durable / bench.meter.wall,
      ...percentiles(
        'first_replayed',
        watchers.map(({ firstReplayedAt, startedAt }) => firstReplayedAt - startedAt)
      ),
      missing_messages: watchers.reduce((sum, { messages }) => sum + events - messages, 0)
    }
  }
}

async function finishedRun({ client }: Bench, events: number): Promise<string> {
  const team = longTalk(events)
  const [run] = await client.createRuns(1, team)
  const watcher = await Watcher.attach(client.address, run!)
  watcher.start(startFrame(team))
  await within(180_000, `a run of ${events} messages`, watcher.ended)
  watcher.close()
  if (watcher.messages < events)
    throw new Error(`the run ended after ${watcher.messages} of ${events} messages`)
  return run!
}

async function attach({ client }: Bench, run: string): Promise<Watcher> {
  const watcher = await Watcher.attach(client.address, run, '?after=0')
  await within(60_000, 'the replayed terminal frame', watcher.ended)
  watcher.close()
  return watcher
}
