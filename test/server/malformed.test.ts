import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Server } from '../../src/server/app.ts'
import { Operation as McpOperation } from '../../src/server/mcp/operations.ts'
import { ElicitationResponse } from '../../src/server/mcp/questions.ts'
import { LogBook } from '../support/log-book.ts'
import { type Malformed, malformed, type Schema, sample, texts } from '../support/malformed.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere } from '../support/run-server.ts'
import { asker, talkers } from '../support/some-teams.ts'
import { mcpServer } from '../tools/mcp/mcp-server.ts'

const user_id = 'me'
const log = new LogBook()
let server: Server
let rest: RestClient
// biome-ignore lint/suspicious/noExplicitAny: a document as it comes
let api: any
/** Another run, in the middle of which all of this happens. */
let other: SocketClient
let otherRun: number

beforeAll(async () => {
  server = await serveHere({ log })
  rest = new RestClient(server.url)
  api = (await rest.get('/openapi.json')).body
  otherRun = (await rest.newRun(user_id)).run
  other = new SocketClient(`${server.url}/api/ws/runs/${otherRun}`)
  await other.next('system')
  other.send({ type: 'start', task: 'Go.', team_config: asker() })
  await other.next('input_request')
})
afterAll(() => server.close())

/** An operation of the description, with values that fit. */
interface Operation {
  method: string
  path: string
  parameters: { name: string; in: 'path' | 'query' }[]
  body: Schema | undefined
}

function operations(): Operation[] {
  // biome-ignore lint/suspicious/noExplicitAny: a document as it comes
  return Object.entries<any>(api.paths).flatMap(([path, item]) =>
    // biome-ignore lint/suspicious/noExplicitAny: a document as it comes
    Object.entries<any>(item).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path: path.slice('/api'.length),
      parameters,
      body: requestBody?.content['application/json'].schema
    }))
  )
}

/** Rows that may be spoiled. */
async function rows(): Promise<Record<string, string>> {
  const { session, run } = await rest.newRun(user_id)
  const team = (await rest.post('/teams/', { user_id, component: talkers(1) })).body.data.id
  const config = { id: 'g', name: 'g', metadata: {}, components: {} }
  const gallery = (await rest.post('/gallery/', { user_id, config })).body.data.id
  return { session_id: `${session}`, run_id: `${run}`, team_id: `${team}`, gallery_id: `${gallery}` }
}

const fill = (path: string, ids: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? '1')

/** Asks, and holds the answer to what every answer promises. */
async function hold(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const signal = AbortSignal.timeout(15_000)
  const answer = await fetch(`${server.url}/api${path}`, {
    ...{ method, signal, redirect: 'manual', headers: { 'content-type': 'application/json', ...headers } },
    ...(method !== 'GET' && body !== undefined && { body: body as string })
  })
  const asked = `${method} ${path.slice(0, 200)} ${String(body).slice(0, 200)}`
  if (/event-stream/.test(answer.headers.get('content-type') ?? '')) return void (await answer.body?.cancel())
  const text = await answer.text()
  expect([asked, answer.status < 500, text.slice(0, 300)]).toEqual([asked, true, text.slice(0, 300)])
  if (answer.status < 400) return
  const { detail } = JSON.parse(text)
  if (answer.status !== 422 || typeof detail === 'string')
    expect([asked, typeof detail]).toEqual([asked, 'string'])
  else for (const row of detail) expect([asked, row.msg !== '' && row.loc.length > 0]).toEqual([asked, true])
  // An answer says where and why, and nothing from inside.
  expect(text).not.toMatch(/node_modules|\.ts:\d+| {4}at /)
}

