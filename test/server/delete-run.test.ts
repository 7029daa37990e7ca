import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { call, steer } from '../support/asking.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, newSession, rest, serveHere } from '../support/run-server.ts'
import { asker, talkers } from '../support/some-teams.ts'

let server: Server
beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server?.close())

describe('deleting a run', () => {
  test('deleting a run takes all that was kept of it, and leaves its session and its forks [REST-20]', async () => {
    const session = await newSession(server.url)
    const run = await newRun(server.url, session)
    const client = await RunClient.connect(server.url, run)
    client.start(talkers(3))
    await client.next('result')
    const { run_id: fork } = (await rest(server.url, `/runs/${run}/fork`, { turn: 1 })).data
    expect(await call(server.url, 'DELETE', `/overview/runs/${run}`)).toMatchObject({ status: 200 })
    for (const path of ['', '/messages', '/state', '/turns', '/events', '/snapshot', '/team'])
      expect(await call(server.url, 'GET', `/runs/${run}${path}`)).toMatchObject({ status: 404 })
    const { runs } = (await rest(server.url, `/sessions/${session}/runs?user_id=guestuser@gmail.com`)).data
    expect(runs.map(({ id }: { id: string }) => id)).toEqual([`${fork}`])
    expect(await call(server.url, 'DELETE', `/overview/runs/${run}`)).toMatchObject({ status: 404 })
  })

  test('deleting a run that is under way stops it first [REST-20]', async () => {
    const run = await newRun(server.url)
    const client = await RunClient.connect(server.url, run)
    client.start(asker())
    await client.next('input_request')
    expect(await call(server.url, 'DELETE', `/overview/runs/${run}`)).toMatchObject({ status: 200 })
    expect(await client.next('completion')).toMatchObject({ status: 'cancelled' })
  })
})

describe('the team of a run', () => {
  test('the team of a run is told as it was when the run began, with references in the place of secrets [REST-21]', async () => {
    const run = await newRun(server.url)
    expect((await rest(server.url, `/runs/${run}/team`)).data).toBeNull()
    const team = asker()
    const [writer] = team.config.participants as { config: { model_client: { config: object } } }[]
    Object.assign(writer!.config.model_client.config, { api_key: 'sk-a-secret-of-mine' })
    await steer(server.url, run, 'start', { task: 'Go.', team_config: team })
    const told = JSON.stringify((await rest(server.url, `/runs/${run}/team`)).data)
    expect(told).toContain('"name":"writer"')
    expect(told).toMatch(/"api_key":"secret:/)
    expect(told).not.toContain('sk-a-secret-of-mine')
  })
})
