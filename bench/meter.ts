import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { type CpuReading, cpuSeconds, machineCpu, memory, readCpu } from './proc.ts'
import { now } from './waiting.ts'

/** A stretch of time, on the clock of `now`. */
export interface Window {
  from: number
  to: number
}

interface Reading {
  at: number
  servers: CpuReading[]
  client: CpuReading
  machine: ReturnType<typeof machineCpu>
  loop: EventLoopUtilization
}

/** Adds up what the measured stretches cost: the server, this client, and everybody else on the machine. */
export class Meter {
  readonly windows: Window[] = []
  serverCpu = 0
  clientCpu = 0
  others = 0
  stolen = 0
  wall = 0
  #active = 0
  readonly #server: { pids: readonly number[] }
  #begun: Reading | undefined

  constructor(server: { pids: readonly number[] }) {
    this.#server = server
  }

  /** Measures while `work` lasts. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.begin()
    return work().finally(() => this.end())
  }

  /** From here it counts. */
  begin(): void {
    this.#begun = this.#read()
  }

  /** To here it counted. */
  end(): void {
    const [a, b] = [this.#begun!, this.#read()]
    const server = b.servers.reduce((sum, reading, index) => sum + cpuSeconds(a.servers[index]!, reading), 0)
    const client = cpuSeconds(a.client, b.client)
    this.serverCpu += server
    this.clientCpu += client
    this.others += b.machine.busy - a.machine.busy - server - client
    this.stolen += b.machine.stolen - a.machine.stolen
    this.wall += (b.at - a.at) / 1000
    this.#active += performance.eventLoopUtilization(b.loop, a.loop).active / 1000
    this.windows.push({ from: a.at, to: b.at })
  }

  /** Memory of the server in megabytes: now and at its highest. */
  memory(): { rss_mb: number; rss_peak_mb: number } {
    const each = this.#server.pids.map(memory)
    const sum = (field: 'rss' | 'peak') => each.reduce((total, one) => total + one[field], 0) / 1024
    return { rss_mb: sum('rss'), rss_peak_mb: sum('peak') }
  }

  /** The machine during the measurement. `client_busy` near 1 means that the client limited it. */
  load(): Record<string, number> {
    return {
      wall_s: this.wall,
      server_cpu_s: this.serverCpu,
      client_cpu_s: this.clientCpu,
      client_busy: this.wall > 0 ? this.#active / this.wall : 0,
      others_cpu_s: Math.max(0, this.others),
      stolen_cpu_s: this.stolen
    }
  }

  #read(): Reading {
    return {
      at: now(),
      servers: this.#server.pids.map(readCpu),
      client: readCpu(process.pid),
      machine: machineCpu(),
      loop: performance.eventLoopUtilization()
    }
  }
}
