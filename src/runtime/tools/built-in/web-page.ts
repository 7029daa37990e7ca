import type { Egress } from '../../network/egress/egress.ts'
import { markdownOf } from '../../shared/markdown/markdown.ts'
import { reach, textOf } from '../http-exchange.ts'

/** How a page is fetched. */
export interface PageRequest {
  url: string
  headers?: Record<string, string> | null
  images: boolean
  /** Characters; what comes after is cut. */
  longest: number | null
}

const usualHeaders = { 'User-Agent': 'Mozilla/5.0 (compatible; Troupe)' }
/** Milliseconds for a page. */
const PATIENCE = 10_000
/** Bytes of a page. */
const LONGEST = 8 * 2 ** 20

/** No answer came: the address cannot be reached, or the page takes too long. */
export class Unreachable extends Error {}

/** Fetches a page and gives it as Markdown. Rejects with `Unreachable`, or with what is wrong with the answer. */
export async function pageMarkdown(
  request: PageRequest,
  egress: Egress,
  signal: AbortSignal
): Promise<string> {
  const url = addressOf(request.url)
  const response = await get(url, request.headers ?? usualHeaders, egress, signal)
  const html = await textOf(response, url, LONGEST)
  const page = { html, url: response.url || url.href, images: request.images }
  return cut(await markdownOf(page, signal), request.longest)
}

/** The source of a page. Rejects as `pageMarkdown` does. */
export async function pageSource(address: string, egress: Egress, signal: AbortSignal): Promise<string> {
  const url = addressOf(address)
  return textOf(await get(url, usualHeaders, egress, signal), url, LONGEST)
}

/** Sends a GET request and rejects where the answer is not a good one, in httpx's words. */
export async function get(
  url: URL,
  headers: Record<string, string>,
  egress: Egress,
  signal: AbortSignal
): Promise<Response> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  const response = await reach(egress, url, { headers, signal: patience }).catch((error) => {
    signal.throwIfAborted()
    throw new Unreachable(patience.aborted ? `${url.origin} does not answer.` : (error as Error).message)
  })
  if (response.ok) return response
  const { status, statusText } = response
  const kind = status >= 500 ? 'Server error' : status >= 400 ? 'Client error' : 'Redirect response'
  throw new Error(`${kind} '${status} ${statusText}' for url '${url.href}'`)
}

function addressOf(text: string): URL {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new Unreachable(`"${text}" is no address that begins with 'http://' or 'https://'.`)
}

/** A text that is no longer than that; where it is cut, it says so. */
export const cut = (text: string, longest: number | null): string =>
  longest && text.length > longest ? `${text.slice(0, longest)}\n...(truncated)` : text
