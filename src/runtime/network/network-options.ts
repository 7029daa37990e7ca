import type { LookupFunction } from 'node:net'

/** Where a connection is about to go: the name that was asked for and the address that DNS gave. */
export interface Destination {
  host: string
  port: number
  /** An IPv4 or IPv6 address. */
  address: string
}

/** Throws where a connection is not to be made. It is asked for every address, after DNS and before the connection. */
export type ConnectGuard = (destination: Destination) => void

/** How a process reaches others. */
export interface NetworkOptions {
  /** The most connections at once; by default three quarters of the files that this process may have open. */
  maxConnections?: number
  /** The most connections at once to one origin; by default no other limit than that of all. */
  maxConnectionsPerOrigin?: number
  /** Whether HTTP/2 is spoken with servers that offer it over TLS: many requests share a connection then. */
  http2?: boolean
  /** Judges every destination, after DNS and before a connection is made. */
  guard?: ConnectGuard
  /** Finds the addresses of a name; the system's DNS, unless told. */
  lookup?: LookupFunction
}
