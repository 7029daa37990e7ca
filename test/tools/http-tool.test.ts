import { describe, expect, test } from 'vitest'
import { HttpTool, type HttpToolOptions } from '../../src/runtime/tools/http-tool.ts'
import { runTool } from '../../src/runtime/tools/run-tool.ts'
import { callOf, webServer } from './tool-call.ts'

const text = { type: 'string' }
const both = { type: 'object', properties: { id: text, n: { type: 'integer' } }, required: ['id'] }

const toolAt = (port: number, options: Partial<HttpToolOptions> = {}) =>
  new HttpTool({ name: 't', host: '127.0.0.1', port, json_schema: both, ...options })

describe('the arguments of an HTTP tool', () => {
  test.each(['POST', 'PUT', 'PATCH'] as const)('go as JSON with %s', async (method) => {
    await using server = await webServer()
    await toolAt(server.port, { method }).run({ id: 'x', n: 2 }, callOf())
    expect(server.asked[0]).toMatchObject({ method, url: '/', body: '{"id":"x","n":2}' })
    expect(server.asked[0]?.headers['content-type']).toBe('application/json')
  })

  test.each(['GET', 'DELETE'] as const)('go into the query with %s', async (method) => {
    await using server = await webServer()
    await toolAt(server.port, { method }).run({ id: 'a b&c', n: 2 }, callOf())
    expect(server.asked[0]).toMatchObject({ method, url: '/?id=a+b%26c&n=2', body: '' })
  })

  test('go into the path where it names them, and nowhere else then', async () => {
    await using server = await webServer()
    const tool = toolAt(server.port, { method: 'GET', path: '/item/{id}/of' })
    await tool.run({ id: 'a b?#ü%', n: 1 }, callOf())
    expect(server.asked[0]?.url).toBe('/item/a%20b%3F%23%C3%BC%25/of?n=1')
  })

  test.each(['..', '../../admin', 'a/../../b', '.', '%2e%2E'])(
    'do not climb out of the path: %s',
    async (id) => {
      await using server = await webServer()
      const tool = toolAt(server.port, { path: '/item/{id}' })
      await expect(tool.run({ id }, callOf())).rejects.toThrow('may not stand in a path')
      expect(server.asked).toEqual([])
    }
  )

  test('are dropped where the schema does not know them', async () => {
    await using server = await webServer()
    await toolAt(server.port).run({ id: 'x', n: 1, zzz: 2 }, callOf())
    expect(server.asked[0]?.body).toBe('{"id":"x","n":1}')
  })

  test('are null, or their default, where they may be missing and are', async () => {
    await using server = await webServer()
    const properties = { ...both.properties, unit: { type: 'string', default: 'km' } }
    await toolAt(server.port, { json_schema: { ...both, properties } }).run({ id: 'x' }, callOf())
    expect(JSON.parse(server.asked[0]!.body)).toEqual({ id: 'x', n: null, unit: 'km' })
  })

  test('are read as what the schema wants, as pydantic does', async () => {
    await using server = await webServer()
    await toolAt(server.port).run({ id: 'x', n: ' 12 ' }, callOf())
    expect(server.asked[0]?.body).toBe('{"id":"x","n":12}')
  })

  test.each([
    ['is missing', {}],
    ['is of another type', { id: 5 }],
    ['is no whole number', { id: 'x', n: 'many' }]
  ])('are refused where one %s, and nothing is sent', async (_, args) => {
    await using server = await webServer()
    await expect(toolAt(server.port).run(args, callOf())).rejects.toThrow(/^arguments\.(id|n): /)
    expect(server.asked).toEqual([])
  })
})

describe('the answer to an HTTP tool', () => {
  test.each([200, 302, 404, 500])('is its text, although the status is %i', async (status) => {
    await using server = await webServer((response) =>
      response.writeHead(status, { location: '/x' }).end('boom')
    )
    expect(await toolAt(server.port).run({ id: 'x' }, callOf())).toBe('boom')
    expect(server.asked).toHaveLength(1)
  })

  test('is read in the character set that it names', async () => {
    await using server = await webServer((response) =>
      response.setHeader('content-type', 'text/plain; charset=iso-8859-1').end(Buffer.from([0xfc]))
    )
    expect(await toolAt(server.port).run({ id: 'x' }, callOf())).toBe('ü')
  })

  test('is shown as Python shows JSON, where JSON is wanted; long numbers keep their digits', async () => {
    await using server = await webServer((response) =>
      response.end('{"sum": 3, "ok": true, "none": null, "id": 12345678901234567890, "words": ["it\'s"]}')
    )
    const tool = toolAt(server.port, { return_type: 'json' })
    expect(await tool.run({ id: 'x' }, callOf())).toBe(
      `{'sum': 3, 'ok': True, 'none': None, 'id': 12345678901234567890, 'words': ["it's"]}`
    )
  })

  test('is an error where JSON is wanted and it is none', async () => {
    await using server = await webServer((response) => response.end('plain words'))
    const tool = toolAt(server.port, { return_type: 'json' })
    await expect(tool.run({ id: 'x' }, callOf())).rejects.toThrow('The answer is not JSON')
  })

  test('is given up where it has no end', async () => {
    await using server = await webServer((response) => {
      const pour = () => response.write(Buffer.alloc(1 << 20))
      response.on('drain', pour)
      pour()
    })
    await expect(toolAt(server.port).run({ id: 'x' }, callOf())).rejects.toThrow('tool_result_too_large')
  })
})

describe('a call of an HTTP tool', () => {
  test('sends the headers of the config, and the key by which a repeated call is known', async () => {
    await using server = await webServer()
    const tool = toolAt(server.port, { headers: { 'X-Demo': 'yes', 'X-Count': 2 } })
    await tool.run({ id: 'x' }, callOf({ idempotencyKey: '7:team/zoë:0:1:0' }))
    expect(server.asked[0]?.headers).toMatchObject({
      'x-demo': 'yes',
      'x-count': '2',
      'idempotency-key': '7:team/zo%C3%AB:0:1:0'
    })
  })

  test('that takes too long is a result that says so', async () => {
    await using server = await webServer(() => {})
    const output = await runTool(toolAt(server.port, { timeout: 0.05 }), { id: 'x' }, callOf())
    expect(output).toEqual({ content: 'The tool "t" has given no result within 0.05 s.', isError: true })
  })

  test('rejects with the reason when it is aborted, and lets go of the server', async () => {
    const left = Promise.withResolvers<void>()
    const leave = new AbortController()
    await using server = await webServer((response) => {
      response.on('close', left.resolve)
      leave.abort(new Error('Enough.'))
    })
    const running = runTool(toolAt(server.port), { id: 'x' }, callOf({ signal: leave.signal }))
    await expect(running).rejects.toThrow('Enough.')
    await left.promise
  })

  test('to a port where nobody listens is a result that names place and reason', async () => {
    const { port } = await webServer().then(async (server) => {
      await server[Symbol.asyncDispose]()
      return server
    })
    const output = await runTool(toolAt(port), { id: 'x' }, callOf())
    expect(output).toEqual({
      content: `http://127.0.0.1:${port} cannot be reached: ECONNREFUSED.`,
      isError: true
    })
  })
})

test('a model sees the parameters of an HTTP tool as closed', () => {
  const { schema } = toolAt(1, { json_schema: { title: 'x', type: 'object', properties: { id: text } } })
  expect(schema).toEqual({
    name: 't',
    description: 'HTTP tool',
    parameters: { type: 'object', properties: { id: text }, required: [], additionalProperties: false }
  })
})
