import type { Agent } from 'undici'

// Node's own fetch gives up after 300 s of silence, and a model may think for longer; the caller has a limit of its own.
const FOR_EVER = 0

let agent: Agent | undefined

/** `fetch` that waits for an answer as long as its signal lets it. */
export const patientFetch: typeof fetch = async (url, init) => {
  const { Agent, fetch } = await import('undici')
  agent ??= new Agent({ headersTimeout: FOR_EVER, bodyTimeout: FOR_EVER })
  const patient = { ...init, dispatcher: agent } as Parameters<typeof fetch>[1]
  return (await fetch(url as string, patient)) as unknown as Response
}

/** The same, telling of every sign of life: of the answer's head and of every piece of its body. */
export const livelyFetch =
  (alive: () => void): typeof fetch =>
  async (url, init) => {
    const response = await patientFetch(url, init)
    alive()
    if (!response.body) return response
    const signs = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, out) {
        alive()
        out.enqueue(piece)
      }
    })
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(signs), { status, statusText, headers })
  }
