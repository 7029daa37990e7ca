import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { make } from '../../src/machines/component/component.ts'
import { AnthropicConfig, anthropic } from '../../src/runtime/models/anthropic/anthropic.ts'
import { type Egress, GuardedEgress } from '../../src/runtime/network/egress/egress.ts'
import { EgressRules } from '../../src/runtime/network/egress/egress-rules.ts'
import { isPublic } from '../../src/runtime/network/egress/public-address.ts'
import { BuiltInTool } from '../../src/runtime/tools/built-in/built-in.ts'
import { builtIns } from '../../src/runtime/tools/built-in/index.ts'
import { HttpTool } from '../../src/runtime/tools/http-tool.ts'
import { McpWorkbench } from '../../src/runtime/tools/mcp/workbench.ts'
import { ask, callOf as modelCall, openaiModel } from '../models/model-call.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import { mcpServer } from '../tools/mcp/mcp-server.ts'
import { callOf, webServer } from '../tools/tool-call.ts'

const refused = /^The operator does not allow .+ to be reached \(--egress\)\.$/

describe('an address is public', () => {
  test.each([
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '93.184.215.14',
      '172.15.255.255',
      '172.32.0.0',
      '100.63.255.255',
      '223.255.255.255'
    ],
    ...['2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8']
  ])('where everybody can reach it: %s', (address) => expect(isPublic(address)).toBe(true))

  test.each([
    ['this machine', ['127.0.0.1', '127.255.1.9', '0.0.0.0', '0.1.2.3', '::1', '::']],
    [
      'private networks',
      ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1', 'fec0::1']
    ],
    ['links', ['169.254.1.1', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
    [
      'metadata services',
      ['169.254.169.254', '100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd00:ec2::254']
    ],
    ['providers', ['100.64.0.1', '100.127.255.255']],
    [
      'what is reserved',
      ['192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.7', '224.0.0.1', '240.0.0.1']
    ],
    ['broadcast', ['255.255.255.255', 'ff02::1']],
    [
      'IPv4 inside of IPv6',
      ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::ffff:10.0.0.1', '::127.0.0.1']
    ],
    [
      'IPv4 behind a translator',
      ['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::1', '2002:7f00:1::']
    ],
    ['tunnels and documents', ['2001::1', '2001:db8::1', '3fff::1', '100::1', '5f00::1']],
    ['no address at all', ['', 'localhost', '127.1', '2130706433', '0x7f000001', '1.2.3.4.5']]
  ])('not of %s', (_, addresses) => {
    expect(addresses.filter(isPublic)).toEqual([])
  })
})

describe('the rules of --egress', () => {
  const to = (host: string, port = 80, address = host) => ({ host, port, address })
  const passes = (entries: string[], destination: ReturnType<typeof to>) => {
    try {
      new EgressRules(entries).demand(destination)
      return true
    } catch {
      return false
    }
  }
  test.each([
    [['any'], to('127.0.0.1'), true],
    [['public', 'any'], to('127.0.0.1'), true],
    [['public'], to('example.org', 443, '93.184.215.14'), true],
    [['public'], to('example.org', 443, '10.0.0.1'), false],
    [['10.0.0.5'], to('10.0.0.5', 9), true],
    [['10.0.0.5'], to('example.org', 443, '93.184.215.14'), true],
    [['10.0.0.5:443'], to('10.0.0.5', 80), false],
    [['10.0.0.5:443'], to('10.0.0.5', 443), true],
    [['10.1.0.0/16'], to('db.internal', 5432, '10.1.2.3'), true],
    [['10.1.0.0/16'], to('db.internal', 5432, '10.2.2.3'), false],
    [['ollama.internal:11434'], to('Ollama.Internal.', 11434, '10.9.9.9'), true],
    [['ollama.internal:11434'], to('ollama.internal', 22, '10.9.9.9'), false],
    [['ollama.internal'], to('not-ollama.internal', 80, '10.9.9.9'), false],
    [['*.internal'], to('a.b.internal', 80, '10.9.9.9'), true],
    [['*.internal'], to('internal', 80, '10.9.9.9'), false],
    [['localhost:8000'], to('localhost', 8000, '::1'), true],
    [['[fd00::5]:443'], to('fd00::5', 443), true],
    [['fd00::/8'], to('fd12::1', 443), true],
    [['127.0.0.1:80'], to('x', 80, '::ffff:127.0.0.1'), true]
  ])('%j of %j: %s', (entries, destination, allowed) => expect(passes(entries, destination)).toBe(allowed))

  test.each(['http://x', 'a b', 'host:port', 'host:99999', '10.0.0.0/33', '[::1', 'a_/b', '', '*.'])(
    'an entry that is none is refused, with what it may be: %j',
    (entry) => expect(() => new EgressRules([entry])).toThrow(/--egress ".*" is none of: any, public, host/)
  )
})

/** Names of the test and the addresses they have, each time they are asked for. */
const names = (table: Record<string, string[]>): LookupFunction => {
  const asked = new Map<string, number>()
  return (name, _options, callback) => {
    const times = asked.get(name) ?? 0
    asked.set(name, times + 1)
    const all = table[name] ?? []
    const address = all[Math.min(times, all.length - 1)]
    if (address === undefined) return callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])
    callback(null, [{ address, family: 4 }])
  }
}

