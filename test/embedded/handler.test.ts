import { describe, expect, onTestFinished, test } from 'vitest'
import { type HandlerOptions, openTroupe, sqlite } from '../../src/embedded/index.ts'
import { AssistantAgent, dump, openai, RoundRobinGroupChat, UserProxyAgent } from '../../src/index.ts'
import { demoTeam } from '../../src/server/gallery/demo-team.ts'
import { says } from '../support/openai-server.ts'
import { SocketClient } from '../support/rest-client.ts'
import { scriptedServer } from '../support/scripted-server.ts'
import { talk } from './desk.ts'
import { type Host, hosts } from './servers.ts'

const person = () => new RoundRobinGroupChat([new UserProxyAgent('person')], { maxTurns: 1 })

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects to be there
  data: any
}

/** A program with a server, whose users say by a header who they are. */
async function program(host: keyof typeof hosts, options: HandlerOptions = {}) {
  const troupe = await openTroupe({
    store: sqlite(':memory:'),
    teams: { person, talk: () => talk('One.', 'Two.') }
  })
  const user = (request: Request) => request.headers.get('x-user')
  const handler = troupe.handler({ user, ...options })
  const server: Host = await hosts[host]!(handler)
  onTestFinished(async () => {
    await troupe.close()
    await server.close()
  })
  const headers = (name: string) => ({ 'x-user': name, 'content-type': 'application/json' })
  const call = async (name: string, method: string, path: string, body?: unknown) => {
    const init = {
      method,
      headers: headers(name),
      body: body === undefined ? undefined : JSON.stringify(body)
    }
    const answer = await fetch(`${server.url}/api${path}`, init)
    return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') }
  }
  const newRun = async (name: string): Promise<number> => {
    const session = (await call(name, 'POST', '/sessions/', { name: 's' })).body.data.id
    return (await call(name, 'POST', '/runs/', { session_id: session })).body.data.run_id
  }
  return { troupe, handler, server, call, newRun, headers }
}

describe.each(Object.keys(hosts))('in a server of %s a handler', (host) => {
  test('answers REST below its mount, and leaves all other paths to the program', async () => {
    const { server, call, newRun } = await program(host)
    expect(await (await fetch(new URL('/', server.url))).text()).toBe('home')
    const run = await newRun('ann')
    const started = await call('ann', 'POST', `/runs/${run}/start`, { team: 'talk', task: 'Talk.' })
    expect(started).toMatchObject({ status: 200, body: { status: true } })
    await expect
      .poll(async () => (await call('ann', 'GET', `/runs/${run}`)).body.data.status)
      .toBe('complete')
    expect((await call('bob', 'GET', `/runs/${run}`)).status).toBe(403)
    expect((await call('', 'GET', `/runs/${run}`)).status).toBe(401)
    expect((await call('ann', 'GET', '/nothing')).status).toBe(404)
    const away = await fetch(`${server.url}/api/sessions`, {
      headers: { 'x-user': 'ann' },
      redirect: 'manual'
    })
    expect([away.status, away.headers.get('location')]).toEqual([307, '/agents/api/sessions/'])
  })

  test('streams the frames of a run as they come', async () => {
    const { server, troupe, headers } = await program(host)
    const { id } = await troupe.start('person', 'Well?', { user: 'ann' })
    const accept = { ...headers('ann'), accept: 'text/event-stream' }
    const answer = await fetch(`${server.url}/api/runs/${id}/events?after=0`, { headers: accept })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    let text = ''
    const decoder = new TextDecoder()
    let isAsked = false
    for await (const chunk of answer.body!) {
      text += decoder.decode(chunk, { stream: true })
      if (isAsked || !text.includes('"input_request"')) continue
      isAsked = true
      await (await troupe.pending())[0]!.answer('Well.')
    }
    expect(text).toContain('"type":"result"')
  })

  test('takes the sockets of runs, with the user of their handshake', async () => {
    const { server, newRun } = await program(host)
    const run = await newRun('ann')
    const client = new SocketClient(`${server.url}/api/ws/runs/${run}`, { 'x-user': 'ann' })
    expect(await client.next('system')).toMatchObject({ status: 'connected', run: { id: run } })
    client.send({ type: 'start', team: 'person', task: 'Well?' })
    const { request_id } = await client.next('input_request')
    client.send({ type: 'input_response', response: 'Well.', request_id })
    await client.next('result')
    expect((await client.end).code).toBe(1000)
    const stranger = new SocketClient(`${server.url}/api/ws/runs/${run}?after=0`, { 'x-user': 'bob' })
    expect((await stranger.end).code).toBe(4403)
    const nobody = new SocketClient(`${server.url}/api/ws/runs/${run}?after=0`)
    expect((await nobody.end).code).toBe(4401)
  })
})

