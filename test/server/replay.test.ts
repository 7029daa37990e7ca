import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import { newRun, newSession, serveHere } from '../support/run-server.ts'
import { seeded } from '../support/seeded.ts'
import { asker, assistant, replayModel, roundRobin, streamer, talkers } from '../support/some-teams.ts'

let server: Server
let session: number
const clients: RunClient[] = []

beforeAll(async () => {
  server = await serveHere()
  session = await newSession(server.url)
})
afterAll(() => server?.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.leave()
})

async function join(run: number, query = ''): Promise<RunClient> {
  const client = await RunClient.connect(server.url, run, query)
  clients.push(client)
  return client
}

async function starting(team: unknown): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(server.url, session)
  const client = await join(run)
  client.start(team)
  return { run, client }
}

/** What is stored of a run. */
async function logOf(run: number): Promise<Frame[]> {
  const frames = await server.runtime.store.runs.frames(run)
  return frames.map(({ text }) => JSON.parse(text))
}

const isNumbered = ({ seq }: Frame) => seq !== undefined
const isChunk = ({ type }: Frame) => type === 'message_chunk'
const contentOf = (chunks: Frame[]) => chunks.map(({ data }) => data.content).join('')

/** All that is told a second time comes before all that is told for the first time. */
function expectPastFirst(frames: Frame[]): void {
  const told = frames.filter((frame) => isChunk(frame) || isNumbered(frame))
  const marks = told.map(({ replay }) => replay === true)
  expect(marks).toEqual(marks.toSorted((a, b) => Number(b) - Number(a)))
}

describe('the log of a run that is over', () => {
  test('a run that is over is replayed from each cursor, and then the socket is closed with 1000 [SEQ-6] [FRAME-1] [CONN-1]', async () => {
    const { run, client } = await starting(talkers(4))
    expect(await client.end()).toMatchObject({ code: 1000 })
    const log = await logOf(run)
    expect(client.log).toEqual(log)
    for (let after = 0; after <= log.length; after++) {
      const late = await join(run, `?after=${after}`)
      expect(await late.end()).toMatchObject({ code: 1000 })
      const [system, ...rest] = late.frames
      expect(system).toMatchObject({
        type: 'system',
        run: { id: run, status: 'complete', seq: log.length, state: 'completed' }
      })
      expect(rest).toEqual(log.slice(after).map((frame) => ({ ...frame, replay: true })))
    }
  })

  test('a replay reaches a client that reads slowly, however long it is [SEQ-10]', async () => {
    const answers = Array.from({ length: 16 }, (_, i) => String(i).padEnd(1_000_000, '.'))
    const { run, client } = await starting(roundRobin([assistant('talker', replayModel(answers))], 17))
    await client.next('result')
    client.leave()
    const late = await join(run, '?after=0')
    await late.next('system')
    late.ws.pause()
    const other = await join(run, '?after=0')
    expect(await other.end()).toMatchObject({ code: 1000 })
    late.ws.resume()
    expect(await late.end()).toMatchObject({ code: 1000 })
    expect(late.texts.slice(1)).toEqual(other.texts.slice(1))
    expect(late.log.map(({ seq }) => seq)).toEqual((await logOf(run)).map(({ seq }) => seq))
  })
})

describe('a run that goes on', () => {
  test('a run that goes on is sent from any cursor without a gap and without a repeat [SEQ-4]', async () => {
    const { run, client } = await starting(talkers(8, 15))
    const late: { after: number; client: RunClient }[] = []
    for (let seq = 1; seq <= 9; seq++) {
      await client.next((frame) => frame.seq === seq)
      for (const after of [0, seq]) late.push({ after, client: await join(run, `?after=${after}`) })
    }
    await client.end()
    const log = await logOf(run)
    for (const { after, client } of late) {
      expect(await client.end()).toMatchObject({ code: 1000 })
      expect(client.log).toEqual(log.slice(after))
      expectPastFirst(client.frames)
    }
  })

  test('clients that come and go at random, each back at its cursor, get the whole log of a run [SEQ-4] [SEQ-1]', async () => {
    const seed = 20_261
    const random = seeded(seed)
    const { run, client } = await starting(talkers(400, 1))
    const wander = async () => {
      const heard: Frame[] = []
      for (let visits = 0; ; visits++) {
        const visit = await join(run, `?after=${heard.at(-1)?.seq ?? 0}`)
        const enough = 1 + Math.floor(random() * 60)
        await visit.next(({ type, seq }) => type === 'result' || seq >= (heard.at(-1)?.seq ?? 0) + enough)
        visit.leave()
        heard.push(...visit.log)
        if (heard.at(-1)?.type === 'result') return { heard, visits }
      }
    }
    await client.next('message')
    const tours = await Promise.all(Array.from({ length: 10 }, wander))
    const log = await logOf(run)
    for (const { heard, visits } of tours) {
      expect(heard, `seed ${seed}`).toEqual(log)
      expect(visits).toBeGreaterThan(2)
    }
  })

  test('a run that has not begun is followed from its first frame [SEQ-5] [FRAME-1]', async () => {
    const run = await newRun(server.url, session)
    const early = [await join(run, '?after=0'), await join(run)]
    const starter = await join(run)
    expect(await starter.next('system')).toMatchObject({
      run: { id: run, status: 'created', seq: 0, state: 'created', pending_input: [] }
    })
    starter.start(talkers(2))
    for (const client of [starter, ...early]) {
      expect(await client.end()).toMatchObject({ code: 1000 })
      expect(client.log).toEqual(await logOf(run))
      expect(client.frames.some(({ replay }) => replay)).toBe(false)
    }
  })

  test('every client of a run is closed when it is over, also one that came at the very end [CONN-15]', async () => {
    for (let i = 0; i < 20; i++) {
      const { run, client } = await starting(talkers(1))
      const late = await join(run, i % 2 ? '' : '?after=0')
      expect([1000, 4003]).toContain((await late.end()).code)
      await client.end()
      if (i % 2 === 0) expect(late.log).toEqual(await logOf(run))
    }
  })
})

