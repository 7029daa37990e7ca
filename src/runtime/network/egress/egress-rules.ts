import { BlockList, isIP, isIPv6 } from 'node:net'
import { TroupeError } from '../../../protocol/errors.ts'
import type { Destination } from '../network-options.ts'
import { isPublic } from './public-address.ts'

/** What an operator has said with one `--egress`. */
interface Rule {
  /** A name, or the end of one with a dot before it. */
  name?: string
  suffix?: string
  addresses?: BlockList
  /** Every port, where it is not said. */
  port?: number
}

/** Where outgoing connections may go. */
export class EgressRules {
  /** Whether they may go everywhere. */
  readonly open: boolean
  readonly #rules: readonly Rule[]

  /**
   * @param entries `any`, `public`, or what is allowed besides the public internet: `host`, `host:port`, an address, a
   *   network such as `10.1.0.0/16`, or `*.example.internal`
   * @throws where an entry is none of these
   */
  constructor(entries: readonly string[]) {
    this.open = entries.length === 0 || entries.includes('any')
    this.#rules = entries.filter((entry) => entry !== 'any' && entry !== 'public').map(readRule)
  }

  /** Throws `egress_refused` where a connection may not be made. Asked after DNS, for each address. */
  readonly demand = (destination: Destination): void => {
    const { host, port, address } = destination
    if (this.open || isPublic(address) || this.#rules.some((rule) => allows(rule, destination))) return
    throw new TroupeError('egress_refused', `${isIPv6(host) ? `[${host}]` : host}:${port}`)
  }
}

function allows({ name, suffix, addresses, port }: Rule, destination: Destination): boolean {
  if (port !== undefined && port !== destination.port) return false
  const host = destination.host.toLowerCase().replace(/\.$/, '')
  if (name !== undefined) return host === name
  if (suffix !== undefined) return host.endsWith(suffix)
  const [address = ''] = destination.address.split('%')
  return addresses!.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function readRule(entry: string): Rule {
  const { host, port } = hostAndPort(entry.trim())
  const rule = host === undefined || (port !== undefined && port > 65535) ? undefined : ruleFor(host)
  if (rule) return { ...rule, ...(port !== undefined && { port }) }
  throw new Error(
    `--egress "${entry}" is none of: any, public, host, host:port, an address, a network such as 10.1.0.0/16, *.name.`
  )
}

/** `host`, `host:port`, `[address]`, `[address]:port`, or an IPv6 address without a port. */
function hostAndPort(text: string): { host?: string; port?: number } {
  const isPlainAddress = !text.startsWith('[') && text.split(':').length > 2
  if (isPlainAddress) return /[[\]]/.test(text) ? {} : { host: text.toLowerCase() }
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = (bracketed ?? plain)?.toLowerCase()
  return { ...(host !== undefined && { host }), ...(port !== undefined && { port: Number(port) }) }
}

function ruleFor(host: string): Rule | undefined {
  const [address = '', prefix] = host.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(address)) {
    const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix)
    if (!/^\d*$/.test(prefix ?? '') || bits > (family === 'ipv6' ? 128 : 32)) return undefined
    const addresses = new BlockList()
    addresses.addSubnet(address, bits, family)
    return { addresses }
  }
  const isName = (text: string) =>
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(text)
  const bare = host.replace(/\.$/, '')
  if (bare.startsWith('*.') && isName(bare.slice(2))) return { suffix: bare.slice(1) }
  return isName(bare) ? { name: bare } : undefined
}
