import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { operatorsEnvironment } from '../../../src/runtime/models/wire/access.ts'
import { type Egress, openEgress } from '../../../src/runtime/network/egress/egress.ts'
import { BuiltInTool } from '../../../src/runtime/tools/built-in/built-in.ts'
import { builtIns } from '../../../src/runtime/tools/built-in/index.ts'
import { aCall } from '../../support/python.ts'
import { ledTo, webPages } from '../../support/web-pages.ts'

function built(
  name: string,
  { egress = openEgress, output = '.' }: { egress?: Egress; output?: string } = {}
) {
  return new BuiltInTool(builtIns.get(name)!, { egress, output }, { name })
}
const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
const calculate = (a: unknown, operator: string, b: unknown) =>
  built('calculator').run({ a, b, operator }, aCall())
const reason = (work: Promise<unknown>) => work.then(String, (error: Error) => error.message)

describe('calculator', () => {
  test.each([
    [2, '+', 3, '5.0'],
    [2, '-', 3.5, '-1.5'],
    ['2', '*', ' 3 ', '6.0'],
    [1, '/', 3, '0.3333333333333333'],
    [1e200, '*', 1e200, 'inf'],
    [0.1, '+', 0.2, '0.30000000000000004'],
    [1e16, '+', 0, '1e+16'],
    [1, '/', 100000, '1e-05'],
    [true, '+', 1, '2.0'],
    [1, '/', 0, 'Error: Division by zero'],
    [1, '%', 2, 'Error: Invalid operator. Please use +, -, *, or /'],
    [1, 'constructor', 2, 'Error: Invalid operator. Please use +, -, *, or /']
  ])('%s %s %s is %s, as Python writes it', async (a, operator, b, expected) => {
    expect(await calculate(a, operator, b)).toBe(expected)
  })
  test('names every argument that does not fit', async () => {
    expect(await reason(built('calculator').run({ a: 'x' }, aCall()))).toMatch(
      /^arguments\.a: .*\narguments\.b: .*\narguments\.operator: /s
    )
  })
})

describe('fetch_webpage', () => {
  const html = `<html><head><title>T</title><style>p{}</style></head><body><script>alert(1)</script>
    <h1>Birds</h1><p>A <b>red</b> <i>kite</i> <a href="/kites?a=1">here</a>.</p><img src="k.png" alt="Kite">
    <ul><li>one</li><li>two</li></ul><table><tr><th>Name</th><th>Size</th></tr><tr><td>Kite</td><td>60</td></tr></table></body></html>`

  test('gives a page as Markdown, without scripts, with whole addresses', async () => {
    const address = await webPages({ '/birds/': html })
    const text = await built('fetch_webpage').run({ url: `${address}/birds/` }, aCall())
    expect(text.split(/\n+/)).toEqual([
      '# Birds',
      `A **red** _kite_ [here](${address}/kites?a=1).`,
      `![Kite](${address}/birds/k.png)`,
      '*   one',
      '*   two',
      'Name | Size',
      '---|---',
      'Kite | 60'
    ])
  })
  test('leaves pictures out and cuts where it is told to', async () => {
    const address = await webPages({ '/': html })
    const args = { url: address, include_images: false, max_length: '10' }
    expect(await built('fetch_webpage').run(args, aCall())).toBe('# Birds\n\nA\n...(truncated)')
  })
  test('sends the headers it is given', async () => {
    const address = await webPages({
      '/': (request, response) => response.end(String(request.headers['x-a']))
    })
    expect(await built('fetch_webpage').run({ url: address, headers: { 'X-A': 'b' } }, aCall())).toBe('b')
  })
  test('says what is wrong with an address, a host, an answer', async () => {
    const address = await webPages({})
    const fetched = (url: string) => reason(built('fetch_webpage').run({ url }, aCall()))
    expect(await fetched('birds')).toMatch(/^The page cannot be fetched: "birds" is no address/)
    expect(await fetched('http://127.0.0.1:9')).toMatch(
      /^The page cannot be fetched: http:\/\/127.0.0.1:9 cannot/
    )
    expect(await fetched(`${address}/x`)).toBe(
      `The page cannot be read: Client error '404 Not Found' for url '${address}/x'`
    )
  })
  test('asks the egress, which may refuse', async () => {
    const egress: Egress = Object.assign(Object.create(openEgress), {
      fetch: () => Promise.reject(new Error('not allowed'))
    })
    expect(await reason(built('fetch_webpage', { egress }).run({ url: 'http://example.org' }, aCall()))).toBe(
      'The page cannot be fetched: http://example.org cannot be reached: not allowed.'
    )
  })
  test('ends with a cancelled call', async () => {
    const address = await webPages({ '/': () => {} })
    const cancel = new AbortController()
    const running = built('fetch_webpage').run({ url: address }, aCall({ signal: cancel.signal }))
    setImmediate(() => cancel.abort(new Error('enough')))
    expect(await reason(running)).toBe('enough')
  })
})

