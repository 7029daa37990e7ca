import type { Egress } from '../../network/egress/egress.ts'

/** Bytes of one message of a server. */
const LONGEST = 64 * 2 ** 20

/** Sends requests within what may be reached; `tooLong` is called when a message of the server has no end. */
export const boundedFetch =
  (egress: Egress, tooLong: (reason: string) => void) =>
  async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const response = await egress.fetch(url, init)
    if (!response.body) return response
    const isStream = /^text\/event-stream/i.test(response.headers.get('content-type') ?? '')
    const body = response.body.pipeThrough(counted(isStream, tooLong))
    const { status, statusText, headers } = response
    return new Response(body, { status, statusText, headers })
  }

/** Passes bytes on. In a stream of events each may have so many, elsewhere all together. */
function counted(
  isStream: boolean,
  tooLong: (reason: string) => void
): TransformStream<Uint8Array, Uint8Array> {
  let length = 0
  return new TransformStream({
    transform(piece, controller) {
      const end = isStream ? Buffer.from(piece).lastIndexOf('\n\n') : -1
      length = end < 0 ? length + piece.length : piece.length - end
      if (length <= LONGEST) return controller.enqueue(piece)
      const reason = `The answer of the server is longer than ${LONGEST} bytes.`
      tooLong(reason)
      controller.error(new Error(reason))
    }
  })
}
