import { reasonOf } from '../run-tool.ts'
import { argumentsOf, type BuiltIn, orNull } from './built-in.ts'
import { pageMarkdown, pageSource, Unreachable } from './web-page.ts'

/** Studio's `fetch_webpage`: a page as Markdown. */
export const fetchWebpage: BuiltIn = {
  name: 'fetch_webpage',
  description: 'Fetches a web page and gives it as Markdown.',
  parameters: argumentsOf({
    url: { type: 'string' },
    include_images: { type: 'boolean', default: true },
    max_length: orNull({ type: 'integer' }),
    headers: orNull({ type: 'object', additionalProperties: { type: 'string' } })
  }),
  async run(args, { signal }, { egress }) {
    const { url, include_images, max_length, headers } = args as {
      url: string
      include_images: boolean
      max_length: number | null
      headers: Record<string, string> | null
    }
    try {
      return await pageMarkdown({ url, headers, images: include_images, longest: max_length }, egress, signal)
    } catch (error) {
      signal.throwIfAborted()
      const what = error instanceof Unreachable ? 'The page cannot be fetched' : 'The page cannot be read'
      throw new Error(`${what}: ${reasonOf(error)}`, { cause: error })
    }
  }
}

/** `fetch_website` of Studio's first gallery: a page as it is sent; what goes wrong is a text too. */
export const fetchWebsite: BuiltIn = {
  name: 'fetch_website',
  description: 'Fetches a web page and gives its source.',
  parameters: argumentsOf({ url: { type: 'string' } }),
  async run({ url }, { signal }, { egress }) {
    try {
      return await pageSource(String(url), egress, signal)
    } catch (error) {
      signal.throwIfAborted()
      return `Error: ${reasonOf(error)}`
    }
  }
}
