import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dump, Registry } from '../../../src/runtime/components/registry.ts'
import { McpWorkbench, mcpWorkbench } from '../../../src/runtime/tools/mcp/workbench.ts'
import type { Workbench } from '../../../src/runtime/tools/tool.ts'
import { callOf } from '../tool-call.ts'
import { mcpServer } from './mcp-server.ts'

const program = fileURLToPath(new URL('./mcp-server.ts', import.meta.url))
const stdio = {
  type: 'StdioServerParams' as const,
  command: process.execPath,
  args: [program],
  read_timeout_seconds: 20
}
const signal = new AbortController().signal

/** A workbench that is stopped when the test is over. */
function bench(...given: ConstructorParameters<typeof McpWorkbench>): McpWorkbench {
  const made = new McpWorkbench(...given)
  onTestFinished(() => made.stop())
  return made
}

async function served(way: 'stdio' | 'sse' | 'http') {
  if (way === 'stdio') return { workbench: bench(stdio), seen: undefined }
  const server = await mcpServer(way)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const type = way === 'sse' ? ('SseServerParams' as const) : ('StreamableHttpServerParams' as const)
  return { workbench: bench({ type, url: server.url, headers: { 'X-Demo': 'yes' } }), seen: server.seen }
}

describe.each(['stdio', 'sse', 'http'] as const)('an MCP workbench over %s', (way) => {
  test('shows the tools of its server and calls them', async () => {
    const { workbench } = await served(way)
    const [add] = await workbench.listTools(signal)
    expect(add).toMatchObject({ name: 'add', description: 'Adds.', parameters: { required: ['a', 'b'] } })
    expect(await workbench.callTool('add', { a: 1, b: 2 }, callOf())).toEqual({
      content: '3',
      isError: false
    })
  })

  test('tells what went wrong as a result', async () => {
    const { workbench } = await served(way)
    expect(await workbench.callTool('fail', {}, callOf())).toEqual({ content: 'No luck.', isError: true })
    expect(await workbench.callTool('nope', {}, callOf())).toMatchObject({ isError: true })
    expect(await workbench.callTool('add', { a: 'x' }, callOf())).toMatchObject({ isError: true })
  })

  test('rejects with the reason as soon as a call is aborted, and tells its server', async () => {
    const { workbench, seen } = await served(way)
    await workbench.start()
    const leave = new AbortController()
    const running = workbench.callTool('hang', {}, callOf({ signal: leave.signal }))
    // The server answers in order, so the call has arrived when another has been answered.
    await workbench.callTool('add', { a: 1, b: 2 }, callOf())
    leave.abort(new Error('Enough.'))
    await expect(running).rejects.toThrow('Enough.')
    await seen?.aborted
  })

  test('connects again after it was stopped', async () => {
    const { workbench } = await served(way)
    await workbench.start()
    await workbench.stop()
    expect(await workbench.callTool('add', { a: 1, b: 2 }, callOf())).toMatchObject({ content: '3' })
  })

  test('learns of new tools', async () => {
    const { workbench } = await served(way)
    const names = async () => (await workbench.listTools(signal)).map(({ name }) => name)
    expect(await names()).not.toContain('new')
    await workbench.callTool('grow', {}, callOf())
    await expect.poll(names).toContain('new')
  })
})

describe('an MCP workbench', () => {
  test('starts its process again when that has ended', async () => {
    const workbench = bench(stdio)
    expect(await workbench.callTool('exit', {}, callOf())).toMatchObject({ isError: true })
    expect(await workbench.callTool('add', { a: 1, b: 2 }, callOf())).toMatchObject({ content: '3' })
  })

  test('gives a call up that takes longer than its server may', async () => {
    const server = await mcpServer('http')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const workbench = bench({ type: 'StreamableHttpServerParams', url: server.url, sse_read_timeout: 0.05 })
    expect(await workbench.callTool('hang', {}, callOf())).toMatchObject({
      isError: true,
      content: expect.stringContaining('timed out')
    })
  })

  test('sends its headers, ends its session, and names a repeated call by its key', async () => {
    const { workbench, seen } = await served('http')
    expect(await workbench.callTool('key', {}, callOf())).toMatchObject({ content: callOf().idempotencyKey })
    await workbench.stop()
    await seen!.ended
    expect(seen!.headers.map((headers) => headers['x-demo'])).not.toContain(undefined)
  })

  test('puts a picture into words', async () => {
    const { workbench } = await served('http')
    const { content } = await workbench.callTool('picture', {}, callOf())
    expect(content).toBe('Here:\n[Image: image/png, 3 bytes]')
  })

  test('shows tools under other names', async () => {
    const server = await mcpServer('http')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const params = { type: 'StreamableHttpServerParams' as const, url: server.url }
    const workbench = bench(params, { toolOverrides: { add: { name: 'plus' } } })
    expect((await workbench.listTools(signal))[0]?.name).toBe('plus')
    expect(await workbench.callTool('plus', { a: 1, b: 2 }, callOf())).toMatchObject({ content: '3' })
  })

  test('says which server cannot be reached, without arguments or paths, in which secrets may stand', async () => {
    const workbench = bench({ ...stdio, command: '/no/such/program', args: ['--key=secret'] })
    const failure = await workbench.listTools(signal).catch(String)
    expect(failure).toMatch(/^Error: The MCP server "\/no\/such\/program" cannot be reached: /)
    expect(failure).not.toContain('secret')
  })
})

describe('a config', () => {
  const component = (params: object = {}) => ({
    provider: 'autogen_ext.tools.mcp.McpWorkbench',
    config: { server_params: { ...stdio, command: 'npx', args: ['-y', '@acme/server'], ...params } }
  })
  const load = (allowed: string[], params?: object) =>
    new Registry().register(mcpWorkbench(allowed)).load<Workbench>(component(params), 'workbench')

  test('starts no process unless the operator allows it', () => {
    expect(() => new Registry().load(component())).toThrow('has not allowed configs to start "npx"')
    expect(() => load(['node'])).toThrow('has not allowed')
    expect(dump(load(['node', 'npx']))).toMatchObject(component())
  })

  test('has to begin with the arguments that are allowed', () => {
    expect(() => load(['npx -y @acme/server'], { args: ['-y', '@evil/server'] })).toThrow('has not allowed')
    load(['npx -y @acme/server'], { args: ['-y', '@acme/server', '--verbose'] })
  })

  test.each([
    { env: { NODE_OPTIONS: '--require ./evil.js' } },
    { env: { LD_PRELOAD: 'evil.so' } },
    { env: { PATH: '/evil' } },
    { cwd: '/evil' }
  ])('does not turn an allowed program into another one: %j', (params) => {
    expect(() => load(['npx'], params)).toThrow('A config may not')
  })

  test('with a server behind an address needs no leave', () => {
    const params = { type: 'SseServerParams', url: 'https://example.org/sse' }
    const sse = { ...component(), config: { server_params: params } }
    expect(dump(new Registry().load<Workbench>(sse))).toMatchObject(sse)
  })
})
