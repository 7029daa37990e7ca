import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ServerOptions } from '../../src/server/app.ts'
import { McpSessions } from '../../src/server/mcp/sessions.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere, temporary } from '../support/run-server.ts'
import { mcpServer } from '../tools/mcp/mcp-server.ts'

const program = fileURLToPath(new URL('./mcp-asking-server.ts', import.meta.url))
const stdio = (args: string[] = [program]) => ({ type: 'StdioServerParams', command: process.execPath, args })

/** A page's panel, connected to a server. */
async function panel(server_params: unknown, options: Partial<ServerOptions> = {}) {
  const server = await serveHere(options)
  onTestFinished(() => server.close())
  const { body } = await new RestClient(server.url).post('/mcp/ws/connect', { server_params })
  expect(body).toMatchObject({ status: true, session_id: expect.any(String) })
  const socket = new SocketClient(server.url + body.websocket_url)
  const ask = async (operation: string, fields: object = {}) => {
    socket.send({ type: 'operation', operation, ...fields })
    return socket.next('operation_result')
  }
  return { server, socket, ask, url: server.url + body.websocket_url }
}

describe("a page's connection to an MCP server", () => {
  test("a page's connection to an MCP server tells its abilities, lists and calls its tools", async () => {
    await using tools = await mcpServer('http')
    const { socket, ask } = await panel({ type: 'StreamableHttpServerParams', url: tools.url })
    expect((await socket.next('initialized')).capabilities).toMatchObject({ tools: expect.anything() })
    const { data } = await ask('list_tools')
    expect(data.tools.find(({ name }: { name: string }) => name === 'add')).toMatchObject({
      description: 'Adds.',
      inputSchema: { properties: { a: expect.anything() }, required: ['a', 'b'] }
    })
    const called = await ask('call_tool', { tool_name: 'add', arguments: { a: 2, b: 3 } })
    expect(called).toMatchObject({ operation: 'call_tool', data: { result: { content: [{ text: '5' }] } } })
  })

  test('a page lists and reads resources, lists and gets prompts, and its person is asked for the MCP server', async () => {
    const commands = [`${process.execPath} ${program}`]
    const permissions = { mcpCommands: commands, codeExecution: false }
    const { socket, ask } = await panel(stdio(), { permissions })
    await socket.next('initialized')
    expect((await ask('list_resources')).data.resources).toMatchObject([{ uri: 'note://one', name: 'one' }])
    const read = await ask('read_resource', { uri: 'note://one' })
    expect(read.data.contents).toMatchObject([{ text: 'A note.' }])
    expect((await ask('list_prompts')).data.prompts).toMatchObject([{ name: 'greet' }])
    const prompt = await ask('get_prompt', { name: 'greet', arguments: { who: 'Ann' } })
    expect(prompt.data).toMatchObject({ name: 'greet', messages: [{ content: { text: 'Greet Ann.' } }] })

    const answer = ask('call_tool', { tool_name: 'ask' })
    const question = await socket.next('elicitation_request')
    expect(question).toMatchObject({ message: 'Your colour?', requestedSchema: { required: ['colour'] } })
    const { request_id, session_id } = question
    socket.send({
      type: 'elicitation_response',
      request_id,
      session_id,
      action: 'accept',
      data: { colour: 'red' }
    })
    expect((await answer).data.result.content[0].text).toBe('accept red')
  })

  test('an MCP server that asks for a model is given a placeholder, and what it does meanwhile is shown [MCP-6]', async () => {
    const permissions = { mcpCommands: [`${process.execPath} ${program}`], codeExecution: false }
    const { socket, ask } = await panel(stdio(), { permissions })
    await socket.next('initialized')
    const { data } = await ask('call_tool', { tool_name: 'think' })
    const [content, model] = JSON.parse(data.result.content[0].text)
    expect([content.text, model]).toEqual([expect.stringContaining('placeholder'), 'none'])
    const activities = socket.frames.filter(({ type }) => type === 'mcp_activity')
    expect(activities.map(({ activity_type, details }) => [activity_type, Object.keys(details)])).toEqual([
      ['protocol', ['operation']],
      ['protocol', ['method', 'params']],
      ['sampling', ['messages', 'maxTokens']],
      ['sampling', ['role', 'model', 'stopReason', 'content']]
    ])
    expect(activities[1].details).toMatchObject({ params: { data: 'I ask a model.' } })
  })

  test('a tool of an MCP server may wait for a person longer than for an answer of its server [MCP-7]', async () => {
    await using tools = await mcpServer('http')
    const params = { type: 'StreamableHttpServerParams', url: tools.url, sse_read_timeout: 0.001 }
    const { socket, ask } = await panel(params)
    await socket.next('initialized')
    const answer = ask('call_tool', { tool_name: 'ask' })
    const { request_id } = await socket.next('elicitation_request')
    socket.send({ type: 'elicitation_response', request_id, action: 'decline' })
    expect((await answer).data.result.content[0].text).toBe('decline')
  })

  test('an MCP server that the operator has not allowed is not started, and the page is told so [MCP-5]', async () => {
    const { socket } = await panel(stdio(['-e', 'process.exit(0)']))
    expect((await socket.next('error')).error).toContain('--allow-mcp-command')
    expect((await socket.end).code).toBe(1000)
  })

  test("a failed operation and a bad frame on a page's connection are answered, and it lives on [MCP-4]", async () => {
    await using tools = await mcpServer('http')
    const { socket, ask } = await panel({ type: 'StreamableHttpServerParams', url: tools.url })
    await socket.next('initialized')
    for (const bad of ['nonsense', '[1]', 'null', { type: 'operation' }, { type: 'x' }, Buffer.from('x')]) {
      socket.send(bad)
      expect((await socket.next('operation_error')).error).toBeTruthy()
    }
    socket.send({ type: 'operation', operation: 'read_resource', uri: 'nothing://here' })
    expect(await socket.next('operation_error')).toMatchObject({ operation: 'read_resource' })
    socket.send({ type: 'ping' })
    await socket.next('pong')
    expect((await ask('list_tools')).data.tools.length).toBeGreaterThan(1)
  })

  test('an MCP server that is not there, or whose parameters do not fit, is refused in words [MCP-8]', async () => {
    for (const [params, words] of [
      [{ type: 'SseServerParams', url: 'http://127.0.0.1:1/sse' }, 'cannot be reached'],
      [{ type: 'StreamableHttpServerParams', url: 'http://127.0.0.1:1/mcp' }, 'cannot be reached'],
      [{ type: 'Other' }, 'do not fit'],
      [{}, 'do not fit']
    ] as const) {
      const { socket } = await panel(params)
      expect((await socket.next('error')).error).toContain(words)
    }
  })

  test('asking for the address of an MCP session starts nothing [MCP-1]', async () => {
    const { folder, remove } = await temporary()
    onTestFinished(remove)
    const file = join(folder, 'started')
    const writes = `require('fs').writeFileSync(${JSON.stringify(file)}, ''); setTimeout(() => {}, 10_000)`
    const permissions = { mcpCommands: 'any' as const, codeExecution: false }
    const server = await serveHere({ permissions })
    onTestFinished(() => server.close())
    const { body } = await new RestClient(server.url).post('/mcp/ws/connect', {
      server_params: stdio(['-e', writes])
    })
    // As long as it takes a process to start, and more.
    execFileSync(process.execPath, ['-e', ''])
    await new RestClient(server.url).get('/health')
    expect(existsSync(file)).toBe(false)
    const socket = new SocketClient(server.url + body.websocket_url)
    await expect.poll(() => existsSync(file), { timeout: 10_000 }).toBe(true)
    socket.ws.terminate()
  })

  test('the address of an MCP session is forgotten after five minutes [MCP-2]', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const sessions = new McpSessions()
    const id = sessions.remember({}, { id: 'me', roles: [] })
    vi.advanceTimersByTime(5 * 60_000)
    expect(sessions.userOf(id)).toMatchObject({ id: 'me' })
    vi.advanceTimersByTime(1)
    expect(sessions.userOf(id)).toBeUndefined()
    expect(sessions.take(id)).toBeUndefined()
  })

  test('the address of an MCP session is for one socket [MCP-2]', async () => {
    const { socket, url } = await panel({ type: 'Other' })
    await socket.end
    const second = new SocketClient(url)
    expect(await second.next('error')).toMatchObject({ code: 'unknown_session' })
    expect((await second.end).code).toBe(4004)
  })
})