describe('an answer that is half written', () => {
  const words = Array.from({ length: 40 }, (_, i) => `word${i}`)
  const text = words.join(' ')

  test('a client that comes in the middle of a message gets the text so far as one chunk, then the rest [SEQ-9]', async () => {
    const { run, client } = await starting(streamer(words, 12))
    const late: RunClient[] = []
    for (const query of ['', '?after=0', '?after=2', '', '?after=0']) {
      for (let i = 0; i < 5; i++) await client.next('message_chunk')
      late.push(await join(run, query))
    }
    await client.end()
    expect(client.frames.filter(isChunk)).toHaveLength(words.length)
    for (const visit of late) {
      await visit.end()
      const [first, ...rest] = visit.frames.filter(isChunk)
      expect(first).toMatchObject({ replay: true, run_id: run })
      expect(first!.data.content.length).toBeGreaterThan('word0 word1 word2 '.length)
      expect(rest.some(({ replay }) => replay)).toBe(false)
      expect(contentOf([first!, ...rest])).toBe(text)
      const whole = visit.frames.findIndex(({ data }) => data?.id === first!.data.full_message_id)
      expect(visit.frames[whole]).toMatchObject({ type: 'message', data: { content: text } })
      expect(visit.frames.findLastIndex(isChunk)).toBeLessThan(whole)
      expectPastFirst(visit.frames)
    }
  })

  test('a message in chunks comes whole or not at all, whenever a client comes [SEQ-9]', async () => {
    const many = roundRobin(
      [assistant('writer', replayModel(Array(30).fill(text), { chunk_delay_ms: 1 }), true)],
      31
    )
    const { run, client } = await starting(many)
    await client.next('message_chunk')
    const late: RunClient[] = []
    while (!client.closed && late.length < 60)
      late.push(await join(run, late.length % 2 ? '?after=0' : `?after=${client.log.at(-1)!.seq}`))
    client.send({ type: 'stop' })
    await client.end()
    expect(late.length).toBeGreaterThan(10)
    for (const visit of late) {
      await visit.end()
      const open = new Map<string, string>()
      for (const frame of visit.frames) {
        if (isChunk(frame)) {
          const { full_message_id: id, content } = frame.data
          open.set(id, (open.get(id) ?? '') + content)
        }
        if (frame.type !== 'message' || !open.has(frame.data.id)) continue
        expect(open.get(frame.data.id)).toBe(text)
        open.delete(frame.data.id)
      }
      // The run was stopped in the middle of the last one at most.
      expect(open.size).toBeLessThan(2)
    }
  })
})

describe('a question that is open', () => {
  test('a client without a cursor gets the pending input at once, with its own number, marked as replay [INPUT-9] [SEQ-7]', async () => {
    const { run, client } = await starting(asker())
    const asked = await client.next('input_request')
    const late = await join(run)
    const pending = { request_id: asked.request_id, prompt: asked.prompt, source: 'person', deadline: null }
    expect(await late.next('system')).toMatchObject({
      run: { status: 'awaiting_input', state: 'running.awaitingInput', pending_input: [pending] }
    })
    expect(await late.next('input_request')).toEqual({ ...asked, replay: true })
    await late.settled()
    expect(late.log).toHaveLength(1)
  })

  test('a client with a cursor gets the pending input only if the cursor is below it [INPUT-9]', async () => {
    const { run, client } = await starting(asker())
    const { seq } = await client.next('input_request')
    await client.settled()
    const last = client.log.at(-1)!.seq
    for (const after of [seq - 1, seq, last]) {
      const late = await join(run, `?after=${after}`)
      await late.settled()
      expect(late.log.map(({ seq }) => seq)).toEqual(client.log.slice(after).map(({ seq }) => seq))
    }
  })

  test('an input that is answered is sent no more [INPUT-10]', async () => {
    const slow = assistant('slow', replayModel(['a'], { delay_ms: 400 }))
    const { participants } = asker().config as { participants: Frame[] }
    const { run, client } = await starting(roundRobin([...(participants as never[]), slow], 4))
    await client.next('input_request')
    client.send({ type: 'input_response', response: 'x' })
    await client.next(({ data }) => data?.source === 'person')
    const late = await join(run)
    await late.settled()
    expect(late.frames.map(({ type }) => type)).toEqual(['system', 'pong'])
    expect(late.frames[0]!.run.pending_input).toEqual([])
  })

  test('any client may answer, and the one that started the run may be gone [INPUT-8]', async () => {
    const { run, client } = await starting(asker())
    await client.next('input_request')
    client.leave()
    const other = await join(run)
    const { request_id } = await other.next('input_request')
    other.send({ type: 'input_response', response: 'Good.', request_id })
    await other.next('result')
  })
})

test('a client that leaves in the middle changes nothing for the others [SEQ-8]', async () => {
  const { run, client } = await starting(streamer(Array(60).fill('word'), 5))
  const others = [await join(run), await join(run), await join(run, '?after=0')]
  await client.next('message_chunk')
  client.leave()
  others[0]!.ws.close(1000)
  others[1]!.leave()
  await others[2]!.next('result')
  expect(others[2]!.log).toEqual(await logOf(run))
})
