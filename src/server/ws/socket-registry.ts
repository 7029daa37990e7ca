import { closeCodes, refusal } from '../../protocol/close-codes.ts'
import type { Logger } from '../../runtime/shared/logger.ts'
import type { Metrics } from '../../runtime/shared/metrics/metrics.ts'
import type { RequestHead } from '../http/http.ts'
import type { OriginGuard } from '../http/origin-guard.ts'
import { matchPath, type PathPattern, pathPattern } from '../http/path-pattern.ts'
import { SlowClients } from './slow-clients.ts'
import type { SocketRoute } from './socket.ts'
import { type Admission, type RawSocket, SocketConnection } from './socket-connection.ts'
import { TokenExpiries } from './token-expiry.ts'

/** What decides who may come in. */
export interface SocketRegistryOptions {
  sockets?: readonly SocketRoute[]
  guard: OriginGuard
  /** The most sockets per address. */
  maxConnections?: number
  maxFrame: number
  log: Logger
  metrics: Metrics
  /** Ends what tokens keep open. */
  expiries?: TokenExpiries
}

/** Where sockets come in: their paths, who is refused, and all that are open. */
export class SocketRegistry {
  private readonly options: SocketRegistryOptions & { slow: SlowClients }
  private readonly routes: { route: SocketRoute; pattern: PathPattern }[]
  private readonly peers = new Set<SocketConnection>()
  private readonly perAddress = new Map<string, number>()
  private readonly expiries: TokenExpiries
  private closing = false

  constructor(options: SocketRegistryOptions) {
    this.options = { ...options, slow: new SlowClients() }
    this.expiries = options.expiries ?? new TokenExpiries()
    const routes = options.sockets ?? []
    this.routes = routes.map((route) => ({ route, pattern: pathPattern(route.path) }))
  }

  /** Where sockets come in. */
  get paths(): string[] {
    return this.routes.map(({ route }) => route.path)
  }

  /** Begins to decide about a client; undefined where there is no such path. */
  admit(head: RequestHead): SocketConnection | undefined {
    for (const { route, pattern } of this.routes) {
      const params = matchPath(pattern, head.path)
      if (params === undefined) continue
      const address = this.options.maxConnections === undefined ? undefined : head.remote
      return new SocketConnection(this.options, head.id, this.ask(route, head, params), address)
    }
    return undefined
  }

  private async ask(
    route: SocketRoute,
    head: RequestHead,
    params: Record<string, string>
  ): Promise<Admission> {
    const foreign = this.options.guard.refusal(head, true)
    if (foreign !== undefined) return { verdict: refusal('foreignOrigin', 'foreign_origin', foreign) }
    try {
      return { route, verdict: await route.upgrade({ ...head, params }) }
    } catch (error) {
      const { id: request_id, path } = head
      this.options.log.error(
        { request_id, path, code: 'internal', err: error },
        'a socket could not be opened'
      )
      return { verdict: refusal('lost', 'internal') }
    }
  }

  /** The handshake is done: a refused client learns why and is closed. */
  async open(peer: SocketConnection, raw: RawSocket): Promise<void> {
    if (this.closing) peer.refuse(refusal('restarting', 'restarting').refuse)
    else if (!this.count(peer)) peer.refuse(refusal('tooMany', 'too_many_connections').refuse)
    this.peers.add(peer)
    this.options.metrics.sockets = this.peers.size
    this.options.metrics.socketsOpened++
    await peer.opened(raw)
    if (peer.expires !== undefined && this.peers.has(peer)) this.expiries.add(peer, peer.expires)
  }

  closed(peer: SocketConnection): void {
    this.peers.delete(peer)
    this.options.metrics.sockets = this.peers.size
    if (peer.expires !== undefined) this.expiries.remove(peer, peer.expires)
    this.uncount(peer)
    this.options.slow.forget(peer)
    peer.closed()
  }

  /** Ends every socket that is still open. */
  close(): void {
    this.closing = true
    const { code, reason } = closeCodes.restarting
    for (const peer of this.peers) peer.close(code, reason)
  }

  private count(peer: SocketConnection): boolean {
    const { maxConnections } = this.options
    if (peer.address === undefined || maxConnections === undefined) return true
    const count = this.perAddress.get(peer.address) ?? 0
    if (count < maxConnections) this.perAddress.set(peer.address, count + 1)
    else peer.address = undefined
    return count < maxConnections
  }

  private uncount({ address }: SocketConnection): void {
    if (address === undefined) return
    const count = (this.perAddress.get(address) ?? 1) - 1
    if (count > 0) this.perAddress.set(address, count)
    else this.perAddress.delete(address)
  }
}
