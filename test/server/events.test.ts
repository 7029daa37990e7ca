import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { call, listen, steer } from '../support/asking.ts'
import type { Frame } from '../support/run-client.ts'
import { newRun, newSession, readRun, serveHere } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin, streamer, talkers } from '../support/some-teams.ts'

let server: Server
let session: number

beforeAll(async () => {
  server = await serveHere()
  session = await newSession(server.url)
})
afterAll(() => server?.close())

async function starting(team_config: unknown): Promise<number> {
  const run = await newRun(server.url, session)
  await steer(server.url, run, 'start', { task: 'Go.', team_config })
  return run
}
const over = (run: number) =>
  expect.poll(async () => (await readRun(server.url, run)).status, { timeout: 8000 }).toBe('complete')

async function logOf(run: number): Promise<Frame[]> {
  const frames = await server.runtime.store.runs.frames(run)
  return frames.map(({ text }) => JSON.parse(text))
}
const events = (run: number, query = '') => call(server.url, 'GET', `/runs/${run}/events${query}`)
const again = (frames: Frame[]) => frames.map((frame) => ({ ...frame, replay: true }))
const firstTime = (frames: Frame[]) => frames.map(({ replay: _, ...frame }) => frame)

describe('the events of a run as JSON', () => {
  test('the events of a run as JSON are its frames above a cursor, at most so many, marked as replay [EVENTS-1]', async () => {
    const run = await starting(talkers(3))
    await over(run)
    const log = again(await logOf(run))
    expect((await events(run)).body).toEqual({ status: true, data: log })
    expect((await events(run, '?after=')).body.data).toEqual(log)
    expect((await events(run, '?after=2&limit=2')).body.data).toEqual(log.slice(2, 4))
    expect((await events(run, `?after=${log.length}`)).body.data).toEqual([])
  })

  test.each(['x', '-1', '1.5', '99999'])(
    'the events of a run are refused after the cursor "%s" [EVENTS-2]',
    async (after) => {
      const run = await starting(talkers(1))
      await over(run)
      expect(await events(run, `?after=${after}`)).toMatchObject({
        status: 422,
        body: { code: 'bad_cursor' }
      })
    }
  )

  test('the events of a run are none before it has begun [EVENTS-1]', async () => {
    expect((await events(await newRun(server.url, session))).body.data).toEqual([])
  })
})

describe('the events of a run as a stream', () => {
  test('the event stream of a run has its frames with their numbers as ids until the last one, then it ends [EVENTS-3]', async () => {
    const run = await starting(talkers(5, 10))
    const streams = await Promise.all(
      [0, 0, 1].map((after) => listen(server.url, `/runs/${run}/events?after=${after}`))
    )
    const log = await logOf(run)
    for (const [i, { events, ids }] of streams.entries()) {
      expect(firstTime(events)).toEqual(log.slice(i === 2 ? 1 : 0))
      expect(ids).toEqual(events.map(({ seq }) => String(seq)))
    }
  })

  test('the event stream of a run follows it from before its start [EVENTS-3]', async () => {
    const run = await newRun(server.url, session)
    const stream = listen(server.url, `/runs/${run}/events`)
    await expect.poll(() => server.runtime.subscriberCount(run)).toBe(1)
    await steer(server.url, run, 'start', { task: 'Go.', team_config: talkers(2) })
    const { events } = await stream
    expect(events).toEqual(await logOf(run))
  })

  test('the event stream of a run goes on after Last-Event-ID, whatever the address says, and is 204 at its end [EVENTS-4] [EVENTS-5]', async () => {
    const run = await starting(talkers(40, 10))
    const path = `/runs/${run}/events?after=0`
    const { events } = await listen(server.url, path, { enough: (events) => events.length > 5 })
    const rest = await listen(server.url, path, { lastId: events.at(-1)!.seq })
    expect(firstTime([...events, ...rest.events])).toEqual(await logOf(run))
    const end = await listen(server.url, path, { lastId: rest.events.at(-1)!.seq })
    expect(end.status).toBe(204)
  })

  test('chunks in an event stream have no id, and the text so far comes as one chunk [EVENTS-6]', async () => {
    const words = Array.from({ length: 30 }, (_, i) => `word${i}`)
    const run = await starting(streamer(words, 15))
    await listen(server.url, `/runs/${run}/events`, {
      enough: (events) => events.filter(({ type }) => type === 'message_chunk').length > 5
    })
    const { events, ids } = await listen(server.url, `/runs/${run}/events`)
    const pieces = events.flatMap(({ type }, at) => (type === 'message_chunk' ? at : []))
    expect(events[pieces[0]!]).toMatchObject({ replay: true })
    expect(pieces.map((at) => ids[at])).toEqual(pieces.map(() => null))
    expect(pieces.map((at) => events[at]!.data.content).join('')).toBe(words.join(' '))
  })

  test('an event stream reaches a client that reads slowly, however many frames there are [EVENTS-7]', async () => {
    const answers = Array.from({ length: 12 }, (_, i) => String(i).padEnd(1_000_000, '.'))
    const run = await starting(roundRobin([assistant('talker', replayModel(answers))], 13))
    await over(run)
    const leave = new AbortController()
    const slow = await fetch(`${server.url}/api/runs/${run}/events`, {
      headers: { accept: 'text/event-stream' },
      signal: leave.signal
    })
    const { events } = await listen(server.url, `/runs/${run}/events`)
    expect(events).toEqual(again(await logOf(run)))
    let length = 0
    for await (const bytes of slow.body!) length += bytes.length
    expect(length).toBeGreaterThan(24_000_000)
  })
})
