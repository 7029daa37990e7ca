import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ChatMessage, MultiModalMessage, TextMessage } from '../../src/machines/messages/index.ts'
import { type Permissions, permit } from '../../src/runtime/components/permissions.ts'
import { dump, Registry } from '../../src/runtime/components/registry.ts'
import { GuardedEgress } from '../../src/runtime/network/egress/egress.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { hasBrowser } from '../support/browser.ts'
import { temporaryFolder } from '../support/command.ts'
import { childrenOf } from '../support/processes.ts'
import { type Line, scripted } from '../support/scripted.ts'
import { webPages } from '../support/web-pages.ts'

const surfer = (lines: readonly Line[], config: object = {}, model = scripted(lines)) => ({
  provider: 'autogen_ext.agents.web_surfer.MultimodalWebSurfer',
  config: { name: 'surfer', model_client: model, ...config }
})
const teamOf = (participant: object, turns: number, more: Partial<Permissions> = {}): Team => {
  const registry = permit(new Registry(), { mcpCommands: [], codeExecution: false, ...more })
  const config = { participants: [participant], max_turns: turns }
  const team = registry.load<Team>(
    { provider: 'autogen_agentchat.teams.RoundRobinGroupChat', config },
    'team'
  )
  onTestFinished(() => team.close())
  return team
}

/** What a surfer says of each of its actions, and its pictures. */
async function surf(lines: readonly Line[], config: object, more?: Partial<Permissions>) {
  const turns = lines.filter((line) => typeof line !== 'string' || line === 'All done.').length
  const team = teamOf(surfer(lines, config), turns, more)
  const { messages } = await team.run({ task: 'Go.' })
  const said = messages.slice(1) as ChatMessage[]
  return {
    team,
    said,
    texts: said.map(({ content }) => (Array.isArray(content) ? String(content[0]) : String(content)))
  }
}

const start = `<title>Start</title><meta name="description" content="A start"><h1>Welcome</h1>
  <a href="/two">Second</a> <a href="/two" target="_blank">New tab</a>
  <form action="/found"><input name="q" aria-label="Query"></form>
  <button onclick="document.title = 'Pressed'; alert('stop')">Press</button>
  <div tabindex="0" id="box" style="height: 60px; width: 200px; overflow: auto" onscroll="document.title = 'Box at ' + this.scrollTop">${'line<br>'.repeat(40)}</div>
  <a href="/file">File</a> <span onmouseover="document.title = 'Hovered'" tabindex="0">Over</span>
  <div style="height: 3000px"></div><p>The end.</p><a href="/two">Last</a>`
const pages = {
  '/': start,
  '/two': '<title>Two</title><p>The second page.</p>',
  '/found': '<title>Found</title><p>Found it.</p>',
  '/file': (_: unknown, response: import('node:http').ServerResponse) => {
    response.setHeader('content-disposition', 'attachment; filename="../da ta.csv"')
    response.end('a,b')
  }
}
// In the order in which they stand in the page.
const [SECOND, TAB, QUERY, PRESS, BOX, FILE, OVER] = [10, 11, 12, 13, 14, 15, 16]

