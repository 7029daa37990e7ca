/**
 * What a server has refused, or why it could not be asked. `code` is of PROTOCOL.md's list, or one of the client's own:
 * `unreachable` (no answer), `bad_answer` (an answer that is no JSON of Troupe), `no_websocket`, `closed`.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: string
  /** The HTTP status of a refused request, or the close code of a socket. */
  readonly status: number | undefined

  constructor(code: string, message: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
  }
}
