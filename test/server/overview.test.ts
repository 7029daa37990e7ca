import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { call, steer } from '../support/asking.ts'
import type { Frame } from '../support/run-client.ts'
import { newRun, newSession, serveHere } from '../support/run-server.ts'
import { asker, talkers } from '../support/some-teams.ts'

let server: Server
const user = 'guestuser@gmail.com'

beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server?.close())

const overview = async (query = ''): Promise<Frame[]> =>
  (await call(server.url, 'GET', `/overview/runs${query}`)).body.data

describe('the overview of runs', () => {
  test('the overview lists runs with session, status and team, narrowed by user, status, words, id and number [REST-22] [REST-23]', async () => {
    const session = await newSession(server.url)
    const [created, waiting, done] = [
      await newRun(server.url, session),
      await newRun(server.url, session),
      await newRun(server.url, session)
    ]
    const named = { ...asker(), label: 'Askers' }
    await steer(server.url, waiting, 'start', { task: 'Write a poem.', team_config: named })
    await steer(server.url, done, 'start', { task: 'Go.', team_config: talkers(1) })
    await expect
      .poll(async () => (await overview()).map(({ status }) => status))
      .toEqual(['complete', 'awaiting_input', 'created'])
    const common = { session_id: session, created_at: expect.any(String) }
    expect(await overview(`?user_id=${user}`)).toEqual([
      { ...common, id: done, status: 'complete', team: 'RoundRobinGroupChat', waits_for: null },
      { ...common, id: waiting, status: 'awaiting_input', team: 'Askers', waits_for: 'person' },
      { ...common, id: created, status: 'created', team: null, waits_for: null }
    ])
    const ids = async (query: string) => (await overview(query)).map(({ id }) => id)
    expect(await ids('?status=awaiting_input,created')).toEqual([waiting, created])
    expect(await ids('?status=&q=&before=&user_id=')).toEqual([done, waiting, created])
    expect(await ids('?q=POEM')).toEqual([waiting])
    expect(await ids('?q=askers')).toEqual([waiting])
    expect(await ids(`?q=${waiting}`)).toEqual([waiting])
    expect(await ids(`?q=%23${done}`)).toEqual([done])
    expect((await overview('?with=task')).map(({ task }) => task)).toEqual(['Go.', 'Write a poem.', null])
    expect(await ids(`?before=${done}&limit=1`)).toEqual([waiting])
    expect(await ids('?user_id=nobody')).toEqual([])
    await steer(server.url, waiting, 'input', { response: 'Good.' })
    await expect
      .poll(async () => (await overview())[1])
      .toMatchObject({ status: 'complete', waits_for: null })
  })

  test.each(['?status=dancing', '?before=x', '?limit=0', '?limit=501'])(
    'the overview is refused for %s [REST-22]',
    async (query) => {
      expect(await call(server.url, 'GET', `/overview/runs${query}`)).toMatchObject({ status: 422 })
    }
  )

  test('the collection of runs has no list [REST-24]', async () => {
    expect(await call(server.url, 'GET', '/runs/')).toMatchObject({ status: 405 })
  })
})
