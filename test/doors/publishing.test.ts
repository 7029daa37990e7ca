import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authenticatedDoorServer, duo, editors, named } from '../support/door-server.ts'
import { forged } from '../support/forged-tokens.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import { talkers } from '../support/some-teams.ts'

let server: Awaited<ReturnType<typeof authenticatedDoorServer>>
let ids: { own: number; shared: number; bobs: number }
const openai = (apiKey: string) => new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0 })
const modelsOf = async (token: string) => (await openai(token).models.list()).data.map(({ id }) => id)
const say = (token: string, model: string, content = 'Go.') =>
  openai(token)
    .chat.completions.create({ model, messages: [{ role: 'user', content }] })
    .withResponse()

beforeAll(async () => {
  server = await authenticatedDoorServer()
  const keep = async (client: typeof server.alice, user_id: string, component: object) =>
    (await client.post('/teams/', { user_id, component })).body.data.id
  ids = {
    own: await keep(server.alice, 'alice', duo('own')),
    shared: await keep(server.alice, 'alice', editors('shared')),
    bobs: await keep(server.bob, 'bob', duo('bobs'))
  }
  await server.alice.put(`/teams/${ids.shared}`, { published: true })
})
afterAll(() => server?.close())

describe('a published team', () => {
  test('is reached by others, and an unpublished one is not [REST-33]', async () => {
    expect(await modelsOf(server.tokens.alice)).toEqual(['own', 'shared'])
    expect(await modelsOf(server.tokens.bob)).toEqual(['shared', 'bobs'])
    await expect(say(server.tokens.bob, 'own')).rejects.toMatchObject({ status: 404, code: 'unknown_model' })
    await expect(say(server.tokens.bob, String(ids.own))).rejects.toMatchObject({ status: 404 })
  })
  test('makes runs of whoever asks, which its owner cannot read [REST-33]', async () => {
    const { data, response } = await say(server.tokens.bob, 'shared')
    expect(data.choices[0]!.message.content).toContain('One draft.')
    const run = response.headers.get('x-troupe-run')
    expect((await server.bob.get(`/runs/${run}`)).body.data).toMatchObject({ user_id: 'bob' })
    expect(await server.alice.get(`/runs/${run}`)).toMatchObject({ status: 403 })
  })
  test('is read and changed by its owner only [REST-33]', async () => {
    expect(await server.bob.get(`/teams/${ids.shared}?user_id=bob`)).toMatchObject({ status: 404 })
    expect(await server.bob.put(`/teams/${ids.shared}`, { published: false })).toMatchObject({ status: 403 })
    expect(await server.bob.put(`/teams/${ids.own}`, { published: true })).toMatchObject({ status: 403 })
    expect(await server.alice.put('/teams/999', { published: true })).toMatchObject({ status: 404 })
    expect(await server.alice.put(`/teams/${ids.own}`, { published: 'x' })).toMatchObject({ status: 422 })
  })
  test('is changed by rows that are sent back whole, and keeps being published [REST-33]', async () => {
    const { data } = (await server.alice.get(`/teams/${ids.shared}?user_id=alice`)).body
    const { body } = await server.alice.put(`/teams/${ids.shared}?user_id=alice`, data)
    expect(body.data).toMatchObject({ published: true, default: false, component: data.component })
    await server.alice.post('/teams/', data)
    expect(await modelsOf(server.tokens.bob)).toContain('shared')
  })
  test('is made the default by admins only, one at a time [REST-34]', async () => {
    const put = (client: typeof server.alice, id: number) => client.put(`/teams/${id}`, { default: true })
    expect(await put(server.alice, ids.shared)).toMatchObject({ status: 403, body: { code: 'admins_only' } })
    expect((await put(server.admin, ids.shared)).body.data).toMatchObject({ default: true })
    expect((await put(server.admin, ids.own)).body.data).toMatchObject({ default: true })
    const { body } = await server.alice.get(`/teams/${ids.shared}?user_id=alice`)
    expect(body.data.default).toBe(false)
  })
  test('runs with the secrets of its owner, whoever asks, and never shows them [REST-33]', async () => {
    await using model = await openaiServer(says('From the model.'))
    const keys = () => model.asked.map(({ headers }) => headers.authorization)
    const component = named('keyed', {
      ...talkers(1),
      config: {
        ...talkers(1).config,
        participants: [
          {
            provider: 'autogen_agentchat.agents.AssistantAgent',
            config: {
              name: 'a',
              model_client: {
                provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
                config: { model: 'gpt-4o', api_key: 'the-key-of-alice', base_url: model.url }
              }
            }
          }
        ]
      }
    })
    const { body } = await server.alice.post('/teams/', { user_id: 'alice', component })
    await server.alice.put(`/teams/${body.data.id}`, { published: true })
    const { data, response } = await say(server.tokens.bob, 'keyed')
    expect(data.choices[0]!.message.content).toBe('From the model.')
    expect(keys()).toEqual(['Bearer the-key-of-alice'])
    const run = response.headers.get('x-troupe-run')
    expect(JSON.stringify((await server.bob.get(`/runs/${run}/team`)).body)).not.toContain('the-key-of-alice')
    await server.bob.post(`/runs/${run}/fork`, { turn: 0 })
    await expect.poll(() => model.asked.length).toBe(2)
    expect(keys()[1]).toBe('Bearer the-key-of-alice')
  })
})

