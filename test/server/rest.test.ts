import { describe, expect, onTestFinished, test } from 'vitest'
import type { ComponentModel } from '../../src/machines/component/component.ts'
import { plainMessage } from '../../src/protocol/frames.ts'
import { silentLogger } from '../../src/runtime/shared/logger.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import { openAuthRoutes } from '../../src/server/auth/open-routes.ts'
import type { HttpHandler, HttpRequest, User } from '../../src/server/http/http.ts'
import { router } from '../../src/server/http/router.ts'
import { McpSessions } from '../../src/server/mcp/sessions.ts'
import { mcpRoutes } from '../../src/server/rest/mcp.ts'
import { metaRoutes } from '../../src/server/rest/meta.ts'
import { overviewRoutes } from '../../src/server/rest/overview.ts'
import { runRoutes } from '../../src/server/rest/runs.ts'
import { sessionRoutes } from '../../src/server/rest/sessions.ts'
import { teamRoutes } from '../../src/server/rest/teams.ts'
import { recordings } from '../support/fixtures.ts'
import type { WireFile } from '../support/wire-file.ts'
import { play } from '../support/wire-play.ts'
import { ask, said, start } from './support.ts'

const team: ComponentModel = {
  provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
  config: { participants: [] }
}
const defaultTeam: ComponentModel = {
  ...team,
  component_type: 'team',
  version: 1,
  component_version: 1,
  label: 'demo',
  description: null
}

/** All resources over an empty store, asked by `user`. */
async function rest(user: User = { id: null, roles: [] }, trouble?: () => string) {
  const store = await openStore({ database: 'sqlite::memory:' })
  onTestFinished(() => store.close())
  const stopped: [number, string][] = []
  const runtime = { stop: async (run: number, reason: string) => void stopped.push([run, reason]) }
  const services = {
    ...{ version: '1.2.3', trouble, store, defaultTeam, runtime, mcpSessions: new McpSessions() }
  }
  const routes = [metaRoutes, teamRoutes, sessionRoutes, runRoutes, overviewRoutes, mcpRoutes].flatMap(
    (routes) => routes(services)
  )
  const handle = router([...openAuthRoutes(), ...routes], {
    ...silentLogger,
    error({ err }) {
      throw err
    }
  })
  return { store, handle, stopped, ...asker(handle, user) }
}

function asker(handle: HttpHandler, user: User) {
  const call = async (method: string, target: string, body?: unknown) => {
    const request: HttpRequest = ask(method, target, {
      user,
      body: said(body === undefined ? '' : JSON.stringify(body))
    })
    const answer = await handle(request)
    // biome-ignore lint/suspicious/noExplicitAny: tests look into what they get
    return { status: answer.status, body: answer.body as any }
  }
  return {
    call,
    get: (target: string) => call('GET', target),
    post: (target: string, body: unknown) => call('POST', target, body),
    put: (target: string, body: unknown) => call('PUT', target, body),
    remove: (target: string) => call('DELETE', target)
  }
}

const frame = (seq: number, type: string, data: unknown) => ({
  seq,
  type,
  text: JSON.stringify({ type, data })
})

/** A run of ann's that has come to its end, with three messages. */
async function finished(store: Store) {
  const session = await store.sessions.insert({ user_id: 'ann', name: 's', team_id: null })
  const run = await store.runs.create({ session_id: session.id, user_id: 'ann' })
  const picture = { url: 'data:image/png;base64,AAAA', alt: 'x' }
  const frames = [
    frame(1, 'message', { source: 'user', content: 'hi', type: 'TextMessage' }),
    frame(2, 'event', { source: 'a', content: 'hm', type: 'ThoughtEvent' }),
    frame(3, 'message', { source: 'llm_call_event', content: '{}', type: 'TextMessage' }),
    frame(4, 'message', { source: 'a', content: ['see', picture], type: 'MultiModalMessage' }),
    frame(5, 'result', { task_result: { messages: [], stop_reason: 'enough' }, usage: '', duration: 1 })
  ]
  await store.runs.commit([
    { run: run.id, frames, journal: [], row: { status: 'complete', task: { source: 'user' } } }
  ])
  return { session, run }
}

describe('the recordings, as far as they are REST', () => {
  const played = ['26a-meta', '26b-teams', '26c-sessions', '26d-runs', '26h-whole-rows']
  const files = recordings<WireFile>('wire').filter(({ name }) => played.includes(name))
  // Settings have a file of their own, 26e.
  const calls = ({ rest }: WireFile) => rest.filter(({ path }) => !path.startsWith('/api/settings'))

  test.each(files.map((file) => [file.name, file] as const))(
    "the recording %s of AutoGen Studio's REST API is answered alike [REST-8]",
    async (_, file) => {
      const { url } = await start({ handle: (await rest()).handle })
      await play({ ...file, rest: calls(file), ws: [], after: [] }, { base: url, toolPort: 1, modelPort: 1 })
    }
  )
})

