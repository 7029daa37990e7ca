import type { Refusal } from '../../protocol/close-codes.ts'
import { closeCodes, errorFrame } from '../../protocol/close-codes.ts'
import type { LogFields, Logger, LogLevel } from '../../runtime/shared/logger.ts'
import type { Metrics } from '../../runtime/shared/metrics/metrics.ts'
import type { Sent } from '../http/http.ts'
import type { Socket, SocketEvents, SocketRoute, Verdict } from './socket.ts'
import type { Expiring } from './token-expiry.ts'

/** What is used of uWebSockets.js's socket. */
export interface RawSocket {
  send(text: string): number
  end(code: number, reason: string): void
  cork(fn: () => void): unknown
  getBufferedAmount(): number
}

/** What all peers of a server share. */
export interface ConnectionRules {
  maxFrame: number
  log: Logger
  metrics: Metrics
}

/** What was decided about a client; the route is there for one that was let in. */
export interface Admission {
  route?: SocketRoute
  verdict: Verdict<unknown>
}

/** What a client has said before it was decided about: null where it sent bytes. */
interface Early {
  said: (string | null)[]
  bytes: number
}

/**
 * One client's socket: the port that the rest of the server sees.
 * There may be very many idle ones, so it holds references only: no closures, no timers.
 */
export class SocketConnection implements Socket, Expiring {
  /** Set where connections per address are counted. */
  address: string | undefined
  /** When its token ends, in milliseconds since 1970; known once it is let in. */
  expires: number | undefined
  /** Whose it is, for the log; known once it is decided about. */
  user: string | null | undefined
  private readonly id: string
  private readonly rules: ConnectionRules
  private opening: Promise<Admission> | undefined
  private early: Early | undefined
  private raw: RawSocket | undefined
  private events: SocketEvents | undefined

  /** `id`: that of its handshake. */
  constructor(rules: ConnectionRules, id: string, opening: Promise<Admission>, address?: string) {
    this.rules = rules
    this.id = id
    this.opening = opening
    this.address = address
  }

  get buffered(): number {
    return this.raw?.getBufferedAmount() ?? 0
  }

  // uWebSockets.js throws at any call on a socket that is closed, so each one looks first.
  send(text: string): Sent {
    return this.raw === undefined ? 'dropped' : (outcomes[this.raw.send(text)] ?? 'dropped')
  }

  cork(fn: () => void): void {
    if (this.raw === undefined) fn()
    else this.raw.cork(fn)
  }

  close(code: number, reason: string): void {
    if (this.raw === undefined) return
    this.log(levels[code] ?? 'debug', { close: code, reason }, 'a socket was closed')
    this.end(code, reason)
  }

  /** Turns away a client whatever is decided about it. */
  refuse(refuse: Refusal): void {
    this.opening = Promise.resolve({ verdict: { refuse } })
  }

  /** The handshake is done: what is decided about the client happens, and then what it has said meanwhile. */
  async opened(raw: RawSocket): Promise<void> {
    this.raw = raw
    this.early = { said: [], bytes: 0 }
    const { route, verdict } = await this.opening!
    const { said } = this.early
    this.opening = undefined
    this.early = undefined
    if (this.raw === undefined) return
    this.user = verdict.user
    this.guard(() => {
      if ('refuse' in verdict) return this.turnAway(verdict.refuse)
      this.expires = verdict.expires
      this.own(route!.open(this, verdict.accept))
    })
    for (const text of said) this.hear(text)
  }

  /** A frame has come; its memory is taken back when this returns. */
  received(data: Buffer, isBinary: boolean): void {
    const { events, early, rules } = this
    if (early !== undefined) early.bytes += data.byteLength
    if (Math.max(data.byteLength, early?.bytes ?? 0) > rules.maxFrame) {
      this.guard(() => events?.onTooLarge())
      return this.close(1009, 'The frame is too large')
    }
    const text = isBinary ? null : data.toString()
    if (early === undefined) this.hear(text)
    else early.said.push(text)
  }

  /** The token is over that let this client in. */
  expire(): void {
    this.send(errorFrame('token_expired'))
    this.close(closeCodes.tokenExpired.code, closeCodes.tokenExpired.reason)
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

  private hear(text: string | null): void {
    const { events } = this
    if (events !== undefined) this.guard(() => (text === null ? events.onBinary() : events.onMessage(text)))
  }

  private turnAway({ code: close, why: code, reason, frame }: Refusal): void {
    this.log(levels[close] ?? 'debug', { close, code }, 'a socket was refused')
    this.rules.metrics.errors.add({ code })
    this.send(frame)
    this.end(close, reason)
  }

  private end(code: number, reason: string): void {
    const { raw } = this
    this.raw = undefined
    this.rules.metrics.socketsClosed.add({ code: String(code) })
    raw?.end(code, shorten(reason))
  }

  private log(level: LogLevel, fields: LogFields, text: string): void {
    this.rules.log[level]({ request_id: this.id, user_id: this.user, ...fields }, text)
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
      this.log('error', { code: 'internal', err: error }, 'a socket handler failed')
      this.close(closeCodes.lost.code, closeCodes.lost.reason)
    }
  }
}

/** How important it is to the operator that the server closes a socket, by close code. */
const levels: Readonly<Record<number, LogLevel>> = {
  [closeCodes.notAuthenticated.code]: 'info',
  [closeCodes.notYours.code]: 'info',
  1009: 'warn',
  [closeCodes.lost.code]: 'warn',
  [closeCodes.busy.code]: 'warn',
  [closeCodes.tooSlow.code]: 'warn',
  [closeCodes.tooMany.code]: 'warn'
}

const outcomes: readonly Sent[] = ['queued', 'sent', 'dropped']

/** A close frame takes 123 bytes of reason. */
function shorten(reason: string): string {
  if (Buffer.byteLength(reason) <= 123) return reason
  // A character that is cut in two is left out.
  return `${new TextDecoder().decode(Buffer.from(reason).subarray(0, 120), { stream: true })}…`
}