describe('a caller who is refused', () => {
  test.each(Object.keys(forged))(
    'without a good token gets an error of OpenAI with our code: %s',
    async (what) => {
      const given = forged[what]
      const headers = {
        ...(given && { authorization: `Bearer ${given}` }),
        'content-type': 'application/json'
      }
      for (const [method, path] of [
        ['GET', '/v1/models'],
        ['POST', '/v1/chat/completions'],
        ['GET', '/v1/nowhere']
      ] as const) {
        const answer = await fetch(server.url + path, {
          method,
          headers,
          ...(method === 'POST' && { body: '{}' })
        })
        expect(answer.status).toBe(401)
        expect(answer.headers.get('www-authenticate')).toBe('Bearer')
        expect(await answer.json()).toEqual({
          error: {
            type: 'authentication_error',
            code: 'not_authenticated',
            param: null,
            message: expect.any(String)
          }
        })
      }
    }
  )
  test('cannot read, stop or go on with the answers of others', async () => {
    const mine = await openai(server.tokens.bob).responses.create({ model: 'shared', input: 'Go.' })
    const other = openai(server.tokens.alice)
    await expect(other.responses.retrieve(mine.id)).rejects.toMatchObject({ status: 403, code: 'not_yours' })
    await expect(other.responses.cancel(mine.id)).rejects.toMatchObject({ status: 403, code: 'not_yours' })
    const goOn = other.responses.create({ model: 'shared', input: 'Mine.', previous_response_id: mine.id })
    await expect(goOn).rejects.toMatchObject({ status: 403, code: 'not_yours' })
    expect((await openai(server.tokens.bob).responses.retrieve(mine.id)).status).toBe('completed')
  })
  test('on the page of a stranger gets an error of OpenAI, and a page of loopback may send its headers', async () => {
    const post = (origin: string) =>
      fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body: '{}', headers: { origin } })
    const strange = await post('https://strange.example.com')
    expect(strange.status).toBe(403)
    expect(await strange.json()).toMatchObject({
      error: { code: 'foreign_origin', type: 'permission_error' }
    })
    const asked = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:3000',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, x-stainless-lang'
      }
    })
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization, x-stainless-lang')
  })
  test('with a body that is too large is told so', async () => {
    const answer = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: 'x'.repeat(33 * 2 ** 20),
      headers: { authorization: `Bearer ${server.tokens.bob}` }
    })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ error: { code: 'too_large' } })
  })
})
