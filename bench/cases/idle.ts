import type { Case } from '../cases.ts'
import { settledRss } from '../settled.ts'
import { talk } from '../teams.ts'

/** Sockets that wait, each attached to a run of its own. */
export const idle: Case = {
  name: 'idle',
  about:
    'memory per idle socket: the slope of the server’s RSS from `base` to `sockets`, all runs created before',
  params: { sockets: 10_000, base: 1000, settle: 5 },
  async measure(bench) {
    const { sockets, base } = bench.params as { sockets: number; base: number }
    const runs = await bench.client.createRuns(sockets, talk(20))
    const created = await settledRss(bench)
    const first = await bench.client.attachAll(runs.slice(0, base))
    const low = await settledRss(bench)
    const rest = await bench.meter.during(() => bench.client.attachAll(runs.slice(base)))
    const connectCpu = bench.meter.serverCpu
    const high = await settledRss(bench)
    const lost = [...first, ...rest].filter(({ closed }) => closed !== undefined).length
    for (const watcher of [...first, ...rest]) watcher.close()
    return {
      kb_per_socket: ((high - low) * 1024) / (sockets - base),
      connect_cpu_us: (connectCpu * 1e6) / (sockets - base),
      connects_per_s: (sockets - base) / bench.meter.wall,
      rss_without_sockets_mb: created,
      rss_at_base_mb: low,
      rss_at_sockets_mb: high,
      lost_sockets: lost
    }
  }
}