describe.skipIf(!hasBrowser)('a web surfer', () => {
  test('clicks, goes back, writes, visits and tells of each with what it then sees', async () => {
    const base = await webPages(pages)
    const { texts, said } = await surf(
      [
        ['click', { target_id: SECOND }],
        ['history_back', {}],
        ['input_text', { input_field_id: String(QUERY), text_value: 'kites' }],
        ['visit_url', { url: `${base}/two` }],
        'All done.'
      ],
      { start_page: base }
    )
    expect(texts[0]).toMatch(
      /^I clicked 'Second'\.\n\nThe web browser is open to the page \[Two\]\(.*\/two\)\.\nThe viewport shows 100% of the webpage, and is positioned at the top of the page\nThe following text is visible in the viewport:\n\nThe second page\..*Here is a screenshot of the page\.$/s
    )
    expect(texts[1]).toMatch(/^I clicked the browser back button\..*\[Start\].*"description": "A start"/s)
    expect(texts[2]).toMatch(/^I typed 'kites' into 'Query'\..*\/found\?q=kites/s)
    expect(texts[3]).toMatch(/^I typed 'http:.*' into the browser address bar\./)
    expect(texts[4]).toBe('All done.')
    const { type, content } = said[0] as MultiModalMessage
    expect(type).toBe('MultiModalMessage')
    const picture = Buffer.from((content[1] as { data: string }).data, 'base64')
    expect(picture.subarray(1, 4).toString()).toBe('PNG')
    expect(picture.readUInt32BE(16)).toBe(1440)
  }, 60_000)

  test('scrolls the page and what scrolls in it, hovers, follows new tabs, and is held up by no dialog', async () => {
    const base = await webPages(pages)
    const { texts } = await surf(
      [
        ['scroll_element_down', { target_id: BOX }],
        ['hover', { target_id: OVER }],
        ['click', { target_id: PRESS }],
        ['scroll_down', {}],
        ['scroll_up', {}],
        ['click', { target_id: TAB }]
      ],
      { start_page: base }
    )
    expect(texts[0]).toMatch(/\[Box at 60\]/)
    expect(texts[1]).toMatch(/^I hovered over 'Over'\..*\[Hovered\]/s)
    expect(texts[2]).toMatch(/^I clicked 'Press'\..*\[Pressed\]/s)
    expect(texts[3]).toMatch(/^I scrolled down one page in the browser\..*% down from the top of the page/s)
    expect(texts[4]).toMatch(/positioned at the top of the page/)
    expect(texts[5]).toMatch(/^I clicked 'New tab'\..*\[Two\]/s)
  }, 60_000)

  test('shows its model marks with numbers, and offers what can be done', async () => {
    const base = await webPages(pages)
    const seen: { messages: { content: unknown }[]; tools: { name: string }[] }[] = []
    const model = scripted(['Seen.'])
    const team = teamOf(surfer([], { start_page: base }, model), 1)
    const [participant] = [...team.participants.values()]
    // biome-ignore lint/suspicious/noExplicitAny: the model inside of an agent, to look at what it is asked
    const config = participant!.agent as unknown as { [key: symbol]: { config: { model_client: any } } }
    const origin = Object.getOwnPropertySymbols(config).map((key) => config[key]!.config.model_client)[0]
    const create = origin.create.bind(origin)
    origin.create = (request: never, call: never) => {
      seen.push(request)
      return create(request, call)
    }
    await team.run({ task: 'What is there?' })
    const { messages, tools } = seen[0]!
    const [prompt, picture] = messages.at(-2)!.content as [string, { data: string }]
    expect(prompt).toContain('{"id":10,"name":"Second","role":"link","tools":["click","hover"]}')
    expect(prompt).toContain('{"id":12,"name":"Query","role":"textbox","tools":["input_text","hover"]}')
    expect(prompt).toMatch(/Further on in the page there are also:\n\n.*"name":"Last"/)
    expect(messages.at(-1)!.content).toBe('What is there?')
    expect(Buffer.from(picture.data, 'base64').readUInt32BE(16)).toBe(1224)
    expect(tools.map(({ name }) => name)).toEqual([
      ...[
        'visit_url',
        'web_search',
        'history_back',
        'click',
        'input_text',
        'answer_question',
        'summarize_page'
      ],
      ...['sleep', 'hover', 'scroll_down', 'scroll_element_up', 'scroll_element_down']
    ])
  }, 60_000)

  test('has its model read the whole page, with a question or without', async () => {
    const base = await webPages(pages)
    const { texts, said } = await surf(
      [
        ['answer_question', { question: 'How does it end?' }],
        'With the end.',
        ['summarize_page', {}],
        'A start.'
      ],
      { start_page: base }
    )
    expect(texts.slice(0, 2)).toEqual(['With the end.', 'A start.'])
    expect(said[0]!.type).toBe('TextMessage')
  }, 60_000)

  test('keeps what it downloads in the folder of the operator, under a plain name', async () => {
    const base = await webPages(pages)
    const output = temporaryFolder()
    const { texts } = await surf(
      [
        ['click', { target_id: FILE }],
        ['visit_url', { url: `${base}/file` }]
      ],
      { start_page: base, downloads_folder: '/etc' },
      { output }
    )
    expect(texts[0]).toContain('was downloaded to')
    const names = /downloaded to (\S.*csv)/.exec(texts[0]!)![1]!
    expect(names.startsWith(output)).toBe(true)
    expect(readFileSync(names, 'utf8')).toBe('a,b')
    expect(texts[1]).toContain('was downloaded to')
  }, 60_000)

  test('tells what went wrong as its answer, and can go on', async () => {
    const base = await webPages(pages)
    const { texts } = await surf(
      [
        ['click', { target_id: 999 }],
        ['fly', {}],
        ['visit_url', { url: 'file:///etc/passwd' }],
        ['visit_url', { url: 'http://127.0.0.1:9/' }],
        ['click', { target_id: SECOND }]
      ],
      { start_page: base }
    )
    expect(texts[0]).toBe('Web surfing error:\n\nNothing on the page has the number 999.')
    expect(texts[1]).toMatch(/^Web surfing error:\n\nUnknown tool 'fly'/)
    expect(texts[2]).toMatch(/^Web surfing error:\n\n"file:\/\/\/etc\/passwd" is no address of the web/)
    expect(texts[3]).toMatch(/^Web surfing error:\n\n.*ERR_/)
    expect(texts[4]).toBeDefined()
  }, 60_000)

  test('reaches what the egress allows only, frames and redirects too', async () => {
    const secret = await webPages({ '/': '<title>Secret</title>secret' })
    const base = await webPages({
      '/': `<title>Open</title><iframe src="${secret}"></iframe><p>fine</p>`,
      '/away': (_, response) => response.writeHead(302, { location: secret }).end()
    })
    const egress = new GuardedEgress([new URL(base).host])
    const { texts } = await surf(
      [
        ['visit_url', { url: secret }],
        ['visit_url', { url: `${base}/away` }],
        ['visit_url', { url: base }]
      ],
      { start_page: base },
      { egress }
    )
    for (const text of texts) expect(text).not.toContain('secret')
    expect(texts[2]).toMatch(/\[Open\]/)
  }, 60_000)

  test('shares nothing with another run, and leaves no process when its team is closed', async () => {
    const base = await webPages({
      '/': (request, response) => {
        response.setHeader('content-type', 'text/html')
        response.setHeader('set-cookie', 'known=yes')
        response.end(`<title>${request.headers.cookie ?? 'stranger'}</title>`)
      }
    })
    const go: Line[] = [['visit_url', { url: base }]]
    const first = await surf(go, { start_page: base })
    const second = await surf(go, { start_page: base })
    // The start page has set it; the other run's was set in another context.
    expect(first.texts[0]).toContain('[known=yes]')
    expect(second.texts[0]).toContain('[known=yes]')
    await first.team.close()
    await second.team.close()
    expect(
      childrenOf(process.pid).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('chrom'))
    ).toEqual([])
  }, 60_000)

  test('begins a later run where it was, from its saved state', async () => {
    const base = await webPages(pages)
    const { team } = await surf([['click', { target_id: SECOND }]], { start_page: base })
    const other = teamOf(surfer([['scroll_up', {}]], { start_page: base }), 1)
    const state = JSON.parse(JSON.stringify(team.saveState()))
    state.agent_states.RoundRobinGroupChatManager.current_turn = 0
    other.loadState(state)
    const { messages } = await other.run({ task: 'Again.' })
    expect(String((messages.at(-1) as MultiModalMessage).content[0])).toMatch(/\[Two\]/)
  }, 60_000)
})

describe('a web surfer of a config', () => {
  test('is dumped as it was loaded', () => {
    const component = surfer(['x'], { start_page: null, headless: false, downloads_folder: 'd' })
    const agent = new Registry().load<object>(component, 'agent')
    expect(dump(agent)).toMatchObject(component)
  })
  test('needs a model that calls tools, and a folder name for its pictures', () => {
    const load = (config: object, model?: object) => () =>
      new Registry().load(surfer([], config, model as never), 'agent')
    const mute = scripted([])
    mute.config.model_info = { ...(mute.config.model_info as object), function_calling: false }
    expect(load({}, mute)).toThrow(/function calling/)
    expect(load({ to_save_screenshots: true })).toThrow(/debug_dir/)
  })
  test('says what to do where the browser is not there', async () => {
    const team = teamOf(surfer(['x'], { start_page: 'about:blank' }), 1, { browser: '/no/such/browser' })
    const { messages } = await team.run({ task: 'Go.' })
    expect((messages.at(-1) as TextMessage).content).toMatch(/\/no\/such\/browser cannot be started/)
  })
})

test('the page script is beside its module', () => {
  expect(existsSync(join(import.meta.dirname, '../../src/runtime/agents/web-surfer/page-script.js'))).toBe(
    true
  )
})
