import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { steer } from '../support/asking.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import { newRun, newSession, serveHere } from '../support/run-server.ts'
import { asker, type Part, talkers } from '../support/some-teams.ts'

let server: Server
let session: number

beforeAll(async () => {
  server = await serveHere()
  session = await newSession(server.url)
})
afterAll(() => server?.close())

async function starting(team: Part): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(server.url, session)
  const client = await RunClient.connect(server.url, run)
  client.start(team)
  return { run, client }
}
const stopped = {
  status: 'complete',
  data: { task_result: { stop_reason: 'External termination requested' } }
}
const said = (frames: Frame[]) =>
  frames.flatMap(({ type, data }) => (type === 'message' && data.source === 'talker' ? data.content : []))

/** By socket or by REST, a run is asked to end after the present turn. */
const ways = {
  'over the socket': async (_: number, client: RunClient) => client.send({ type: 'stop', graceful: true }),
  'by REST': async (run: number) => {
    expect(await steer(server.url, run, 'stop', { graceful: true })).toHaveProperty('seq')
  }
}

describe.each(Object.entries(ways))('a run that is asked %s to stop gracefully', (way, ask) => {
  test(`a run that is stopped gracefully ${way} ends after the present turn with a result [RUN-11]`, async () => {
    const { run, client } = await starting(talkers(100, 100))
    await client.next(({ data }) => data?.content === 'answer 2')
    await ask(run, client)
    expect(await client.next('result')).toMatchObject(stopped)
    expect(await client.end()).toMatchObject({ code: 1000 })
    expect(said(client.frames)).toEqual(['answer 1', 'answer 2', 'answer 3'])
  })

  test(`a run that is stopped gracefully ${way} when it has hardly begun ends after the first turn [RUN-11]`, async () => {
    const { run, client } = await starting(talkers(100, 250))
    await client.next('status')
    await ask(run, client)
    expect(await client.next('result')).toMatchObject(stopped)
    expect(said(client.frames)).toEqual(['answer 1'])
  })

  test(`a run that is stopped gracefully ${way} waits for the person whose turn it is [RUN-12]`, async () => {
    const { run, client } = await starting({
      ...asker(),
      config: { ...asker().config, termination_condition: null }
    })
    await client.next('input_request')
    await ask(run, client)
    await client.settled()
    expect(client.closed).toBeUndefined()
    client.send({ type: 'input_response', response: 'The last word.' })
    expect(await client.next('result')).toMatchObject(stopped)
    expect(client.frames.findLast(({ type }) => type === 'message')).toMatchObject({
      data: { content: 'The last word.' }
    })
  })

  test(`a run that is stopped gracefully ${way} while it is paused between two turns ends at once [RUN-13]`, async () => {
    const { run, client } = await starting(talkers(100, 100))
    await client.next(({ data }) => data?.content === 'answer 1')
    client.send({ type: 'pause' })
    await client.next(({ data }) => data?.content === 'answer 2')
    await ask(run, client)
    expect(await client.next('result')).toMatchObject(stopped)
    expect(said(client.frames)).toEqual(['answer 1', 'answer 2'])
  })
})

test('a run that is stopped gracefully while it is paused within a turn ends that turn when it is resumed [RUN-13]', async () => {
  const { run, client } = await starting({
    ...asker(),
    config: { ...asker().config, termination_condition: null }
  })
  await client.next('input_request')
  client.send({ type: 'pause' })
  await client.next(({ status }) => status === 'paused')
  await steer(server.url, run, 'stop', { graceful: true })
  await steer(server.url, run, 'input', { response: 'Yes.' })
  await steer(server.url, run, 'resume')
  expect(await client.next('result')).toMatchObject(stopped)
})

test('a stop goes before a graceful one that waits [RUN-14]', async () => {
  const { run, client } = await starting(talkers(100, 60_000))
  await client.next('message')
  await steer(server.url, run, 'stop', { graceful: true })
  expect(await steer(server.url, run, 'stop', { reason: 'Now.' })).toMatchObject({ status: 'stopped' })
  expect(await client.next('completion')).toMatchObject({ status: 'cancelled' })
})