describe('health', () => {
  test('health is 503 and says what is wrong while nothing can be stored [REST-11]', async () => {
    const { get } = await rest(undefined, () => 'The database is gone.')
    expect(await get('/api/health')).toEqual({
      status: 503,
      body: { status: false, message: 'The database is gone.' }
    })
  })
})

describe('teams', () => {
  test('lists of teams that are asked for at the same time make one default team [REST-14]', async () => {
    const { get } = await rest()
    const lists = await Promise.all([1, 2, 3].map(() => get('/api/teams/?user_id=ann')))
    expect(new Set(lists.map(({ body }) => body.data.map(({ id }: { id: number }) => id).join()))).toEqual(
      new Set([lists[0]!.body.data[0].id.toString()])
    )
  })

  test('another user cannot overwrite or delete a team by its id [REST-15]', async () => {
    const { get, post, remove } = await rest()
    const { id } = (await post('/api/teams/', { user_id: 'ann', component: team })).body.data
    expect(await post('/api/teams/', { id, user_id: 'bob', component: defaultTeam })).toMatchObject({
      status: 404
    })
    expect(await remove(`/api/teams/${id}?user_id=bob`)).toMatchObject({ status: 404 })
    expect((await get(`/api/teams/${id}?user_id=ann`)).body.data.component).toEqual(team)
  })

  test('a team that was deleted meanwhile is saved as a new one', async () => {
    const { post } = await rest()
    const saved = await post('/api/teams/', { id: 77, user_id: 'ann', component: team })
    expect(saved).toMatchObject({ status: 200, body: { status: true, data: { component: team } } })
  })

  test.each([{ component: 'x' }, { component: {} }, { component: { provider: 'x' } }, {}])(
    '%j is refused as a team',
    async (body) => {
      const { post } = await rest()
      expect(await post('/api/teams/', { user_id: 'ann', ...body })).toMatchObject({ status: 422 })
    }
  )

  test('a team that is not there cannot be deleted', async () => {
    const { remove } = await rest()
    expect(await remove('/api/teams/5?user_id=ann')).toEqual({
      status: 404,
      body: { detail: 'Team not found' }
    })
  })
})

describe('sessions', () => {
  test('sessions come newest first [REST-16]', async () => {
    const { get, post } = await rest()
    for (const name of ['one', 'two', 'three']) await post('/api/sessions/', { user_id: 'ann', name })
    const { body } = await get('/api/sessions/?user_id=ann')
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['three', 'two', 'one'])
  })

  test('a session cannot name a team that is unknown or another user’s [REST-17]', async () => {
    const { post, put } = await rest()
    const theirs = (await post('/api/teams/', { user_id: 'bob', component: team })).body.data.id
    const mine = (await post('/api/sessions/', { user_id: 'ann', name: 's' })).body.data.id
    for (const team_id of [999, theirs]) {
      expect(await post('/api/sessions/', { user_id: 'ann', name: 's', team_id })).toMatchObject({
        status: 404
      })
      expect(await put(`/api/sessions/${mine}?user_id=ann`, { team_id })).toMatchObject({ status: 404 })
    }
  })

  test('a session keeps what a change does not name, and may still name a team that is gone [REST-17]', async () => {
    const { post, put, remove } = await rest()
    const team_id = (await post('/api/teams/', { user_id: 'ann', component: team })).body.data.id
    const { id } = (await post('/api/sessions/', { user_id: 'ann', name: 's', team_id })).body.data
    await remove(`/api/teams/${team_id}?user_id=ann`)
    const changed = await put(`/api/sessions/${id}?user_id=ann`, { name: 'new', team_id })
    expect(changed).toMatchObject({ status: 200, body: { data: { name: 'new' } } })
    expect((await put(`/api/sessions/${id}?user_id=ann`, {})).body.data).toMatchObject({ name: 'new' })
  })

  test('the runs of a session are stopped before it is deleted [REST-18]', async () => {
    const { store, stopped, remove } = await rest()
    const { session, run } = await finished(store)
    expect(await remove(`/api/sessions/${session.id}?user_id=ann`)).toMatchObject({ status: 200 })
    expect(stopped).toEqual([[run.id, 'The session was deleted']])
    expect(await store.sessions.get(session.id)).toBeUndefined()
  })

  test('a session shows its runs oldest first, with the rows of their messages [REST-16]', async () => {
    const { store, get } = await rest()
    const { session, run } = await finished(store)
    const later = await store.runs.create({ session_id: session.id, user_id: 'ann' })
    const { runs } = (await get(`/api/sessions/${session.id}/runs?user_id=ann`)).body.data
    expect(runs).toMatchObject([
      { id: String(run.id), status: 'complete', team_result: { task_result: { stop_reason: 'enough' } } },
      { id: String(later.id), status: 'created', team_result: {}, messages: [] }
    ])
    expect(runs[0].messages.map(({ config }: { config: { source: string } }) => config.source)).toEqual([
      'user',
      'llm_call_event',
      'a'
    ])
  })
})

