import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { databaseIn } from '../support/database.ts'
import { rowsOf, tablesOf } from '../support/database-contents.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere, temporary } from '../support/run-server.ts'
import { assistant, roundRobin } from '../support/some-teams.ts'

const key = 'sk-this-must-never-be-seen'
let server: Server
let rest: RestClient
let database: string
let remove: () => Promise<void>

beforeAll(async () => {
  const place = await temporary()
  database = await databaseIn(place.folder)
  remove = place.remove
  server = await serveHere({ database })
  rest = new RestClient(server.url)
})
afterAll(async () => {
  await server.close()
  await remove()
})

const model = (base_url: string | null, more: object = { api_key: key }) => ({
  provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  component_type: 'model',
  version: 1,
  config: { model: 'gpt-4o', base_url, ...more }
})
const team = (client: ReturnType<typeof model>) => ({
  ...roundRobin([assistant('writer', client)], 2),
  component_type: 'team',
  version: 1
})
// biome-ignore lint/suspicious/noExplicitAny: a component as it comes back
const configOf = (component: any) => component.config.participants[0].config.model_client.config

const save = async (component: unknown, user_id = 'ann', id?: number) =>
  (await rest.post('/teams/', { user_id, component, id })).body.data

async function run(team_config: unknown, user = 'ann'): Promise<SocketClient> {
  const { run } = await rest.newRun(user)
  const client = new SocketClient(`${server.url}/api/ws/runs/${run}`)
  await client.next('system')
  client.send({ type: 'start', task: 'Go.', team_config })
  await client.end
  return client
}

describe('a key in a component', () => {
  test('a key in a component comes back as a reference, with which the team runs and can be saved again [SECRET-1] [SECRET-2]', async () => {
    await using service = await openaiServer(says('Hello.'))
    const row = await save(team(model(service.url)))
    const reference = configOf(row.component).api_key
    expect(reference).toMatch(/^secret:/)
    const again = await save(row.component, 'ann', row.id)
    expect(again.component).toEqual(row.component)
    await run(again.component)
    expect(service.asked[0]!.headers.authorization).toBe(`Bearer ${key}`)
    const tested = await rest.post('/validate/test', {
      component: model(service.url, { api_key: reference })
    })
    expect(tested.body).toMatchObject({ status: true, data: { response: 'Hello.' } })
    expect(service.asked[1]!.headers.authorization).toBe(`Bearer ${key}`)
  })

  test('a key in a component is not sent to another address than the one it was given for [SECRET-4]', async () => {
    await using service = await openaiServer(says('Hello.'))
    await using thief = await openaiServer(says('Got it.'))
    const row = await save(team(model(service.url)))
    const moved = JSON.parse(JSON.stringify(row.component).replaceAll(service.url, thief.url))
    await run(moved)
    await rest.post('/validate/test', { component: configuredModel(moved) })
    expect(thief.asked).toEqual([])
    expect(configOf((await save(moved, 'ann', row.id)).component).api_key).toBeUndefined()
  })

  test('a reference to a key is of no use to another user [SECRET-3]', async () => {
    await using service = await openaiServer(says('Hello.'))
    const row = await save(team(model(service.url)))
    const end = await run(row.component, 'bob')
    expect(end.frames.at(-1)).toMatchObject({ type: 'completion', status: 'error' })
    expect(service.asked).toEqual([])
    const taken = await save(row.component, 'bob')
    expect(configOf(taken.component).api_key).toBeUndefined()
  })

  test('a key in headers or in the environment of a process is kept back as well [SECRET-1]', async () => {
    const headers = { Authorization: `Bearer ${key}`, 'X-Api-Key': key, Accept: 'text/plain' }
    const workbench = (server_params: object) => ({
      provider: 'autogen_ext.tools.mcp.McpWorkbench',
      config: { server_params }
    })
    const row = await save({
      provider: 'autogen_core.tools.StaticWorkbench',
      config: {
        parts: [
          workbench({ type: 'SseServerParams', url: 'http://127.0.0.1:1/sse', headers }),
          workbench({ type: 'StdioServerParams', command: 'x', env: { GITHUB_TOKEN: key, LANG: 'C' } })
        ]
      }
    })
    expect(JSON.stringify(row)).not.toContain(key)
    const [sse, stdio] = row.component.config.parts
    expect(sse.config.server_params.headers.Accept).toBe('text/plain')
    expect(stdio.config.server_params.env).toEqual({
      GITHUB_TOKEN: expect.stringMatching(/^secret:/),
      LANG: 'C'
    })
  })

  test('a key in a component is shown by no route of its run [SECRET-1]', async () => {
    await using service = await openaiServer(says('Hello.'))
    const { run: id } = await rest.newRun('ann')
    const client = new SocketClient(`${server.url}/api/ws/runs/${id}`)
    await client.next('system')
    client.send({ type: 'start', task: 'Go.', team_config: team(model(service.url)) })
    expect((await client.end).code).toBe(1000)
    for (const route of ['', '/messages', '/events', '/state', '/turns', '/snapshot', '/inspect']) {
      const { status, body } = await rest.get(`/runs/${id}${route}`)
      expect([route, status]).toEqual([route, 200])
      expect(JSON.stringify(body)).not.toContain(key)
    }
    expect(service.asked).toHaveLength(1)
  })

  test('a key in a component stands in no row but that of the secret, whatever was done with it [SECRET-1]', async () => {
    await using service = await openaiServer(says('Hello.'))
    const config = { id: 'g', name: 'g', metadata: {}, components: { models: [model(service.url)] } }
    const gallery = await rest.post('/gallery/', { user_id: 'ann', config })
    const settings = { environment: [], default_model_client: model(service.url), ui: {} }
    const set = await rest.put('/settings/', { user_id: 'ann', config: settings })
    const client = await run(team(model(service.url)))
    expect(JSON.stringify([gallery.body, set.body, client.frames])).not.toContain(key)
    expect(await tablesWith(key)).toEqual(['secret'])
  })
})

