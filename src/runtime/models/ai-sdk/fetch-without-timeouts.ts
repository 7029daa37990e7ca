import { limits } from '../../shared/limits.ts'
import type { Attempt } from '../service/service.ts'
import { type Place, tooLarge } from '../wire/failures.ts'

/**
 * `fetch` for the AI SDK's providers: over the network of the call, without time-outs of its own, telling of every sign
 * of life, and with a limit to the body. Node's own gives up after 300 s of silence, and a model may think for longer.
 */
export const lively =
  ({ network, alive }: Pick<Attempt, 'network' | 'alive'>, place: Place): typeof fetch =>
  async (url, init) => {
    const response = await network.fetch(url as string, init)
    alive()
    if (!response.body) return response
    let size = 0
    const signs = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, out) {
        alive()
        size += piece.length
        if (size > limits.modelBody) out.error(tooLarge(place, limits.modelBody))
        else out.enqueue(piece)
      }
    })
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(signs), { status, statusText, headers })
  }
