import { TroupeError } from '../../protocol/errors.ts'
import { type Egress, openEgress } from '../network/egress/egress.ts'
import { limits, sizeText } from '../shared/limits.ts'

/** One request as it goes out. */
export interface HttpRequest {
  url: URL
  method: string
  headers: Record<string, unknown>
  /** JSON text. */
  body: string | undefined
}

/** Sends a request and gives the body of the answer as text, whatever its status; redirects are not followed. */
export async function exchange(
  { url, method, headers, body }: HttpRequest,
  own: Record<string, string>,
  signal: AbortSignal,
  egress: Egress = openEgress
): Promise<string> {
  const sent = new Headers(own)
  if (body !== undefined) sent.set('Content-Type', 'application/json')
  for (const [name, value] of Object.entries(headers)) sent.set(name, String(value))
  const init: RequestInit = { method, headers: sent, body, signal, redirect: 'manual' }
  return textOf(await reach(egress, url, init), url)
}

/** Sends a request. Rejects with the reason where no answer comes, or with the signal's. */
export async function reach(egress: Egress, url: URL, init: RequestInit): Promise<Response> {
  try {
    return await egress.fetch(url, init)
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason
    if (error instanceof TroupeError) throw error
    throw new Error(`${url.origin} cannot be reached: ${whyOf(error)}.`, { cause: error })
  }
}

/** The body of an answer as text, in its own encoding. Rejects where it is longer than `longest` bytes. */
export async function textOf(
  response: Response,
  url: URL,
  longest: number = limits.toolBody
): Promise<string> {
  return decode(await bytesOf(response, url, longest), response.headers.get('content-type'))
}

/** The body of an answer. Rejects where it is longer than `longest` bytes. */
export async function bytesOf(response: Response, url: URL, longest: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > longest)
      throw new Error(
        `The answer of ${url.origin} is larger than what is taken of one (${sizeText(longest)}): tool_result_too_large.`
      )
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function decode(bytes: Uint8Array, contentType: string | null): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

// fetch says "fetch failed" and keeps the reason for itself.
function whyOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown; message?: unknown } }).cause
  return String(cause?.code ?? cause?.message ?? (error as Error).message)
}