describe('what may not be reached', () => {
  const egress = new GuardedEgress(['public'])
  const schema = { type: 'object', properties: {} }
  const httpTool = (host: string, port: number, by: Egress) =>
    new HttpTool({ name: 't', host, port, method: 'GET', json_schema: schema }, by)

  test.each([
    '127.0.0.1',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '0.0.0.0'
  ])('is reached by no HTTP tool, however it is written: %s', async (host) => {
    await using server = await webServer()
    await expect(httpTool(host, server.port, egress).run({}, callOf())).rejects.toThrow(refused)
    expect(server.asked).toEqual([])
  })

  test('is reached where the operator names it, on this port only', async () => {
    await using server = await webServer()
    await using other = await webServer()
    const named = new GuardedEgress([`127.0.0.1:${server.port}`])
    expect(await httpTool('127.0.0.1', server.port, named).run({}, callOf())).toBe('ok')
    await expect(httpTool('127.0.0.1', other.port, named).run({}, callOf())).rejects.toThrow(refused)
  })

  test('is not reached by a name that has another address a moment later [EGRESS-3]', async () => {
    await using server = await webServer()
    await using inside = await webServer()
    const lookup = names({ 'pages.test': ['127.0.0.1', '127.0.0.2'], 'evil.test': ['127.0.0.2'] })
    const rebound = new GuardedEgress([`127.0.0.1:${server.port}`], { lookup })
    expect(await httpTool('pages.test', server.port, rebound).run({}, callOf())).toBe('ok')
    // The connection is still open: whatever the name means now, it leads where it was judged.
    expect(await httpTool('pages.test', server.port, rebound).run({}, callOf())).toBe('ok')
    await expect(httpTool('pages.test', inside.port, rebound).run({}, callOf())).rejects.toThrow(refused)
    await expect(httpTool('evil.test', server.port, rebound).run({}, callOf())).rejects.toThrow(refused)
    expect(inside.asked).toEqual([])
  })

  test('is not reached by a redirect [EGRESS-3]', async () => {
    await using inside = await webServer()
    await using server = await webServer((response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end()
    )
    const world = { egress: new GuardedEgress([`127.0.0.1:${server.port}`]), output: '.' }
    const page = new BuiltInTool(builtIns.get('fetch_webpage')!, world, { name: 'fetch_webpage' })
    const run = page.run({ url: `http://127.0.0.1:${server.port}/` }, callOf())
    await expect(run).rejects.toThrow(/does not allow 127\.0\.0\.1:\d+ to be reached/)
    expect([server.asked.length, inside.asked.length]).toEqual([1, 0])
  })

  test('is reached by no model, and the call is not made again', async () => {
    await using server = await openaiServer(says('hello'))
    const { call } = modelCall({ network: egress.network })
    await expect(ask(openaiModel(server.url), {}, call)).rejects.toMatchObject({ code: 'egress_refused' })
    const claude = make(
      anthropic,
      AnthropicConfig.parse({ model: 'claude-3-5-haiku-latest', api_key: 'k', base_url: server.url })
    )
    await expect(ask(claude, {}, call)).rejects.toMatchObject({ code: 'egress_refused' })
    expect(server.asked).toEqual([])
    const named = new GuardedEgress([new URL(server.url).host])
    const allowed = modelCall({ network: named.network }).call
    expect((await ask(openaiModel(server.url), {}, allowed)).content).toBe('hello')
  })

  test.each([
    ['http', 'StreamableHttpServerParams'],
    ['sse', 'SseServerParams']
  ] as const)('is reached by no MCP workbench over %s', async (way, type) => {
    await using tools = await mcpServer(way)
    const signal = new AbortController().signal
    const bench = (by: Egress) => new McpWorkbench({ type, url: tools.url }, { egress: by })
    await expect(bench(egress).listTools(signal)).rejects.toThrow(
      /does not allow 127\.0\.0\.1:\d+ to be reached/
    )
    expect(tools.seen.headers).toEqual([])
    const named = bench(new GuardedEgress([new URL(tools.url).host]))
    onTestFinished(() => named.stop())
    expect((await named.listTools(signal)).map(({ name }) => name)).toContain('add')
  })
})

test('who makes connections of its own is told where they may go', async () => {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const lookup = names({ 'a.test': ['127.0.0.1'] })
  const egress = new GuardedEgress([`a.test:${port}`], { lookup })
  expect(await egress.allows(new URL(`http://a.test:${port}/`))).toBe(true)
  expect(await egress.allows(new URL(`http://127.0.0.1:${port}/`))).toBe(false)
  expect(await egress.allows(new URL('http://unknown.test/'))).toBe(false)
  expect([egress.open, new GuardedEgress().open]).toEqual([false, true])
})
