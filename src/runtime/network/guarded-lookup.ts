import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { ConnectGuard, Destination } from './network-options.ts'

/**
 * A look-up whose addresses are all judged: a name with one that is refused is refused. What is connected to is what was
 * judged, whatever DNS says a moment later.
 */
export function guardedLookup(
  guard: ConnectGuard,
  place: Omit<Destination, 'address'>,
  lookup: LookupFunction = systemLookup
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const addresses = Array.isArray(found) ? found : []
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
