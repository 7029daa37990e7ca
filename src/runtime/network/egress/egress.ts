import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { promisify } from 'node:util'
import { TroupeError } from '../../../protocol/errors.ts'
import { guardedLookup } from '../guarded-lookup.ts'
import { defaultNetwork, Network } from '../network.ts'
import type { NetworkOptions } from '../network-options.ts'
import { EgressRules } from './egress-rules.ts'

/** Which addresses the tools, agents and models of configs may reach: what the operator allows. */
export interface Egress {
  /** Sends a request as the platform's `fetch` does. Rejects with `egress_refused` where it, or a redirect, may not go. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
  /** Whether a connection may be made there; for what makes its own, which then looks names up by `lookupFor`. */
  allows(url: URL): Promise<boolean>
  /** Finds the addresses of a name and judges them, so that what is connected to is what was judged. */
  lookupFor(url: URL): LookupFunction
  /** Whether everything may be reached; only then does code that runs apart from this process have the network. */
  readonly open: boolean
  /** What models' requests go through; the usual one, where it is not said. */
  readonly network?: Network
}

/** One network for models, tools and agents, whose every connection is judged, those of redirects too. */
export class GuardedEgress implements Egress {
  readonly network: Network
  readonly #rules: EgressRules
  readonly #lookup: LookupFunction

  /**
   * @param entries what the operator allows (`--egress`); everything, unless told
   * @param options of the network
   * @throws where an entry cannot be understood
   */
  constructor(entries: readonly string[] = ['any'], options: NetworkOptions = {}) {
    this.#rules = new EgressRules(entries)
    this.#lookup = options.lookup ?? systemLookup
    const isUsual = this.#rules.open && Object.keys(options).length === 0
    this.network = isUsual ? defaultNetwork() : new Network({ ...options, guard: this.#rules.demand })
  }

  get open(): boolean {
    return this.#rules.open
  }

  async fetch(url: string | URL, init?: RequestInit): Promise<Response> {
    try {
      return await this.network.fetch(url, init)
    } catch (error) {
      throw refusalIn(error) ?? error
    }
  }

  async allows(url: URL): Promise<boolean> {
    const place = placeOf(url)
    try {
      if (isIP(place.host)) this.#rules.demand({ ...place, address: place.host })
      else await promisify(this.lookupFor(url))(place.host, { all: true })
      return true
    } catch {
      return false
    }
  }

  lookupFor(url: URL): LookupFunction {
    return guardedLookup(this.#rules.demand, placeOf(url), this.#lookup)
  }
}

const placeOf = ({ hostname, port, protocol }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: Number(port || (protocol === 'https:' || protocol === 'wss:' ? 443 : 80))
})

/** The refusal of an egress that an error came of; undefined where it came of something else. */
export function refusalIn(error: unknown): TroupeError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++)
    if (at instanceof TroupeError && at.code === 'egress_refused') return at
  return undefined
}

/** Everything may be reached. */
export const openEgress = new GuardedEgress()
