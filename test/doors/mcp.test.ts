import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { careful } from '../support/careful-team.ts'
import { databaseIn } from '../support/database.ts'
import { authenticatedDoorServer, doorServer, duo, editors, named, saidIn } from '../support/door-server.ts'
import { temporary } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin } from '../support/some-teams.ts'

let server: Awaited<ReturnType<typeof doorServer>>

beforeAll(async () => {
  const broken = named('broken', roundRobin([assistant('a', replayModel([]))], 3))
  const stuck = named('stuck', roundRobin([assistant('a', replayModel(['x'], { delay_ms: 60_000 }))], 3))
  server = await doorServer([duo('duo', 1), editors(), broken, stuck, named('careful', careful())])
})
afterAll(() => server?.close())

type Answers = Record<string, unknown>[]

/** A client of a revision; `answers` are what its person says to questions, one after another, where it can ask. */
async function clientOf(era: 'modern' | 'legacy', answers?: Answers, { url = server.url, token = '' } = {}) {
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: answers ? { elicitation: {} } : {},
      versionNegotiation: { mode: era === 'modern' ? 'auto' : 'legacy' }
    }
  )
  const asked: string[] = []
  const left = [...(answers ?? [])]
  if (answers)
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message)
      const content = left.shift()
      return content ? { action: 'accept', content: content as { answer: string } } : { action: 'decline' }
    })
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', url), {
    requestInit: { headers: token ? { authorization: `Bearer ${token}` } : {} }
  })
  await client.connect(transport)
  return { client, asked, [Symbol.asyncDispose]: () => client.close() }
}

const call = (name: string, task = 'Go.') => ({ name, arguments: { task } })
const structured = (result: { structuredContent?: unknown }) => result.structuredContent as { run: number }
const eras = ['modern', 'legacy'] as const

describe.each(eras)('a client of the %s revision', (era) => {
  test('finds each team as a tool and gets what the team says, with progress and the id of the run', async () => {
    await using one = await clientOf(era, [])
    const { tools } = await one.client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['duo', 'editors', 'broken', 'stuck', 'careful'])
    const progress: (string | undefined)[] = []
    const result = await one.client.callTool(call('duo'), {
      onprogress: ({ message }) => void progress.push(message)
    })
    expect(result.content).toEqual([{ type: 'text', text: 'A second one.' }])
    expect(result.structuredContent).toMatchObject({
      ...{ status: 'complete', result: 'A second one.' },
      messages: [
        { source: 'ann', text: 'A first line.' },
        { source: 'bob', text: 'A second one.' }
      ]
    })
    const { run } = structured(result)
    expect(result._meta).toMatchObject({ 'troupe/run': run })
    expect(progress).toEqual(['ann: A first line.', 'bob: A second one.'])
    expect((await saidIn(server.rest, run)).map(([, text]) => text)).toEqual([
      ...['Go.', 'A first line.', 'A second one.']
    ])
  })

  test('has its person asked within the call, and goes on with the same run', async () => {
    await using one = await clientOf(era, [{ answer: 'Shorter.' }, { answer: 'Good.' }])
    const result = await one.client.callTool(call('editors', 'Write.'))
    expect(one.asked).toHaveLength(2)
    expect(result.structuredContent).toMatchObject({ status: 'complete' })
    expect((await saidIn(server.rest, structured(result).run)).map(([, text]) => text)).toEqual([
      ...['Write.', 'One draft.', 'Shorter.', 'Another draft.', 'Good.']
    ])
  })

  test('stops the run whose question its person declines', async () => {
    await using one = await clientOf(era, [])
    const result = await one.client.callTool(call('editors', 'Write.'))
    expect(result).toMatchObject({ isError: true, structuredContent: { status: 'stopped' } })
    expect((await server.rest.get(`/runs/${structured(result).run}`)).body.data.status).toBe('stopped')
  })

  test.each([
    [{ approved: true }, true],
    [{ approved: false, reason: 'Too dear.' }, false]
  ])('has its person decide about a call of a tool: %j', async (decision, isMade) => {
    await using one = await clientOf(era, [decision])
    const result = await one.client.callTool(call('careful'))
    expect(one.asked).toHaveLength(1)
    expect(result.structuredContent).toMatchObject({ status: 'complete' })
    const { body } = await server.rest.get(`/runs/${structured(result).run}/messages`)
    expect(JSON.stringify(body).includes('Helped.')).toBe(isMade)
  })

  test('that cannot ask gets the question as the result, and answers it by a tool', async () => {
    await using one = await clientOf(era)
    expect((await one.client.listTools()).tools.map(({ name }) => name)).toContain('answer')
    const asked = await one.client.callTool(call('editors', 'Write.'))
    expect(asked.structuredContent).toMatchObject({
      status: 'awaiting_input',
      request_id: expect.any(String)
    })
    const { run, request_id } = asked.structuredContent as { run: number; request_id: string }
    const next = await one.client.callTool({
      name: 'answer',
      arguments: { run, request_id, answer: 'Shorter.' }
    })
    expect(next.structuredContent).toMatchObject({ status: 'awaiting_input', run })
    const last = await one.client.callTool({ name: 'answer', arguments: { run, answer: 'Good.' } })
    expect(last.structuredContent).toMatchObject({ status: 'complete', run })
    const late = await one.client.callTool({ name: 'answer', arguments: { run, request_id, answer: 'x' } })
    expect(late).toMatchObject({ isError: true })
  })

  test('reads runs as resources', async () => {
    await using one = await clientOf(era, [])
    const { run } = structured(await one.client.callTool(call('duo')))
    const { resources } = await one.client.listResources()
    expect(resources[0]!.uri).toBe(`troupe://runs/${run}`)
    const { contents } = await one.client.readResource({ uri: `troupe://runs/${run}` })
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
      run,
      status: 'complete',
      messages: [{}, {}]
    })
    await expect(one.client.readResource({ uri: 'troupe://runs/999999' })).rejects.toThrow()
  })

  test('that cancels a call has its run stopped', async () => {
    await using one = await clientOf(era, [])
    const controller = new AbortController()
    const called = one.client.callTool(call('stuck'), { signal: controller.signal })
    called.catch(() => {})
    const run = await expect
      .poll(async () => (await server.rest.get('/overview/runs?status=active')).body.data[0]?.id)
      .toEqual(expect.any(Number))
      .then(async () => (await server.rest.get('/overview/runs?status=active')).body.data[0].id)
    controller.abort()
    await expect(called).rejects.toThrow()
    await expect.poll(async () => (await server.rest.get(`/runs/${run}`)).body.data.status).toBe('stopped')
  })

  test('gets a failure of the team as an error of the tool, and an unknown team as one of the request', async () => {
    await using one = await clientOf(era, [])
    const failed = await one.client.callTool(call('broken'))
    expect(failed).toMatchObject({ isError: true, structuredContent: { status: 'error' } })
    await expect(one.client.callTool(call('nothing'))).rejects.toThrow('nothing')
    expect(await one.client.callTool(call('duo', ' '))).toMatchObject({ isError: true })
  })
})