describe('google_search', () => {
  const env = { GOOGLE_API_KEY: 'g-key', GOOGLE_CSE_ID: 'cse' }
  test('asks Google with the keys of the run and brings the pages along', async () => {
    const items = [{ title: 'Kites', link: 'http://pages.test/kite', snippet: "They're red" }]
    const address = await webPages({
      '/customsearch/v1': (_, response) => response.end(JSON.stringify({ items })),
      '/kite': '<p>A red kite.</p>'
    })
    const egress = ledTo(address, 'www.googleapis.com', 'pages.test')
    const args = { query: 'kites', num_results: 40, country: 'pt' }
    expect(await built('google_search', { egress }).run(args, aCall({ env }))).toBe(
      `[{'title': 'Kites', 'link': 'http://pages.test/kite', 'snippet': "They're red", 'content': 'A red kite.'}]`
    )
    expect(Object.fromEntries(egress.asked[0]!.searchParams)).toEqual({
      ...{ key: 'g-key', cx: 'cse', q: 'kites', num: '10', hl: 'en', safe: 'active', gl: 'pt' }
    })
  })
  test('names the variables where the run has none', async () => {
    expect(await reason(built('google_search').run({ query: 'x' }, aCall({ env: {} })))).toMatch(
      /GOOGLE_API_KEY and GOOGLE_CSE_ID/
    )
  })
  test('does not show the key where it is refused', async () => {
    const address = await webPages({})
    const told = await reason(
      built('google_search', { egress: ledTo(address, 'www.googleapis.com') }).run(
        { query: 'x' },
        aCall({ env })
      )
    )
    expect(told).toMatch(/^The search failed: Client error '404 Not Found'/)
    expect(told).not.toContain('g-key')
  })
})

describe('bing_search', () => {
  const env = { BING_SEARCH_KEY: ' b-key ' }
  const bing = async (answer: object, status = 200) => {
    const address = await webPages({
      '/v7.0/search': (request, response) => {
        response.writeHead(request.headers['ocp-apim-subscription-key'] === 'b-key' ? status : 401)
        response.end(JSON.stringify(answer))
      }
    })
    return { egress: ledTo(address, 'api.bing.microsoft.com') }
  }
  test('gives web pages, and without content where that is not wanted', async () => {
    const value = [{ name: 'A', url: 'http://a.test', snippet: 's' }, { name: 'B' }, { name: 'C' }]
    const tool = built('bing_search', await bing({ webPages: { value } }))
    const args = { query: 'x', num_results: 2, include_content: false, include_snippets: false }
    expect(await tool.run(args, aCall({ env }))).toBe(
      "[{'title': 'A', 'link': 'http://a.test'}, {'title': 'B', 'link': ''}]"
    )
  })
  test('gives news, pictures and videos with what belongs to them', async () => {
    const item = {
      name: 'n',
      url: 'u',
      contentUrl: 'c',
      thumbnailUrl: 't',
      description: 'd',
      duration: 'PT1',
      datePublished: 'then'
    }
    const list = { value: [item] }
    const tool = built('bing_search', await bing({ news: list, images: list, videos: list }))
    const asked = (response_filter: string) =>
      tool.run({ query: 'x', response_filter, include_content: false }, aCall({ env }))
    expect(await asked('news')).toBe("[{'title': 'n', 'link': 'u', 'snippet': 'd', 'date': 'then'}]")
    expect(await asked('images')).toBe("[{'title': 'n', 'link': 'c', 'thumbnail': 't', 'snippet': 'd'}]")
    expect(await asked('videos')).toBe(
      "[{'title': 'n', 'link': 'c', 'thumbnail': 't', 'snippet': 'd', 'duration': 'PT1'}]"
    )
  })
  test('says what is wrong with key, quota and arguments', async () => {
    const asked = async (more: object, status?: number) =>
      reason(built('bing_search', await bing({}, status)).run({ query: 'x', ...more }, aCall({ env })))
    expect(await asked({}, 401)).toMatch(/does not take the key/)
    expect(await asked({}, 429)).toMatch(/quota/)
    expect(await asked({ safe_search: 'wild' })).toBe(
      'arguments.safe_search: one of these is wanted: off, moderate, strict'
    )
    expect(await asked({})).toBe('[]')
    expect(await reason(built('bing_search').run({ query: 'x' }, aCall({ env: {} })))).toMatch(
      /BING_SEARCH_KEY/
    )
  })
})

