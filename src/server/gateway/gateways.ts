import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestHandler } from '../ws/request-handler.ts'
import { type Address, GatewayProcess } from './gateway-process.ts'

/** The first and the longest wait before a gateway is started again, in milliseconds. */
const [SHORT, LONG] = [100, 10_000]

/** Processes that listen on the port of this one, and pass on to it what comes. One that ends is started again. */
export class Gateways {
  readonly #front: RequestHandler
  readonly #address: Address
  readonly #beat: number
  readonly #running = new Set<GatewayProcess>()
  readonly #kept: Promise<void>[] = []
  readonly #closing = new AbortController()

  /** `beat`: how often they are asked whether they are there, in milliseconds. */
  constructor(front: RequestHandler, address: Address, beat = 5000) {
    this.#front = front
    this.#address = address
    this.#beat = beat
  }

  /** The processes. */
  get pids(): number[] {
    return [...this.#running].flatMap(({ pid }) => pid ?? [])
  }

  /** Starts so many; rejects where one does not come to listen. */
  async open(count: number): Promise<void> {
    const gateways = Array.from({ length: count }, () => this.#start())
    this.#kept.push(...gateways.map((gateway) => this.#keep(gateway)))
    await Promise.all(gateways.map(({ listening }) => listening))
  }

  /** They stop accepting clients. */
  shut(): void {
    this.#closing.abort()
    for (const gateway of this.#running) gateway.shut()
  }

  /** Ends them, and waits for that. */
  async close(): Promise<void> {
    this.shut()
    await Promise.all([...this.#running].map((gateway) => gateway.end()))
    await Promise.all(this.#kept)
  }

  #start(): GatewayProcess {
    const gateway = new GatewayProcess(this.#front, this.#address, this.#beat)
    // The promise of one that is started again is not awaited: its exit code says enough.
    gateway.listening.catch(() => {})
    this.#running.add(gateway)
    return gateway
  }

  /** Starts a gateway again whenever it ends; one that keeps ending, less and less often. */
  async #keep(gateway: GatewayProcess): Promise<void> {
    const { signal } = this.#closing
    for (let wait = SHORT; ; wait = Math.min(2 * wait, LONG)) {
      const began = Date.now()
      const how = await gateway.ended
      this.#running.delete(gateway)
      if (signal.aborted) return
      this.#front.log.warn({ how }, 'a gateway has ended and is started again')
      if (Date.now() - began > LONG) wait = SHORT
      await sleep(wait, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      gateway = this.#start()
    }
  }
}
