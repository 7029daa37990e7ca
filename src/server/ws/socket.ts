import type { Refusal } from '../../protocol/close-codes.ts'
import type { RequestHead, Sent } from '../http/http.ts'

/** One client's WebSocket. Everything may be called at any time: after the end it does nothing. */
export interface Socket {
  /** Sends a text frame. Nothing limits what queues up for a slow client: look at `buffered`, then close. */
  send(text: string): Sent
  /** Ends the connection; what is queued and the close frame still go out. `onClose` is called at once. */
  close(code: number, reason: string): void
  /** Bytes that wait in this process for a slow client; the kernel holds some more. */
  readonly buffered: number
  /** Joins the frames that `fn` sends into as few packets as possible. */
  cork(fn: () => void): void
}

/** What the owner of a socket hears. Make it a class: an object of closures costs memory for each idle client. */
export interface SocketEvents {
  onMessage(text: string): void
  /** A binary frame came; it was not read. */
  onBinary(): void
  /** A frame above the limit came; when this returns the socket is closed with 1009. */
  onTooLarge(): void
  /** All that was queued has gone out. */
  onDrain(): void
  /** The connection is over, by whomever; called once. */
  onClose(): void
}

/** What a client asks for with its handshake. */
export interface UpgradeRequest extends RequestHead {
  /** The parameters of the route's path. */
  params: Record<string, string>
}

/** Lets a client in, or refuses it: a browser sees close codes only after a handshake that succeeds. */
export type Verdict<Accepted> =
  | {
      accept: Accepted
      /** When the client's token ends, in milliseconds since 1970; the socket ends with it. */
      expires?: number
      /** Who it is, for the log. */
      user?: string | null
      /** SHA-256 of the client's token: the socket ends when that is revoked. */
      token?: string
    }
  | { refuse: Refusal; user?: string | null }

/** A path that sockets connect to. */
export interface SocketRoute<Accepted = unknown> {
  /** `/api/ws/runs/{run_id}` */
  path: string
  /** Authenticate here, before anything is touched. What the client says meanwhile waits. */
  upgrade(request: UpgradeRequest): Verdict<Accepted> | Promise<Verdict<Accepted>>
  /** The client is let in: `accepted` is what `upgrade` gave. */
  open(socket: Socket, accepted: Accepted): SocketEvents
}
