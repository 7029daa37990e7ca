import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { statusOf } from '../../src/protocol/run-status.ts'
import type { Server } from '../../src/server/app.ts'
import { call, steer } from '../support/asking.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import { newRun, newSession, readRun, serveHere } from '../support/run-server.ts'
import { asker, person, roundRobin, streamer, talkers } from '../support/some-teams.ts'

let server: Server
let session: number
beforeAll(async () => {
  server = await serveHere()
  session = await newSession(server.url)
})
afterAll(() => server?.close())

async function joinNewRun(): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(server.url, session)
  const client = await RunClient.connect(server.url, run)
  onTestFinished(() => client.leave())
  return { run, client }
}
const durable = ['status', 'message', 'event', 'input_request', 'result', 'completion']
const transient = ['system', 'message_chunk', 'error', 'warning', 'pong']

test('durable frames carry run_id and seq, transient frames carry no seq [SEQ-1] [SEQ-2]', async () => {
  const { run, client } = await joinNewRun()
  client.send('nonsense')
  await client.settled()
  const { participants } = streamer(['one', 'two'], 1).config as { participants: never[] }
  const files = [{ name: 'a.txt', type: 'text/plain', content: '%' }]
  client.send({ type: 'start', task: 'Go.', files, team_config: roundRobin([...participants, person()], 3) })
  await client.next('input_request')
  client.send({ type: 'input_response', response: 'Good.' })
  await client.end()
  const { client: stopped } = await joinNewRun()
  stopped.start(talkers(1, 60_000))
  stopped.send({ type: 'stop' })
  await stopped.end()
  const frames = [...client.frames, ...stopped.frames]
  expect(new Set(frames.map(({ type }) => type))).toEqual(new Set([...durable, ...transient]))
  for (const { type, seq, run_id } of frames) {
    expect([type, typeof seq]).toEqual([type, durable.includes(type) ? 'number' : 'undefined'])
    if (durable.includes(type)) expect(run_id).toBeTypeOf('number')
  }
  expect(client.log.map(({ seq, run_id }) => [seq, run_id])).toEqual(client.log.map((_, i) => [i + 1, run]))
})

test('each change of the status has its status frame, with the state of the chart [FRAME-2]', async () => {
  const { run, client } = await joinNewRun()
  client.start(asker())
  await client.next('input_request')
  client.send({ type: 'pause' })
  await client.next(({ status }) => status === 'paused')
  client.send({ type: 'resume' })
  await client.next(({ status }) => status === 'awaiting_input')
  client.send({ type: 'input_response', response: 'Good.' })
  await client.end()
  const told = client.log.filter(({ type }) => type === 'status')
  const statuses = told.map(({ status }) => status)
  expect(statuses).toEqual([
    ...['active', 'awaiting_input', 'paused', 'active', 'awaiting_input', 'active', 'complete']
  ])
  for (const { status, state } of told) expect(statusOf(state)).toBe(status)
  expect(told[0]).toMatchObject({ status: 'active', state: 'starting', seq: 1 })
  expect(client.log.slice(-2)).toMatchObject([{ type: 'status', state: 'completed' }, { type: 'result' }])
  expect((await readRun(server.url, run)).status).toBe('complete')
})

const ends: [how: string, end: (client: RunClient) => void, last: Frame][] = [
  ['complete', (client) => client.start(talkers(1)), { type: 'result', status: 'complete' }],
  [
    'stopped',
    (client) => {
      client.start(talkers(1, 60_000))
      client.send({ type: 'stop' })
    },
    { type: 'completion', status: 'cancelled' }
  ],
  ['failed', (client) => client.start({ config: {} }), { type: 'completion', status: 'error' }]
]

test.each(ends)(
  'a run that is %s has exactly one last frame, and no frame after it [FRAME-8]',
  async (_, end, last) => {
    const { client } = await joinNewRun()
    end(client)
    expect(await client.end()).toMatchObject({ code: 1000 })
    expect(client.frames.at(-1)).toMatchObject(last)
    expect(client.frames.filter(({ type }) => type === 'result' || type === 'completion')).toHaveLength(1)
  }
)

test('an input request comes after the messages that led to it [INPUT-2]', async () => {
  const { client } = await joinNewRun()
  client.start(asker())
  await client.next('input_request')
  const said = client.log.map(({ type, data }) => (type === 'message' ? data.content : type))
  expect(said.filter((one) => one !== 'status' && one !== 'event')).toEqual([
    'Go.',
    'A draft.',
    'input_request'
  ])
})

test('ping is answered with pong, whatever the status of the run [RUN-18]', async () => {
  const { client } = await joinNewRun()
  await client.settled()
  client.start(asker())
  await client.next('input_request')
  await client.settled()
  client.send({ type: 'pause' })
  await client.next(({ status }) => status === 'paused')
  await client.settled()
  expect(client.frames.filter(({ type }) => type === 'pong')).toHaveLength(3)
})

test('the answer of a command is a cursor of the run, above which is what follows [STEER-3]', async () => {
  const run = await newRun(server.url, session)
  const { seq } = await steer(server.url, run, 'start', { task: 'Go.', team_config: talkers(3, 20) })
  expect(seq).toBeGreaterThan(0)
  const client = await RunClient.connect(server.url, run, `?after=${seq}`)
  await client.end()
  const { data: past } = (await call(server.url, 'GET', `/runs/${run}/events?limit=${seq}`)).body
  const log = [...past, ...client.log]
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1))
})
