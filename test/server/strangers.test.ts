import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alicesServer, type Ids, marker, opened } from '../support/alices-server.ts'
import { forged, tokens } from '../support/forged-tokens.ts'
import { RestClient } from '../support/rest-client.ts'
import { talkers } from '../support/some-teams.ts'
import { callsFor, common } from '../support/stranger-calls.ts'

let house: Awaited<ReturnType<typeof alicesServer>>
let url: string
let ids: Ids
beforeAll(async () => {
  house = await alicesServer()
  ;({ url, ids } = house)
})
afterAll(() => house.close())

describe('a stranger', () => {
  test.each(Object.entries(forged))(
    'a client with %s is answered with 401 everywhere, and changes nothing [AUTH-2]',
    async (_, token) => {
      const before = await house.kept()
      const stranger = new RestClient(url, token)
      for (const { line, path, body } of await callsFor(url, ids, 'alice')) {
        const answer = await stranger.call(line.split(' ')[0]!, path, body)
        expect([line, answer.status, answer.body.status]).toEqual([line, 401, false])
      }
      expect((await stranger.get('/nothing/here')).status).toBe(401)
      expect(await house.kept()).toEqual(before)
    }
  )

  test.each(['alice', 'bob'])(
    'a user with a token of its own gets nothing of alice in the name of %s, and changes nothing [AUTH-3]',
    async (name) => {
      const before = await house.kept()
      const bob = new RestClient(url, tokens.bob)
      for (const { line, path, body } of await callsFor(url, ids, name)) {
        const answer = await bob.call(line.split(' ')[0]!, path, body)
        expect(JSON.stringify(answer.body)).not.toContain(marker)
        const own =
          name === 'bob' &&
          /^(GET \/api\/(teams|sessions|gallery|settings|overview\/runs)\/?|PUT \/api\/settings\/)$/.test(
            line
          )
        const expected = common.includes(line) || own ? [200] : [403, 404]
        expect([line, path, expected]).toEqual([
          line,
          path,
          expected.includes(answer.status) ? expected : answer.status
        ])
      }
      expect(await house.kept()).toEqual(before)
    }
  )

  const frames = [
    { type: 'start', task: 'taken', team_config: talkers(1) },
    { type: 'stop' },
    { type: 'stop', graceful: true },
    { type: 'pause' },
    { type: 'resume' },
    { type: 'input_response', response: 'taken' },
    { type: 'ping' },
    'nonsense'
  ]
  test.each([...Object.entries(forged), ['a token of its own', tokens.bob] as const])(
    'a client with %s is refused at every run before any frame is read [CONN-2] [CONN-3] [AUTH-2] [AUTH-3]',
    async (_, token) => {
      const before = await house.kept()
      const code = token === tokens.bob ? 4403 : 4401
      for (const id of [ids.created, ids.waiting, ids.complete])
        for (const query of ['', '&after=0']) {
          const client = await opened(`${url}/api/ws/runs/${id}?token=${token ?? ''}${query}`)
          for (const frame of frames) client.send(frame)
          expect((await client.end).code).toBe(code)
          expect(client.frames.map(({ type }) => type)).toEqual(['error'])
        }
      expect(await house.kept()).toEqual(before)
    }
  )

  test('the address of an MCP session is of no use to another user, and needs no token of its own [MCP-3]', async () => {
    const path = `/api/mcp/ws/${ids.mcp}`
    for (const [token, code] of [
      [tokens.bob, 4403],
      [forged['an unsigned token'], 4401]
    ] as const) {
      const client = await opened(`${url}${path}?token=${token}`)
      expect((await client.end).code).toBe(code)
      expect(client.frames.map(({ type }) => type)).toEqual(['error'])
    }
    const owner = await opened(url + path)
    await owner.next('connected')
  })

  test('a user cannot start a run of its own with the team of another [RUN-3]', async () => {
    const bob = new RestClient(url, tokens.bob)
    const { run } = await bob.newRun('bob')
    expect((await bob.post(`/runs/${run}/start`, { task: 'Go.', team_id: ids.team })).status).toBe(404)
    const client = await opened(`${url}/api/ws/runs/${run}?token=${tokens.bob}`)
    client.send({ type: 'start', task: 'Go.', team_id: ids.team })
    expect(await client.next('error')).toMatchObject({ code: 'unknown_team' })
    expect((await bob.get(`/runs/${run}`)).body.data.status).toBe('created')
  })
})

describe('an admin', () => {
  test('an admin reads and steers what is of others [AUTH-4]', async () => {
    const root = new RestClient(url, tokens.root)
    const reads = (await callsFor(url, ids, 'alice')).filter(
      ({ line }) => line.startsWith('GET') && !line.endsWith('/inspect')
    )
    for (const { line, path } of reads) {
      const { status } = await root.get(path)
      expect([line, [200, 409].includes(status)]).toEqual([line, true])
    }
    const answered = await root.post(`/runs/${ids.waiting}/input`, { response: 'by root' })
    expect(answered.status).toBe(200)
  })
})
