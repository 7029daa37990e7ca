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