describe('runs', () => {
  test('a run shows the result of its log, and no messages [REST-19]', async () => {
    const { store, get } = await rest()
    const { run } = await finished(store)
    expect((await get(`/api/runs/${run.id}`)).body.data).toMatchObject({
      id: run.id,
      status: 'complete',
      team_result: { task_result: { stop_reason: 'enough' }, usage: '', duration: 1 },
      messages: []
    })
  })

  test('a run that was stopped or failed shows what its completion said [REST-19]', async () => {
    const { store, get } = await rest()
    const session = await store.sessions.insert({ user_id: 'ann', name: 's', team_id: null })
    const { id } = await store.runs.create({ session_id: session.id, user_id: 'ann' })
    const frames = [frame(1, 'completion', { task_result: { messages: [], stop_reason: 'no' } })]
    await store.runs.commit([{ run: id, frames, journal: [], row: { status: 'stopped' } }])
    expect((await get(`/api/runs/${id}`)).body.data.team_result.task_result.stop_reason).toBe('no')
  })

  test('a run has a row for each message frame, with pictures as base64 [REST-19]', async () => {
    const { store, get } = await rest()
    const { run, session } = await finished(store)
    const { data } = (await get(`/api/runs/${run.id}/messages`)).body
    expect(data).toHaveLength(3)
    expect(data[2]).toEqual({
      id: expect.any(Number),
      created_at: expect.any(String),
      updated_at: expect.any(String),
      version: '0.0.1',
      user_id: null,
      session_id: session.id,
      run_id: run.id,
      config: { source: 'a', content: ['see', { data: 'AAAA' }], type: 'MultiModalMessage' },
      message_meta: {}
    })
  })

  test('a run is made with the options that were asked for [RUN-19]', async () => {
    const { store, post } = await rest()
    const { session } = await finished(store)
    const body = { session_id: session.id, user_id: 'ann', options: { on_disconnect: 'stop' } }
    const id = (await post('/api/runs/', body)).body.data.run_id
    expect(await store.runs.saved(id)).toMatchObject({ options: { on_disconnect: 'stop' } })
    const wrong = { ...body, options: { on_disconnect: 'dance' } }
    expect(await post('/api/runs/', wrong)).toMatchObject({ status: 422 })
  })
})

describe('with authentication', () => {
  const ann = { id: 'ann', roles: ['user'] }
  const bob = { id: 'bob', roles: ['user'] }
  const admin = { id: 'root', roles: ['admin'] }

  test.each(['/api/teams/', '/api/teams/1', '/api/sessions/', '/api/sessions/1', '/api/sessions/1/runs'])(
    'a user may not ask %s for another',
    async (path) => {
      const { get } = await rest(bob)
      expect(await get(`${path}?user_id=ann`)).toMatchObject({ status: 403 })
    }
  )

  test('nothing can be made in another user’s name [AUTH-3]', async () => {
    const { post } = await rest(bob)
    expect(await post('/api/teams/', { user_id: 'ann', component: team })).toMatchObject({ status: 403 })
    expect(await post('/api/sessions/', { user_id: 'ann' })).toMatchObject({ status: 403 })
    expect(await post('/api/runs/', { user_id: 'ann', session_id: 1 })).toMatchObject({ status: 403 })
  })

  test.each([
    ['the owner', 200, ann],
    ['an admin', 200, admin],
    ['another user', 403, bob]
  ])('%s who asks for a run and its messages is answered with %i [AUTH-3]', async (_, status, user) => {
    const { store, handle } = await rest()
    const { run } = await finished(store)
    const { get } = asker(handle, user)
    expect(await get(`/api/runs/${run.id}`)).toMatchObject({ status })
    expect(await get(`/api/runs/${run.id}/messages`)).toMatchObject({ status })
  })
})

describe('plainMessage', () => {
  test('a message without pictures is the same as a frame and in a row', () => {
    const call = { content: [{ id: '1', arguments: '{"url":"x"}', name: 'f' }], type: 'ToolCallRequestEvent' }
    expect(plainMessage(call)).toEqual(call)
    expect(plainMessage({ content: 'data:image/png;base64,AA' })).toEqual({
      content: 'data:image/png;base64,AA'
    })
    expect(plainMessage({ content: [{ url: 'https://x.example/a.png' }] })).toEqual({
      content: [{ url: 'https://x.example/a.png' }]
    })
    expect(plainMessage(null)).toBeNull()
  })
})
