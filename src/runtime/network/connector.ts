import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { ConnectGuard, Destination } from './network-options.ts'

/**
 * What undici connects to an origin with.
 *
 * @param guard judges every destination; without it all are allowed
 * @param http2 whether HTTP/2 is spoken with a server that offers it
 */
export function connectorFor(
  { hostname, port, protocol }: URL,
  { guard, http2 }: { guard: ConnectGuard | undefined; http2: boolean }
): buildConnector.connector {
  const host = hostname.replace(/^\[|\]$/g, '')
  const place = { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
  const lookup = guard && { lookup: guardedLookup(guard, place) }
  const connect = buildConnector({
    allowH2: http2,
    preferH2: http2,
    ...lookup
  } as buildConnector.BuildOptions)
  if (!guard || !isIP(host)) return connect
  // No address is looked up for what is one.
  return (options, callback) => {
    try {
      guard({ ...place, address: host })
    } catch (refusal) {
      return callback(refusal as Error, null)
    }
    connect(options, callback)
  }
}

/** A look-up whose addresses are all judged: a name with one that is refused is refused. */
function guardedLookup(guard: ConnectGuard, place: Omit<Destination, 'address'>): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      try {
        for (const { address } of addresses) guard({ ...place, address })
      } catch (refusal) {
        return callback(refusal as NodeJS.ErrnoException, [])
      }
      if (options.all) callback(null, addresses)
      else callback(null, addresses[0]!.address, addresses[0]!.family)
    })
  }
}
