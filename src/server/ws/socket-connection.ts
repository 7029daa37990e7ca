import type { Refusal } from '../../protocol/close-codes.ts'
import { closeCodes, errorFrame } from '../../protocol/close-codes.ts'
import type { LogFields, Logger, LogLevel } from '../../runtime/shared/logger.ts'
import type { Metrics } from '../../runtime/shared/metrics/metrics.ts'
import type { Sent } from '../http/http.ts'
import type { SlowClients } from './slow-clients.ts'
import type { Socket, SocketEvents, SocketRoute, Verdict } from './socket.ts'
import type { Expiring, TokenHolder } from './token-expiry.ts'

/** Frames of one client within a second. */
const MOST_FRAMES = 1000
/** Bytes that wait for one client before anything more is sent to it. */
const MOST_WAITING = 128 * 2 ** 20

/** What is used of uWebSockets.js's socket. */
export interface RawSocket {
  send(text: string): number
  end(code: number, reason: string): void
  cork(fn: () => void): unknown
  getBufferedAmount(): number
  /** Cuts the line at once, without a word; what waits for the client is let go. */
  close(): void
}

/** What all peers of a server share. */
export interface ConnectionRules {
  maxFrame: number
  log: Logger
  metrics: Metrics
  /** Those that do not read what waits for them. */
  slow: SlowClients
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
  /** SHA-256 of its token. */
  private token: string | undefined
  private readonly id: string
  private readonly rules: ConnectionRules
  private opening: Promise<Admission> | undefined
  private early: Early | undefined
  private raw: RawSocket | undefined
  private events: SocketEvents | undefined
  /** When the present second began, in milliseconds, and how many frames have come in it. */
  private second = 0
  private frames = 0

  /** `id`: that of its handshake. */
  constructor(rules: ConnectionRules, id: string, opening: Promise<Admission>, address?: string) {
    this.rules = rules
    this.id = id
    this.opening = opening
    this.address = address
  }

  get holder(): TokenHolder {
    return { id: this.user ?? null, token: this.token }
  }

  get buffered(): number {
    return this.raw?.getBufferedAmount() ?? 0
  }

  // uWebSockets.js throws at any call on a socket that is closed, so each one looks first.
  send(text: string): Sent {
    if (this.raw === undefined) return 'dropped'
    if (this.buffered > MOST_WAITING) return this.cut()
    const sent = outcomes[this.raw.send(text)] ?? 'dropped'
    if (sent === 'queued') this.rules.slow.watch(this)
    return sent
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

  /** Ends a connection whose client does not read: a word to it would only wait behind all the others. */
  cut(): 'dropped' {
    const { raw } = this
    this.raw = undefined
    this.log(
      'warn',
      { close: 1006, buffered: raw?.getBufferedAmount() },
      'a client does not read and was cut off'
    )
    this.rules.metrics.socketsClosed.add({ code: '1006' })
    raw?.close()
    return 'dropped'
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
      this.token = verdict.token
      this.own(route!.open(this, verdict.accept))
    })
    for (const text of said) this.hear(text)
  }

  /** A frame has come; its memory is taken back when this returns. */
  received(data: Buffer, isBinary: boolean): void {
    if (!this.countFrame()) return
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

  /** It was asked by the protocol's own ping, and has answered: that waits for the client like everything else. */
  pinged(): void {
    if (!this.countFrame()) return
    if (this.buffered > MOST_WAITING) this.cut()
    else if (this.buffered > 0) this.rules.slow.watch(this)
  }

  /** The token is over that let this client in. */
  expire(): void {
    this.send(errorFrame('token_expired'))
    this.close(closeCodes.tokenExpired.code, closeCodes.tokenExpired.reason)
  }

  drained(): void {
    this.rules.slow.took(this)
    if (this.buffered === 0) this.guard(() => this.events?.onDrain())
  }

  closed(): void {
    const { events } = this
    this.raw = undefined
    this.events = undefined
    this.guard(() => events?.onClose())
  }

  /** False where the client is closed, since it sends more than anybody needs to. */
  private countFrame(): boolean {
    if (this.raw === undefined) return false
    const now = performance.now()
    if (now - this.second >= 1000) {
      this.second = now
      this.frames = 0
    }
    if (++this.frames <= MOST_FRAMES) return true
    this.rules.metrics.errors.add({ code: 'too_fast' })
    this.send(errorFrame('too_fast', MOST_FRAMES.toLocaleString('en')))
    this.close(closeCodes.tooFast.code, closeCodes.tooFast.reason)
    return false
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

  /** `onClose` is called for a socket that is closed while it opens, too. */
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
