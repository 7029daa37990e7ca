import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** IPv4 networks that are not the public internet. Source: IANA, IPv4 Special-Purpose Address Registry. */
const v4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  // Shared by providers; metadata services of some clouds stand here (100.100.100.200).
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Link-local, with the metadata services of most clouds (169.254.169.254).
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Multicast, reserved, broadcast.
  '224.0.0.0/3',
  // What a virtual machine of Azure asks for its certificates and settings.
  '168.63.129.16/32'
]

/** The part of IPv6 in which public addresses are, and what is not public in it. Source: IANA, IPv6 registry. */
const globalUnicast = '2000::/3'
const v6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']
/** IPv6 addresses that stand for the IPv4 address in their last 32 bits, which is reached through a translator. */
const translated = '64:ff9b::/96'

const listOf = (networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    list.addSubnet(address, Number(prefix), family)
  }
  return list
}

const notPublic = listOf(v4, 'ipv4')
const global6 = listOf([globalUnicast], 'ipv6')
const notPublic6 = listOf(v6, 'ipv6')
const nat64 = listOf([translated], 'ipv6')
const mapped = listOf(['::ffff:0:0/96'], 'ipv6')

/**
 * Whether an address is one of the public internet: neither this machine, nor its networks, nor what clouds put beside
 * their machines. What is no address is not public.
 */
export function isPublic(address: string): boolean {
  const [plain = ''] = address.split('%')
  if (isIPv4(plain)) return !notPublic.check(plain, 'ipv4')
  if (!isIPv6(plain)) return false
  const inner = mapped.check(plain, 'ipv6') || nat64.check(plain, 'ipv6') ? lastPart(plain) : undefined
  if (inner !== undefined) return !notPublic.check(inner, 'ipv4')
  return global6.check(plain, 'ipv6') && !notPublic6.check(plain, 'ipv6')
}

/** The IPv4 address in the last 32 bits of an IPv6 address. */
function lastPart(address: string): string {
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1)
  // The URL parser writes every IPv6 address in the same way, with zeros left out.
  const { hostname } = new URL(`http://[${address}]/`)
  const groups = expanded(hostname.slice(1, -1)).slice(-2)
  return groups.flatMap((group) => [group >> 8, group & 255]).join('.')
}

function expanded(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [read(head), tail === undefined ? [] : read(tail)]
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after]
}