describe('generate_image', () => {
  test('leaves the picture in the output folder and gives its path as Python prints a list', async () => {
    const asked: object[] = []
    const address = await webPages({
      '/v1/images/generations': async (request, response) => {
        let body = ''
        for await (const piece of request) body += piece
        asked.push({ ...JSON.parse(body), authorization: request.headers.authorization })
        response.end(JSON.stringify({ data: [{ b64_json: Buffer.from('PNG').toString('base64') }] }))
      }
    })
    const output = temporaryFolder()
    const tool = built('generate_image', { egress: ledTo(address, 'api.openai.com'), output })
    const env = { OPENAI_API_KEY: 'o-key' }
    const text = await tool.run({ query: 'a kite', output_dir: 'pictures' }, aCall({ env }))
    const path = /^\['(.+)'\]$/.exec(text)![1]!
    expect(dirname(path)).toBe(join(output, 'pictures'))
    expect(readFileSync(path, 'utf8')).toBe('PNG')
    expect(asked).toMatchObject([
      { model: 'dall-e-3', prompt: 'a kite', size: '1024x1024', authorization: 'Bearer o-key' }
    ])
    expect(await reason(tool.run({ query: 'x', output_dir: '../..' }, aCall({ env })))).toMatch(/outside/)
  })
  test("does not take the process's key to an address that a user has set", async () => {
    const egress = ledTo(await webPages({}), 'api.openai.com', 'user.test')
    const env = Object.assign(Object.create(operatorsEnvironment({ OPENAI_API_KEY: 'operators' })), {
      OPENAI_BASE_URL: 'http://user.test/v1'
    })
    const tool = built('generate_image', { egress })
    expect(await reason(tool.run({ query: 'x' }, aCall({ env })))).toMatch(/OPENAI_API_KEY is not set/)
    expect(egress.asked).toEqual([])
  })
})

describe('generate_pdf', () => {
  test('leaves a report, keeps one that is there, and does not write elsewhere', async () => {
    const output = temporaryFolder()
    const tool = built('generate_pdf', { output })
    const png =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const address = await webPages({ '/p.png': (_, response) => response.end(Buffer.from(png, 'base64')) })
    const sections = [
      { title: 'Birds', level: 'title', content: 'A naïve kite — 鳶.', image: `${address}/p.png` },
      { title: 'More', content: null, image: '/etc/passwd' }
    ]
    const path = await tool.run({ sections, report_title: 'Report' }, aCall())
    expect(path).toBe(join(output, 'report.pdf'))
    const bytes = readFileSync(path, 'latin1')
    expect(bytes.slice(0, 5)).toBe('%PDF-')
    expect(bytes).toContain('/Subtype /Image')
    const again = await tool.run({ sections }, aCall())
    expect(basename(again)).toBe('report.pdf')
    expect(again).not.toBe(path)
    expect(readFileSync(path, 'latin1')).toBe(bytes)
    expect(await reason(tool.run({ sections: [], output_file: '../x.pdf' }, aCall()))).toMatch(/outside/)
    expect(readdirSync(output)).toHaveLength(2)
  })
})
