import { variableBeside, wayTo } from '../../models/wire/access.ts'
import { textOf } from '../http-exchange.ts'
import { reasonOf } from '../run-tool.ts'
import { argumentsOf, type BuiltIn } from './built-in.ts'
import { contentOf, type Found, listAt, type SearchArguments, searchArguments, within } from './search.ts'
import { get } from './web-page.ts'

const ADDRESS = 'https://www.googleapis.com/customsearch/v1'
/** Bytes of an answer. */
const LONGEST = 4 * 2 ** 20

/** Studio's `google_search`: Google's Custom Search API, with the pages that it finds. */
export const googleSearch: BuiltIn = {
  name: 'google_search',
  description:
    'Searches the web with Google. Needs GOOGLE_API_KEY and GOOGLE_CSE_ID in the environment of the run.',
  parameters: argumentsOf({ ...searchArguments, safe_search: { type: 'boolean', default: true } }),
  async run(args, call, world) {
    const asked = args as unknown as SearchArguments & { safe_search: boolean }
    const way = wayTo(call.env, { keys: ['GOOGLE_API_KEY'], home: ADDRESS })
    const { key } = way
    const cx = variableBeside(call.env, way, 'GOOGLE_CSE_ID')
    if (!key || !cx)
      throw new Error(
        'GOOGLE_API_KEY and GOOGLE_CSE_ID are not both set in the environment of the run: the key of the Custom ' +
          'Search API, and the id of the search engine.'
      )
    try {
      const url = addressOf(asked, key, cx)
      const response = await get(url, {}, world.egress, call.signal)
      const items = listAt(JSON.parse(await textOf(response, new URL(ADDRESS), LONGEST)), 'items')
      return await Promise.all(items.map((item) => told(item)))
    } catch (error) {
      call.signal.throwIfAborted()
      throw new Error(`The search failed: ${reasonOf(error).replaceAll(key, '…')}`)
    }

    async function told({ title = '', link = '', snippet = '' }: Found): Promise<Found> {
      return {
        ...{ title, link },
        ...(asked.include_snippets && { snippet }),
        ...(asked.include_content && { content: await contentOf(String(link), asked, call, world) })
      }
    }
  }
}

function addressOf(asked: SearchArguments & { safe_search: boolean }, key: string, cx: string): URL {
  const url = new URL(ADDRESS)
  const query = {
    ...{ key, cx, q: asked.query, num: String(within(asked.num_results, 1, 10)), hl: asked.language },
    safe: asked.safe_search ? 'active' : 'off',
    ...(asked.country && { gl: asked.country })
  }
  url.search = new URLSearchParams(query).toString()
  return url
}
