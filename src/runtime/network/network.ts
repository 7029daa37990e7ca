import { readFileSync } from 'node:fs'
import type { Dispatcher } from 'undici'
import type { NetworkOptions } from './network-options.ts'

/**
 * The way out: every outgoing HTTP request of a runtime goes through the one dispatcher of its network, so that limits
 * and rules about where it may go hold in one place.
 */
export class Network {
  readonly #options: NetworkOptions
  #agent: (Dispatcher & { destroy(): Promise<void> }) | undefined

  constructor(options: NetworkOptions = {}) {
    this.#options = options
  }

  /** What undici's `fetch` and `dispatch` send requests with; loads undici the first time. */
  async dispatcher(): Promise<Dispatcher> {
    if (this.#agent) return this.#agent
    const { OutgoingAgent, loadParser } = await import('./outgoing-agent.ts')
    await loadParser()
    const maxConnections = this.#options.maxConnections ?? usualConnections()
    this.#agent ??= new OutgoingAgent({ ...this.#options, maxConnections })
    return this.#agent
  }

  /** `fetch` over this network. */
  readonly fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const dispatcher = await this.dispatcher()
    const { fetch } = await import('undici')
    return (await fetch(url, { ...init, dispatcher } as Parameters<typeof fetch>[1])) as unknown as Response
  }

  /** The same once it has been loaded, else undefined. */
  get ready(): Dispatcher | undefined {
    return this.#agent
  }

  /** Ends all connections; requests that are under way fail. It can be used again afterwards. */
  async close(): Promise<void> {
    const agent = this.#agent
    this.#agent = undefined
    await agent?.destroy()
  }
}

let shared: Network | undefined

/** The network of those who have none of their own. */
export function defaultNetwork(): Network {
  shared ??= new Network()
  return shared
}

const MANY = 10_000

/** Clients, the database and processes need files too: without a reserve none of them could be let in. */
function usualConnections(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return soft === undefined ? MANY : Math.max(16, Math.floor(Number(soft) * 0.75))
  } catch {
    return MANY
  }
}
