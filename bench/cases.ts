import { fanOut, fanOutPaced } from './cases/fan-out.ts'
import { idle, idleWorkers } from './cases/idle.ts'
import { inspected } from './cases/inspected.ts'
import { long } from './cases/long.ts'
import { mixed } from './cases/mixed.ts'
import { modelCases } from './cases/models.ts'
import { replay } from './cases/replay.ts'
import { revival } from './cases/revival.ts'
import { runs } from './cases/runs.ts'
import { soak } from './cases/soak.ts'
import { startup } from './cases/startup.ts'
import { stop } from './cases/stop.ts'
import { stream } from './cases/stream.ts'
import { waiting } from './cases/waiting.ts'
import type { Client } from './client.ts'
import type { Figures } from './figures.ts'
import type { Meter } from './meter.ts'
import type { Server } from './server.ts'

/** What a case works with: its parameters, a server, a client that speaks to it, and the meter of what it costs. */
export interface Bench {
  params: Record<string, number>
  server: Server
  client: Client
  meter: Meter
  /** Starts another server of the same kind. */
  start(): Promise<Server>
}

/** A case: what it measures, its parameters with their usual values, and how. */
export interface Case {
  name: string
  about: string
  params: Record<string, number>
  /** What the server is started with besides. */
  flags?: string[]
  /** The product is started by Node with these flags, and not by its own script. */
  node?: string[]
  measure(bench: Bench): Promise<Figures>
}

/** All cases, in the order in which `all` runs them. */
export const cases: readonly Case[] = [
  startup,
  runs,
  inspected,
  stream,
  fanOut,
  fanOutPaced,
  replay,
  mixed,
  idle,
  idleWorkers,
  soak,
  waiting,
  long,
  revival,
  stop,
  ...modelCases
]