// biome-ignore lint/suspicious/noExplicitAny: a component as it was sent
const configuredModel = (component: any) => component.config.participants[0].config.model_client

/** The tables in which a text stands. */
async function tablesWith(text: string): Promise<string[]> {
  const names: string[] = []
  for (const name of await tablesOf(database))
    if (JSON.stringify(await rowsOf(database, name)).includes(text)) names.push(name)
  return names
}

describe('a key that was saved without an address', () => {
  const settings = (user_id: string, environment: unknown[]) =>
    rest.put('/settings/', { user_id, config: { environment } })

  test('does not go where a later setting leads [SECRET-5]', async () => {
    await using thief = await openaiServer(says('Thank you.'))
    const { component } = await save(team(model(null)), 'bea')
    await settings('bea', [{ name: 'OPENAI_BASE_URL', value: thief.url }])
    const client = await run(component, 'bea')
    expect(client.frames.at(-1)).toMatchObject({ type: 'completion', status: 'error' })
    expect(thief.asked).toEqual([])
  })

  test('goes where the setting led when it was saved', async () => {
    await using service = await openaiServer(says('Hello.'))
    await settings('cid', [{ name: 'OPENAI_BASE_URL', value: service.url }])
    const { component } = await save(team(model(null)), 'cid')
    const client = await run(component, 'cid')
    expect(client.frames.at(-1)).toMatchObject({ type: 'result' })
    expect(service.asked[0]!.headers.authorization).toBe(`Bearer ${key}`)
  })

  test('in a setting it goes where its own settings lead, as they were', async () => {
    await using service = await openaiServer(says('Hello.'))
    await using thief = await openaiServer(says('Thank you.'))
    const variable = { name: 'OPENAI_API_KEY', value: key, type: 'secret' }
    const at = (value: string) => ({ name: 'OPENAI_BASE_URL', value })
    const { body } = await settings('dan', [variable, at(service.url)])
    const [sealed] = body.data.config.environment
    expect(sealed.value).toMatch(/^secret:/)
    const keyless = team(model(null, {}))
    await run(keyless, 'dan')
    expect(service.asked[0]!.headers.authorization).toBe(`Bearer ${key}`)
    await settings('dan', [sealed, at(thief.url)])
    await run(keyless, 'dan')
    expect(thief.asked).toEqual([])
  })
})

test('many keys beside a long address take no more than they are', async () => {
  const headers = Object.fromEntries(
    Array.from({ length: 1500 }, (_, i) => [`x-token-${i}`, `secret number ${i}`])
  )
  const before = process.memoryUsage().rss
  await save(team(model(`http://127.0.0.1/${'a'.repeat(2 ** 20)}`, { default_headers: headers })), 'eve')
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20)
  const more = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`x-token-${i}`, 'x']))
  const { status, body } = await rest.post('/teams/', {
    user_id: 'eve',
    component: team(model(null, { default_headers: more }))
  })
  expect({ status, code: body.code }).toEqual({ status: 413, code: 'too_many_secrets' })
})
