/** What a log line carries besides its text, under the names by which it is searched for. */
export interface LogFields {
  /** The HTTP request or the handshake of the socket; clients get it as `x-request-id`. */
  request_id?: string
  run_id?: number
  user_id?: string | null
  /** The reason, as clients are given it. */
  code?: string
  /** What was thrown; it is written with its type, text and stack. */
  err?: unknown
  [name: string]: unknown
}

/** Takes what an operator is to know; clients never see it. pino's loggers are of this shape. */
export interface Logger {
  debug(fields: LogFields, text: string): void
  info(fields: LogFields, text: string): void
  /** A limit was met, or something went wrong that may pass by itself. */
  warn(fields: LogFields, text: string): void
  /** Something unexpected went wrong. */
  error(fields: LogFields, text: string): void
}

export type LogLevel = keyof Logger

/** Takes everything and writes nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
