import type { Case } from '../case.ts'
import { median } from '../figures.ts'
import { memory, readCpu } from '../proc.ts'

/** From the start of the process to its listening line. */
export const startup: Case = {
  name: 'startup',
  about: 'start to listening, the median of `times` fresh starts (new data directory each)',
  params: { times: 5 },
  async measure({ params, server, start, meter }) {
    if (server.startup === 0) throw new Error('startup starts servers itself: it takes no --url')
    const took: number[] = []
    const cpu: number[] = []
    const rss: number[] = []
    meter.begin()
    for (let i = 0; i < params.times!; i++) {
      const server = await start()
      const pid = server.pids[0]!
      took.push(server.startup)
      cpu.push(readCpu(pid).ticks * 10)
      rss.push(memory(pid).rss / 1024)
      await server.stop()
    }
    meter.end()
    return {
      start_to_listening_ms: median(took),
      best_ms: Math.min(...took),
      worst_ms: Math.max(...took),
      cpu_ms: median(cpu),
      rss_at_start_mb: median(rss)
    }
  }
}