describe('a handler', () => {
  test('is closed with its runtime: sockets end with 1012, streams end, and requests are refused', async () => {
    const { troupe, server, call, headers } = await program('node:http')
    const { id } = await troupe.start('person', 'Well?', { user: 'ann' })
    const client = new SocketClient(`${server.url}/api/ws/runs/${id}`, { 'x-user': 'ann' })
    await client.next('input_request')
    const accept = { ...headers('ann'), accept: 'text/event-stream' }
    const stream = await fetch(`${server.url}/api/runs/${id}/events`, { headers: accept })
    await troupe.close()
    expect((await client.end).code).toBe(1012)
    expect(await stream.text()).toContain('"input_request"')
    expect(await call('ann', 'GET', `/runs/${id}`)).toMatchObject({ status: 503, body: { code: 'closing' } })
  })

  test('refuses with 403 what is not allowed, by REST and on sockets', async () => {
    const { troupe, server, call, newRun } = await program('node:http', { allow: ['start', 'follow'] })
    const run = await newRun('ann')
    const refused = { status: 403, body: { code: 'not_allowed' } }
    expect(await call('ann', 'POST', `/runs/${run}/stop`)).toMatchObject(refused)
    expect(await call('ann', 'POST', '/teams/', { component: demoTeam })).toMatchObject(refused)
    expect(await call('ann', 'DELETE', '/sessions/1')).toMatchObject(refused)
    const client = new SocketClient(`${server.url}/api/ws/runs/${run}`, { 'x-user': 'ann' })
    await client.next('system')
    client.send({ type: 'start', team: 'person', task: 'Well?' })
    await client.next('input_request')
    client.send({ type: 'input_response', response: 'Well.' })
    expect(await client.next('error')).toMatchObject({ code: 'not_allowed' })
    client.send({ type: 'stop' })
    expect(await client.next('error')).toMatchObject({ code: 'not_allowed' })
    expect((await troupe.run(run)).status).toBe('awaiting_input')
    client.ws.terminate()
  })

  test.each([
    ['follow', 'GET', '/sessions/'],
    ['start', 'POST', '/sessions/'],
    ['answer', 'POST', '/runs/1/input'],
    ['pause', 'POST', '/runs/1/resume'],
    ['fork', 'POST', '/runs/1/fork'],
    ['settings', 'PUT', '/settings/'],
    ['validate', 'POST', '/validate/test']
  ] as const)('lets nobody %s who may do everything else: %s %s', async (verb, method, path) => {
    const all = ['start', 'follow', 'answer', 'stop', 'pause', 'fork', 'delete'] as const
    const more = ['teams', 'settings', 'validate', 'mcp'] as const
    const allow = [...all, ...more].filter((one) => one !== verb)
    const { call } = await program('node:http', { allow })
    const body = method === 'GET' ? undefined : {}
    expect(await call('ann', method, path, body)).toMatchObject({
      status: 403,
      body: { code: 'not_allowed' }
    })
  })

  test('lets no socket follow where following is not allowed', async () => {
    const { server, newRun } = await program('node:http', { allow: ['start'] })
    const client = new SocketClient(`${server.url}/api/ws/runs/${await newRun('ann')}`, { 'x-user': 'ann' })
    expect((await client.end).code).toBe(4403)
    expect(client.frames).toMatchObject([{ type: 'error', code: 'not_allowed' }])
  })

  test('of stored teams only starts registered and stored ones, and stores none', async () => {
    const { troupe, server, call, newRun } = await program('node:http', { teams: 'stored' })
    const refused = { status: 403, body: { code: 'not_allowed' } }
    const run = await newRun('ann')
    const start = { team_config: demoTeam, task: 'Go.' }
    expect(await call('ann', 'POST', `/runs/${run}/start`, start)).toMatchObject(refused)
    expect(await call('ann', 'POST', '/teams/', { component: demoTeam })).toMatchObject(refused)
    expect(await call('ann', 'POST', '/validate/test', { component: demoTeam })).toMatchObject(refused)
    const client = new SocketClient(`${server.url}/api/ws/runs/${run}`, { 'x-user': 'ann' })
    await client.next('system')
    client.send({ type: 'start', ...start })
    expect(await client.next('error')).toMatchObject({ code: 'not_allowed' })
    client.ws.terminate()
    expect((await call('ann', 'POST', `/runs/${run}/start`, { team: 'talk', task: 'Go.' })).status).toBe(200)
    expect((await (await troupe.run(run)).result()).output).toBe('Two.')
  })

  test('finds a team by name, slug and id', async () => {
    const { call, newRun } = await program('node:http')
    const component = { ...demoTeam, label: 'My Desk', config: { ...demoTeam.config, name: 'My Desk' } }
    const { id } = (await call('ann', 'POST', '/teams/', { component })).body.data
    for (const team of ['My Desk', 'my-desk', id, String(id)]) {
      const run = await newRun('ann')
      expect(await call('ann', 'POST', `/runs/${run}/start`, { team, task: 'Go.' })).toMatchObject({
        status: 200
      })
    }
    const run = await newRun('bob')
    expect((await call('bob', 'POST', `/runs/${run}/start`, { team: id, task: 'Go.' })).status).toBe(404)
  })

  test('refuses what pages of strangers send, and hosts that it does not know where everybody is let in', async () => {
    const { handler, troupe } = await program('node:http')
    const ask = (one: typeof handler, url: string, headers: Record<string, string>, method = 'POST') =>
      one(new Request(url, { method, headers, ...(method === 'POST' && { body: '{}' }) }))
    const stranger = { 'x-user': 'ann', origin: 'https://evil.example' }
    expect((await ask(handler, 'https://own.example/a/api/sessions/', stranger)).status).toBe(403)
    const own = { 'x-user': 'ann', origin: 'https://own.example' }
    expect((await ask(handler, 'https://own.example/a/api/sessions/', own)).status).toBe(200)
    const open = troupe.handler()
    expect((await ask(open, 'https://own.example/api/version', {}, 'GET')).status).toBe(403)
    expect((await ask(open, 'http://localhost/api/version', {}, 'GET')).status).toBe(200)
    const named = troupe.handler({ allowOrigins: ['https://own.example'] })
    expect((await ask(named, 'https://own.example/api/version', {}, 'GET')).status).toBe(200)
  })

  test('is mounted wherever its address says, also below a path that has `api` in it', async () => {
    const { handler } = await program('node:http')
    for (const mount of ['', '/agents', '/api/agents', '/v1/api/api']) {
      const url = `http://localhost${mount}/api/sessions`
      const answer = await handler(new Request(url, { headers: { 'x-user': 'ann' } }))
      expect(answer.headers.get('location')).toBe(`${mount}/api/sessions/`)
    }
  })

  test('says who the user is, as the program knows it, and lets admins read everything', async () => {
    const { troupe } = await program('node:http')
    const { id } = await troupe.start('talk', 'Talk.', { user: 'ann' })
    const handler = troupe.handler({ user: () => ({ id: 'root', admin: true }) })
    const get = async (path: string) => (await handler(new Request(`http://localhost/api${path}`))).json()
    expect(await get('/auth/me')).toMatchObject({ id: 'root', roles: ['admin'] })
    expect(await get(`/runs/${id}`)).toMatchObject({ data: { id } })
    expect(await get('/overview/runs')).toMatchObject({ data: [{ id }] })
  })

  test("keeps the program's keys from where teams of its clients say", async () => {
    await using server = await scriptedServer(says('Hi.'))
    const base = `${server.url}/v1`
    const own = () => {
      const model = openai('gpt-4o-mini', { baseUrl: base })
      return new RoundRobinGroupChat([new AssistantAgent({ name: 'ada', model })], { maxTurns: 1 })
    }
    await using troupe = await openTroupe({
      ...{ store: sqlite(':memory:'), teams: { own }, env: { OPENAI_API_KEY: 'sk-own-0123456789' } }
    })
    const handler = troupe.handler({ user: () => 'ann' })
    const post = async (path: string, body: object) => {
      const init = { method: 'POST', body: JSON.stringify(body) }
      return ((await (await handler(new Request(`http://localhost/api${path}`, init))).json()) as Answer).data
    }
    const start = async (what: object) => {
      const { id: session_id } = await post('/sessions/', { name: 's' })
      const { run_id } = await post('/runs/', { session_id })
      await post(`/runs/${run_id}/start`, { task: 'Go.', ...what })
      return (await troupe.run(run_id)).result()
    }
    expect((await start({ team: 'own' })).output).toBe('Hi.')
    const theirs = JSON.parse(JSON.stringify(dump(own())))
    await expect(start({ team_config: theirs })).rejects.toThrow('is not sent')
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer sk-own-0123456789'])
  })

  test('refuses options, verbs and kinds of teams that do not exist', async () => {
    const { troupe } = await program('node:http')
    expect(() => troupe.handler({ users: () => 'ann' } as never)).toThrow('Did you mean "user"?')
    expect(() => troupe.handler({ allow: ['folow'] as never })).toThrow('Did you mean "follow"?')
    expect(() => troupe.handler({ teams: 'some' as never })).toThrow('"stored"')
  })

  test('refuses a body that is too large, whatever its length says', async () => {
    const { handler } = await program('node:http', { maxFrame: 1000 })
    const ask = (body: string | ReadableStream) =>
      handler(
        new Request('http://localhost/api/sessions/', {
          ...{ method: 'POST', headers: { 'x-user': 'ann' }, body, duplex: 'half' }
        } as RequestInit)
      )
    expect((await ask('x'.repeat(2000))).status).toBe(413)
    expect((await ask(ReadableStream.from([Buffer.alloc(900), Buffer.alloc(900)]))).status).toBe(413)
  })
})
