import { textOf } from '../http-exchange.ts'
import { reasonOf } from '../run-tool.ts'
import type { ToolCall } from '../tool.ts'
import { argumentsOf, type BuiltIn, type World } from './built-in.ts'
import { contentOf, type Found, listAt, type SearchArguments, searchArguments, within } from './search.ts'
import { get } from './web-page.ts'

const ADDRESS = 'https://api.bing.microsoft.com/v7.0/search'
const LONGEST = 4 * 2 ** 20
const SAFETY = ['off', 'moderate', 'strict']
/** Where the answer holds each sort of result. */
const lists: Record<string, string> = {
  webpages: 'webPages',
  news: 'news',
  images: 'images',
  videos: 'videos'
}

interface BingArguments extends SearchArguments {
  safe_search: string
  response_filter: string
}

/** Studio's `bing_search`: the Bing Web Search API, with the pages that it finds. */
export const bingSearch: BuiltIn = {
  name: 'bing_search',
  description: 'Searches the web with Bing. Needs BING_SEARCH_KEY in the environment of the run.',
  parameters: argumentsOf({
    ...searchArguments,
    safe_search: { type: 'string', default: 'moderate' },
    response_filter: { type: 'string', default: 'webpages' }
  }),
  async run(args, call, world) {
    const asked = args as unknown as BingArguments
    const key = call.env.BING_SEARCH_KEY?.trim()
    if (!key)
      throw new Error(
        'BING_SEARCH_KEY is not set in the environment of the run: it holds the key of the Bing Web Search API.'
      )
    demandOneOf('safe_search', asked.safe_search, SAFETY)
    demandOneOf('response_filter', asked.response_filter, Object.keys(lists))
    try {
      return await search(asked, key, call, world)
    } catch (error) {
      call.signal.throwIfAborted()
      throw new Error(`The search failed: ${reasonOf(error)}`, { cause: error })
    }
  }
}

function demandOneOf(name: string, value: string, values: readonly string[]): void {
  if (!values.includes(value.toLowerCase()))
    throw new Error(`arguments.${name}: one of these is wanted: ${values.join(', ')}`)
}

async function search(asked: BingArguments, key: string, call: ToolCall, world: World): Promise<Found[]> {
  const headers = { 'Ocp-Apim-Subscription-Key': key, Accept: 'application/json' }
  const response = await get(addressOf(asked), headers, world.egress, call.signal).catch((error) => {
    throw refused.find(({ status }) => (error as Error).message.includes(`'${status} `))?.error ?? error
  })
  const data = JSON.parse(await textOf(response, new URL(ADDRESS), LONGEST)) as Record<string, unknown>
  const filter = asked.response_filter.toLowerCase()
  const list = lists[filter]!
  if (!(list in data)) {
    if (!Object.values(lists).some((name) => name in data)) return []
    throw new Error(`The answer of Bing holds no ${filter}.`)
  }
  const items = listAt(data[list], 'value').slice(0, asked.num_results)
  return Promise.all(items.map((item) => told(item, filter, asked, call, world)))
}

const refused = [
  { status: 401, error: new Error('Bing does not take the key in BING_SEARCH_KEY (401).') },
  {
    status: 403,
    error: new Error('Bing refuses (403): the key is not valid, has expired, or its quota is used up.')
  },
  { status: 429, error: new Error('The quota of the Bing key is used up (429): try again later.') }
]

function addressOf(asked: BingArguments): URL {
  const url = new URL(ADDRESS)
  const { language, country, safe_search: safety } = asked
  url.search = new URLSearchParams({
    q: asked.query,
    count: String(within(asked.num_results, 1, 50)),
    mkt: country ? `${language}-${country.toUpperCase()}` : language,
    safeSearch: safety.charAt(0).toUpperCase() + safety.slice(1).toLowerCase(),
    responseFilter: asked.response_filter,
    textFormat: 'raw'
  }).toString()
  return url
}

async function told(
  item: Found,
  filter: string,
  asked: BingArguments,
  call: ToolCall,
  world: World
): Promise<Found> {
  const { name: title = '', url: link = '', contentUrl = '', thumbnailUrl: thumbnail = '' } = item
  const { description = '', snippet = '', duration = '', datePublished: date = '' } = item
  if (filter === 'images' || filter === 'videos') {
    return {
      ...{ title, link: contentUrl, thumbnail },
      ...(asked.include_snippets && { snippet: description }),
      ...(filter === 'videos' && { duration })
    }
  }
  return {
    ...{ title, link },
    ...(asked.include_snippets && { snippet: filter === 'news' ? description : snippet }),
    ...(filter === 'news' && { date }),
    ...(asked.include_content && { content: await contentOf(String(link), asked, call, world) })
  }
}