test('a client of the older package finds and calls teams in its session', async () => {
  const client = new OlderClient({ name: 'older', version: '1' })
  const transport = new OlderTransport(new URL('/mcp', server.url))
  await client.connect(transport as Parameters<typeof client.connect>[0])
  const result = await client.callTool(call('duo'))
  expect(result.structuredContent).toMatchObject({ status: 'complete' })
  await transport.terminateSession()
  await client.close()
})

test('a session that is not known is answered with 404, so that the client begins another one', async () => {
  const answer = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': 'gone'
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  })
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ error: { data: { code: 'unknown_session' } } })
})

describe('with authentication', () => {
  test('a stranger gets 401 with WWW-Authenticate, and users reach their own and published teams only', async () => {
    const guarded = await authenticatedDoorServer()
    try {
      const answer = await fetch(`${guarded.url}/mcp`, { method: 'POST', body: '{}' })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
      expect(await answer.json()).toMatchObject({ error: { data: { code: 'not_authenticated' } } })
      const { id } = (await guarded.alice.post('/teams/', { user_id: 'alice', component: duo('mine') })).body
        .data
      const toolsOf = async (token: string) => {
        await using one = await clientOf('modern', [], { url: guarded.url, token })
        return (await one.client.listTools()).tools.map(({ name }) => name)
      }
      expect(await toolsOf(guarded.tokens.alice)).toContain('mine')
      expect(await toolsOf(guarded.tokens.bob)).not.toContain('mine')
      await guarded.alice.put(`/teams/${id}`, { published: true })
      await using bob = await clientOf('modern', [], { url: guarded.url, token: guarded.tokens.bob })
      const { run } = structured(await bob.client.callTool(call('mine')))
      await using alice = await clientOf('legacy', [], { url: guarded.url, token: guarded.tokens.alice })
      await expect(alice.client.readResource({ uri: `troupe://runs/${run}` })).rejects.toThrow()
    } finally {
      await guarded.close()
    }
  })
})

test('a call that a question has interrupted goes on after a restart of the server', async () => {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  const first = await doorServer([editors('editors')], { database })
  const before = await clientOf('modern', [], { url: first.url })
  const asked = (await before.client.callTool(call('editors', 'Write.'), {
    allowInputRequired: true
  })) as unknown as { requestState: string; inputRequests: Record<string, unknown> }
  const [request_id] = Object.keys(asked.inputRequests)
  await before.client.close()
  await first.close()
  const second = await doorServer([], { database })
  try {
    await using after = await clientOf('modern', [], { url: second.url })
    const next = (await after.client.callTool(
      {
        ...call('editors', 'Write.'),
        requestState: asked.requestState,
        inputResponses: { [request_id!]: { action: 'accept', content: { answer: 'Shorter.' } } }
      } as Parameters<typeof after.client.callTool>[0],
      { allowInputRequired: true }
    )) as unknown as { requestState: string; _meta: { 'troupe/run': number } }
    expect(next.requestState).toEqual(expect.any(String))
    expect((await saidIn(second.rest, next._meta['troupe/run'])).map(([, text]) => text)).toEqual([
      ...['Write.', 'One draft.', 'Shorter.', 'Another draft.']
    ])
  } finally {
    await second.close()
    await remove()
  }
})

test('a session whose call waits for its person is kept, however long that takes', async () => {
  const { promise: said, resolve: say } = Promise.withResolvers<void>()
  const client = new Client({ name: 'slow', version: '1' }, { capabilities: { elicitation: {} } })
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>()
  client.setRequestHandler('elicitation/create', async () => {
    isAsked()
    await said
    return { action: 'accept', content: { answer: 'Good.' } }
  })
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.url)))
  const called = client.callTool(call('editors', 'Write.'), { timeout: 60_000 })
  await asked
  vi.setSystemTime(Date.now() + 2 * 3_600_000)
  try {
    // Another client comes: sessions that are not used end then.
    await using other = await clientOf('legacy')
    expect((await other.client.listTools()).tools.length).toBeGreaterThan(0)
    say()
    expect((await called).structuredContent).toMatchObject({ status: 'complete' })
  } finally {
    vi.useRealTimers()
    await client.close()
  }
})
