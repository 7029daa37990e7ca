import type { Bench, Case } from '../case.ts'
import { Client } from '../client.ts'
import { Crowd } from '../crowd.ts'
import type { Figures } from '../figures.ts'
import { settledRss } from '../settled.ts'
import { talk } from '../teams.ts'
import { pause } from '../waiting.ts'

const about =
  'memory per idle socket: the slope of RSS from `base` to `sockets`; runs created before, server started again'

// V8's young generation shrinks when there is nothing to do and grows by tens of megabytes when there is. Kept small, it
// is the same at each point, and what is measured is what the sockets take.
const node = ['--max-semi-space-size=1']

/** Sockets that wait, each attached to a run of its own. */
export const idle: Case = {
  name: 'idle',
  about,
  params: { sockets: 19_000, base: 1000, middle: 10_000, clients: 1, settle: 10, hold: 0 },
  node,
  measure: holdIdle
}

/** The same, at six processes. */
export const idleWorkers: Case = {
  name: 'idle-workers',
  about: `${about}; six processes on one port`,
  params: { sockets: 100_000, base: 6000, middle: 50_000, clients: 6, settle: 20, hold: 150 },
  flags: ['--workers', '6'],
  node,
  measure: holdIdle
}

type Params = Record<'sockets' | 'base' | 'middle' | 'clients' | 'settle' | 'hold', number>

async function holdIdle(bench: Bench): Promise<Figures> {
  const { sockets, base, middle, clients, hold } = bench.params as Params
  const { server, meter } = bench
  const runs = await bench.client.createRuns(sockets, talk(20))
  // What creating the runs has left in the process would hide what the sockets take.
  await server.restart?.()
  const crowd = new Crowd(new Client(server.url).address, clients)
  try {
    const none = await settledRss(bench)
    await crowd.attach(runs.slice(0, base))
    const low = await settledRss(bench)
    await meter.during(() => crowd.attach(runs.slice(base, middle)))
    const mid = await settledRss(bench)
    await meter.during(() => crowd.attach(runs.slice(middle)))
    const high = await settledRss(bench)
    await pause(hold * 1000)
    const { open, lost } = await crowd.count()
    return {
      kb_per_socket: ((high - low) * 1024) / (sockets - base),
      kb_per_socket_to_middle: ((mid - low) * 1024) / (middle - base),
      kb_per_socket_from_middle: ((high - mid) * 1024) / (sockets - middle),
      connect_cpu_us: (meter.serverCpu * 1e6) / (sockets - base),
      connects_per_s: (sockets - base) / meter.wall,
      rss_without_sockets_mb: none,
      rss_at_base_mb: low,
      rss_at_middle_mb: mid,
      rss_at_sockets_mb: high,
      open_sockets: open,
      lost_sockets: lost
    }
  } finally {
    crowd.leave()
  }
}
