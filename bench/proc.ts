/** What Linux knows of processes: CPU time and memory, from /proc. */
import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100
const read = (path: string): string => readFileSync(path, 'latin1')

/** CPU time of a process so far: by thread in nanoseconds, and of the whole in clock ticks (ended threads too). */
export interface CpuReading {
  threads: Map<string, number>
  ticks: number
}

/** Reads the CPU time of a process. */
export function readCpu(pid: number): CpuReading {
  const threads = new Map<string, number>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      threads.set(thread, Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ', 1)[0]))
    } catch {
      // The thread ended meanwhile; the ticks of the process still know it.
    }
  }
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { threads, ticks: Number(fields[11]) + Number(fields[12]) }
}

/** CPU seconds between two readings: to the nanosecond, or by ticks where a thread ended or schedstat is missing. */
export function cpuSeconds(before: CpuReading, after: CpuReading): number {
  let nanoseconds = 0
  for (const [thread, time] of after.threads) nanoseconds += time - (before.threads.get(thread) ?? 0)
  const byTicks = (after.ticks - before.ticks) / ticksPerSecond
  return byTicks - nanoseconds / 1e9 > 0.03 ? byTicks : nanoseconds / 1e9
}

/** CPU seconds that the whole machine was busy, and those its host took away, since it started. */
export function machineCpu(): { busy: number; stolen: number } {
  const line = read('/proc/stat').split('\n', 1)[0]!
  const [user, nice, system, , , irq, softirq, steal] = line.trim().split(/\s+/).slice(1).map(Number)
  return {
    busy: (user! + nice! + system! + irq! + softirq!) / ticksPerSecond,
    stolen: (steal ?? 0) / ticksPerSecond
  }
}

/** Memory of a process in kilobytes (1,024 bytes): now, and at its highest. */
export function memory(pid: number): { rss: number; peak: number } {
  const status = read(`/proc/${pid}/status`)
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
  return { rss: field('VmRSS'), peak: field('VmHWM') }
}

/** The processes that a process has started. */
export function childrenOf(pid: number): number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return ids.map(Number).filter((id) => parentOf(id) === pid)
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = read(`/proc/${pid}/stat`)
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}