describe('malformed requests', () => {
  test('no malformed body is answered with a 5xx, and the answer says where and why [REST-5] [REST-4]', {
    timeout: 120_000
  }, async () => {
    const ids = await rows()
    let count = 0
    for (const { method, path, body } of operations()) {
      if (!body) continue
      const known = { user_id, session_id: Number(ids.session_id), team_config: talkers(1) }
      for (const { value } of malformed(body, sample(body, known))) {
        await hold(method, `${fill(path, ids)}?user_id=${user_id}`, JSON.stringify(value))
        count++
      }
      for (const text of Object.values(texts))
        await hold(method, `${fill(path, ids)}?user_id=${user_id}`, text)
      await hold(
        method,
        fill(path, ids),
        Buffer.from([0x7b, 0xff, 0xfe, 0x22, 0xc3, 0x28, 0x22, 0x7d]) as never
      )
    }
    expect(count).toBeGreaterThan(200)
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('no malformed path or query is answered with a 5xx [REST-5]', { timeout: 120_000 }, async () => {
    const odd = [
      'abc',
      '0',
      '-1',
      '1.5',
      '1e3',
      '99999999999999999999',
      '%00',
      '%ff%fe',
      '%F0%9F%98%80',
      '%ED%A0%80',
      '%',
      '..%2f..',
      '%5B1%5D',
      '%20'
    ]
    const ids = await rows()
    for (const { method, path, parameters } of operations()) {
      for (const value of odd) {
        await hold(method, fill(path, Object.fromEntries(Object.keys(ids).map((name) => [name, value]))))
        for (const { name } of parameters.filter((one) => one.in === 'query'))
          await hold(method, `${fill(path, ids)}?${name}=${value}&${name}=${value}`)
      }
      await hold(method, `${fill(path, ids)}?${'x'.repeat(5000)}=&&&=&user_id`)
      await hold('PATCH', fill(path, ids), '{}')
    }
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

/** Waits now and then, since a socket may send 1,000 frames a second only; `count` are the pairs of frames so far. */
const keepingPace = async (count: number) => {
  if (count % 300 === 299) await sleep(1100)
}

describe('malformed frames', () => {
  const frames = function* (): Generator<Malformed> {
    for (const schema of api.components.schemas.ClientFrame.oneOf as Schema[]) {
      const good = sample(schema, {
        team_config: {},
        state: null,
        options: null,
        request_id: null,
        team_id: null
      })
      for (const one of malformed(schema, good))
        yield { ...one, what: `${schema.properties?.type?.const} ${one.what}` }
    }
  }

  test('a malformed frame gets an answer or nothing, the connection lives, and no run begins [CONN-11]', {
    timeout: 120_000
  }, async () => {
    let { run } = await rest.newRun(user_id)
    let client = new SocketClient(`${server.url}/api/ws/runs/${run}`)
    await client.next('system')
    let count = 0
    for (const { what, value } of frames()) {
      client.send(JSON.stringify(value))
      client.send({ type: 'ping' })
      await client.next('pong').catch(async (error) => {
        // Some of it is a good start after all: a run may end, and nothing else may.
        if ((await client.end).code !== 1000) throw new Error(`${what}: ${error.message}`)
        run = (await rest.newRun(user_id)).run
        client = new SocketClient(`${server.url}/api/ws/runs/${run}`)
        await client.next('system')
      })
      await keepingPace(count++)
    }
    for (const error of client.frames.filter(({ type }) => type === 'error'))
      expect(error).toMatchObject({ error: expect.stringMatching(/./), code: expect.stringMatching(/^\w+$/) })
    expect(count).toBeGreaterThan(200)
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('a text that is no JSON, and bytes, get an error each [CONN-10] [CONN-11]', async () => {
    const { run } = await rest.newRun(user_id)
    const client = new SocketClient(`${server.url}/api/ws/runs/${run}`)
    await client.next('system')
    for (const text of Object.values(texts)) {
      client.send(text)
      await client.next('error')
    }
    client.send(Buffer.from([0, 255, 254]))
    expect(await client.next('error')).toMatchObject({ code: 'binary_frame' })
    client.send({ type: 'ping' })
    await client.next('pong')
    expect((await rest.get(`/runs/${run}`)).body.data.status).toBe('created')
  })
})

describe('malformed frames to an MCP server', () => {
  const frames = function* (): Generator<Malformed> {
    const { oneOf = [] } = z.toJSONSchema(McpOperation, { io: 'input' }) as Schema
    for (const schema of oneOf)
      for (const { what, value } of malformed(schema, sample(schema, { uri: 'note://none' }))) {
        const fields = typeof value === 'object' && !Array.isArray(value) ? value : {}
        yield { what, value }
        yield { what, value: { type: 'operation', ...fields } }
      }
    const answer = z.toJSONSchema(ElicitationResponse, { io: 'input' }) as Schema
    yield* malformed(answer, sample(answer))
  }

  test('a malformed frame to an MCP server is answered, and the connection lives [MCP-4]', {
    timeout: 120_000
  }, async () => {
    await using tools = await mcpServer('http')
    const server_params = { type: 'StreamableHttpServerParams', url: tools.url }
    const { body } = await rest.post('/mcp/ws/connect', { server_params })
    const client = new SocketClient(server.url + body.websocket_url)
    await client.next('initialized')
    const values = [...[...frames()].map(({ value }) => JSON.stringify(value)), ...Object.values(texts)]
    for (const [count, value] of values.entries()) {
      await keepingPace(count)
      const before = client.frames.length
      client.send(value)
      client.send({ type: 'ping' })
      await client.next('pong')
      expect([value.slice(0, 99), client.frames.length > before + 1]).toEqual([value.slice(0, 99), true])
    }
    client.send(Buffer.from([0, 255, 254]))
    expect((await client.next('operation_error')).error).toMatch(/[Bb]inary/)
    client.send({ type: 'operation', operation: 'list_tools' })
    await client.next('operation_result')
    expect(values.length).toBeGreaterThan(200)
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('the other run', () => {
  test('a run is not disturbed by all that is malformed elsewhere, and comes to its end', async () => {
    expect((await rest.get(`/runs/${otherRun}`)).body.data.status).toBe('awaiting_input')
    other.send({ type: 'input_response', response: 'Good.' })
    expect(await other.next('result')).toMatchObject({ status: 'complete' })
    expect((await other.end).code).toBe(1000)
  })
})
