import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { guardedLookup } from './guarded-lookup.ts'
import type { NetworkOptions } from './network-options.ts'

/**
 * What undici connects to an origin with.
 *
 * @param guard judges every destination; without it all are allowed
 * @param lookup finds the addresses of names; the system's DNS, unless told
 * @param http2 whether HTTP/2 is spoken with a server that offers it
 */
export function connectorFor(
  { hostname, port, protocol }: URL,
  { guard, lookup: names, http2 }: Pick<NetworkOptions, 'guard' | 'lookup'> & { http2: boolean }
): buildConnector.connector {
  const host = hostname.replace(/^\[|\]$/g, '')
  const place = { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
  const lookup = guard ? { lookup: guardedLookup(guard, place, names) } : names && { lookup: names }
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
