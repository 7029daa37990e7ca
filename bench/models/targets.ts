import type { Bench } from '../case.ts'
import { Client } from '../client.ts'
import { Meter } from '../meter.ts'
import type { Server } from '../server.ts'
import { Tally } from '../waves.ts'
import { startHelper } from './helper.ts'
import { startPeers } from './peers.ts'

/** One of those that do the same work against the same fake model. */
export interface Target {
  name: string
  /** The bench as a wave needs it, with this server. */
  bench: Bench
  tally: Tally
}

/** Troupe, the floor by fetch and by dispatch, and every peer that is installed, with the fake model that they ask. */
export class Targets {
  readonly model: Server
  readonly all: readonly Target[]
  readonly #servers: readonly Server[]

  private constructor(model: Server, all: readonly Target[], servers: readonly Server[]) {
    this.model = model
    this.all = all
    this.#servers = servers
  }

  /** Starts what is not running yet. */
  static async start(bench: Bench): Promise<Targets> {
    const model = await startHelper('./fake-server.ts')
    const floors = await Promise.all(['fetch', 'dispatch'].map((way) => startHelper('./floor.ts', way)))
    const peers = await startPeers()
    const named: [string, Server][] = [['floor', floors[0]!], ['floor_dispatch', floors[1]!], ...peers]
    const others = named.map(([name, server]) => targetOf(name, bench, server))
    const troupe = { name: 'troupe', bench, tally: new Tally() }
    return new Targets(model, [troupe, ...others], [model, ...named.map(([, server]) => server)])
  }

  /** Begins to count: what was done before was a warm-up. */
  count(): void {
    for (const target of this.all) target.tally = new Tally()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()))
  }
}

const targetOf = (name: string, bench: Bench, server: Server): Target => ({
  name,
  bench: { ...bench, server, client: new Client(server.url), meter: new Meter(server) },
  tally: new Tally()
})
