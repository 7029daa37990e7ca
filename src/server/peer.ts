import type { Expiring } from './auth/expiries.ts'
import type { Log, Sent } from './http.ts'
import { closes, errorFrame, frameErrors } from './protocol.ts'
import type { Refusal, Socket, SocketEvents, SocketRoute, Verdict } from './socket.ts'

/** What is used of uWebSockets.js's socket. */
export interface RawSocket {
  send(text: string): number
  end(code: number, reason: string): void
  ping(): unknown
  cork(fn: () => void): unknown
  getBufferedAmount(): number
}

/** What all peers of a server share. */
export interface PeerRules {
  maxFrame: number
  log: Log
}

/** What was decided about a client before its handshake; the route is there for one that was let in. */
export interface Opening {
  route?: SocketRoute
  verdict: Verdict<unknown>
}

/**
 * One client's socket: the port that the rest of the server sees.
 * There may be very many idle ones, so it holds references only: no closures, no timers.
 */
export class Peer implements Socket, Expiring {
  /** Set where connections per address are counted. */
  address: string | undefined
  /** When its token ends, in milliseconds since 1970. */
  readonly expires: number | undefined
  private readonly rules: PeerRules
  private opening: Opening | undefined
  private raw: RawSocket | undefined
  private events: SocketEvents | undefined

  constructor(rules: PeerRules, opening: Opening, address?: string) {
    this.rules = rules
    this.opening = opening
    this.address = address
    this.expires = 'accept' in opening.verdict ? opening.verdict.expires : undefined
  }

  get buffered(): number {
    return this.raw?.getBufferedAmount() ?? 0
  }

  // uWebSockets.js throws at any call on a socket that is closed, so each one looks first.
  send(text: string): Sent {
    return this.raw === undefined ? 'dropped' : (outcomes[this.raw.send(text)] ?? 'dropped')
  }

  ping(): void {
    this.raw?.ping()
  }

  cork(fn: () => void): void {
    if (this.raw === undefined) fn()
    else this.raw.cork(fn)
  }

  close(code: number, reason: string): void {
    const { raw } = this
    this.raw = undefined
    raw?.end(code, shorten(reason))
  }

  /** Turns away a client that was let in before. */
  refuse(refuse: Refusal): void {
    this.opening = { verdict: { refuse } }
  }

  /** The handshake is done: what was decided before it happens now. */
  opened(raw: RawSocket): void {
    this.raw = raw
    const { route, verdict } = this.opening!
    this.opening = undefined
    this.guard(() => {
      if ('refuse' in verdict) this.turnAway(verdict.refuse)
      else this.own(route!.open(this, verdict.accept))
    })
  }

  received(data: ArrayBuffer, isBinary: boolean): void {
    const { events } = this
    if (events === undefined) return
    this.guard(() => {
      if (data.byteLength > this.rules.maxFrame) {
        events.onTooLarge()
        this.close(1009, 'The frame is too large')
      } else if (isBinary) events.onBinary()
      else events.onMessage(Buffer.from(data).toString())
    })
  }

  /** The token is over that let this client in. */
  expire(): void {
    this.send(errorFrame('token_expired', frameErrors.token_expired))
    this.close(closes.notAuthenticated.code, frameErrors.token_expired)
  }

  drained(): void {
    if (this.buffered === 0) this.guard(() => this.events?.onDrain())
  }

  closed(): void {
    const { events } = this
    this.raw = undefined
    this.events = undefined
    this.guard(() => events?.onClose())
  }

  private turnAway({ code, reason, frame }: Refusal): void {
    if (frame !== undefined) this.send(frame)
    this.close(code, reason)
  }

  /** Whoever closes a socket while opening it hears of it like everybody else. */
  private own(events: SocketEvents): void {
    if (this.raw === undefined) events.onClose()
    else this.events = events
  }

  /** A handler that throws ends its own connection and nothing else. */
  private guard(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      this.rules.log('a socket handler failed', error)
      this.close(1011, 'Internal server error')
    }
  }
}

const outcomes: readonly Sent[] = ['queued', 'sent', 'dropped']

/** A close frame takes 123 bytes of reason. */
function shorten(reason: string): string {
  if (Buffer.byteLength(reason) <= 123) return reason
  const cut = Buffer.from(reason).subarray(0, 120).toString()
  return `${cut.replace(/\uFFFD+$/, '')}…`
}
