/** What a gateway tells the owner of the runs. The id is the gateway's number of the socket or request. */
export const told = {
  /** The port is open. */
  listening: 1,
  /** The port could not be opened; a sentence. */
  failed: 2,
  /** It is there. */
  alive: 3,
  /** A client has come in over a socket; the head of its request. */
  opened: 4,
  text: 5,
  binary: 6,
  /** The head of a request over HTTP. */
  request: 7,
  /** A part of its body. */
  body: 8,
  /** The last part. */
  bodyEnd: 9,
  /** So many bytes of what was sent have gone out to the client; a number. */
  taken: 10,
  /** The client has left. */
  closed: 11
} as const

/** What the owner of the runs tells a gateway. */
export const tells = {
  /** Open the port; a `Place`. */
  listen: 1,
  /** Close the port: no new connection is accepted. */
  quiet: 2,
  /** Are you there? */
  alive: 3,
  text: 4,
  /** End a socket: two bytes of code, then the reason. */
  close: 5,
  /** Let the body of a request come: it is held back until then. */
  resume: 6,
  /** Status and headers of an answer; a `Begin`. */
  begin: 7,
  /** A part of an event stream. */
  piece: 8,
  /** All of a body, or the end of a stream. */
  end: 9,
  /** The answer has no body; a number says how long it would be. */
  endBare: 10,
  /** Cut a socket off: its client does not read. */
  cut: 11
} as const

/** Where a gateway listens. */
export interface Place {
  host: string
  port: number
  maxFrame: number
  /** Seconds. */
  idleTimeout: number
  /** The paths of sockets: `/api/ws/runs/{run_id}`. */
  paths: string[]
  /** How it closes sockets of its own accord. */
  closes: Record<'restarting' | 'busy', { code: number; reason: string }>
}

/** The head of an answer. */
export interface Begin {
  status: string
  headers: [name: string, value: string][]
}

/** After so many bytes a gateway says what has gone out. */
export const ACK = 2 ** 15
/** So much may be on its way to a gateway: it does not count as waiting for the client. */
export const WINDOW = 2 * ACK
