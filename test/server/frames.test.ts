import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import { newRun, newSession, readMessages, readRun, serveHere } from '../support/run-server.ts'
import { asker, assistant, type Part, replayModel, roundRobin, talkers } from '../support/some-teams.ts'

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

async function join(run: number | string, query = ''): Promise<RunClient> {
  const client = await RunClient.connect(server.url, run, query)
  clients.push(client)
  return client
}

async function joinNewRun(): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(server.url, session)
  const client = await join(run)
  return { run, client }
}

/** Sends what is wrong and gives the one frame that answers it. */
async function answerTo(client: RunClient, wrong: unknown): Promise<Frame> {
  client.send(wrong)
  const answer = await client.next('error')
  expect(answer).toEqual({
    type: 'error',
    error: expect.any(String),
    code: expect.any(String),
    timestamp: expect.any(String)
  })
  await client.settled()
  return answer
}

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const start = (fields: string) => `{"type":"start"${fields}}`
const team = JSON.stringify(talkers(1))

/** What is wrong, how it is sent, and the code of the answer. */
const wrong: [title: string, sent: unknown, code: string][] = [
  ['text that is not JSON', 'hello', 'bad_json'],
  ['half a frame', '{"type":"ping"', 'bad_json'],
  ['more than one frame', '{"type":"ping"}{"type":"ping"}', 'bad_json'],
  ['an empty text', '', 'bad_json'],
  ['the character NUL', '\0', 'bad_json'],
  ['a frame with a bare NUL in it', '{"type":"pi\0ng"}', 'bad_json'],
  ['a hundred thousand brackets that do not close', '['.repeat(100_000), 'bad_json'],
  ['a hundred thousand brackets', '['.repeat(100_000) + ']'.repeat(100_000), 'bad_frame'],
  ['a number', '7', 'bad_frame'],
  ['null', 'null', 'bad_frame'],
  ['a truth value', 'true', 'bad_frame'],
  ['an array', '[{"type":"ping"}]', 'bad_frame'],
  ['a string', '"ping"', 'bad_frame'],
  ['an object without a type', '{}', 'bad_frame'],
  ['an unknown type', { type: 'dance' }, 'bad_frame'],
  ['the name of an inherited member as type', { type: 'constructor' }, 'bad_frame'],
  ['__proto__ as type', '{"type":"__proto__"}', 'bad_frame'],
  ['a type of the server', { type: 'result' }, 'bad_frame'],
  ['null as type', { type: null }, 'bad_frame'],
  ['a number as type', { type: 1 }, 'bad_frame'],
  ['a lone surrogate as type', '{"type":"\\ud800"}', 'bad_frame'],
  ['a stop whose reason is a number', { type: 'stop', reason: 5 }, 'bad_frame'],
  ['a stop whose code is a text', { type: 'stop', code: '5' }, 'bad_frame'],
  ['an answer without a response', { type: 'input_response' }, 'bad_frame'],
  ['an answer that is null', { type: 'input_response', response: null }, 'bad_frame'],
  ['an answer that is an object', { type: 'input_response', response: {} }, 'bad_frame'],
  [
    'an answer to a request that is a number',
    { type: 'input_response', response: '', request_id: 1 },
    'bad_frame'
  ],
  [
    'an answer to a request that nobody made',
    { type: 'input_response', response: 'x', request_id: 'x' },
    'not_asked'
  ],
  ['a ping nested too deeply', `{"type":"ping","a":${nested(10_000)}}`, 'bad_frame'],
  ['a start without a task', start(`,"team_config":${team}`), 'invalid_start'],
  ['a start whose task is null', start(`,"task":null,"team_config":${team}`), 'invalid_start'],
  ['a start whose task is empty', start(`,"task":"","team_config":${team}`), 'invalid_start'],
  ['a start without a team', start(',"task":"x"'), 'invalid_start'],
  ['a start whose team is null', start(',"task":"x","team_config":null'), 'invalid_start'],
  ['a start whose team is empty', start(',"task":"x","team_config":{}'), 'invalid_start'],
  ['a start whose team is a text', start(',"task":"x","team_config":"x"'), 'invalid_start'],
  ['a start whose team is a list', start(`,"task":"x","team_config":[${team}]`), 'invalid_start'],
  [
    'a start whose files are no list',
    start(`,"task":"x","team_config":${team},"files":"x"`),
    'invalid_start'
  ],
  ['a start whose task is a number', start(`,"task":5,"team_config":${team}`), 'bad_task'],
  ['a start whose task is an empty list', start(`,"task":[],"team_config":${team}`), 'empty_task'],
  ['a start whose task is no message', start(`,"task":{"type":"x"},"team_config":${team}`), 'bad_task'],
  [
    'a start whose team is nested too deeply',
    start(`,"task":"x","team_config":${nested(10_000)}`),
    'bad_frame'
  ],
  [
    'a start whose task is nested too deeply',
    start(`,"task":${nested(10_000)},"team_config":${team}`),
    'bad_frame'
  ],
  ['a binary frame', Buffer.from('{"type":"ping"}'), 'binary_frame']
]

describe('to a run that waits for a person', () => {
  let run: number
  let starter: RunClient

  beforeAll(async () => {
    run = await newRun(server.url, session)
    starter = await RunClient.connect(server.url, run)
    starter.start(asker())
    await starter.next('input_request')
    await starter.settled()
  })
  afterAll(() => starter?.leave())

  test.each(wrong)(
    '%s gets an error of its own, and no other client and no run is touched [CONN-11] [FRAME-11] [FRAME-12]',
    async (_, sent, code) => {
      const client = await join(run)
      const before = starter.texts.length
      expect(await answerTo(client, sent)).toMatchObject({ code })
      await starter.settled()
      expect(starter.texts.slice(before, -1)).toEqual([])
      expect(await readRun(server.url, run)).toMatchObject({ status: 'awaiting_input' })
    }
  )

  test('a stop right behind a start stops the run that it finds started [CONN-13] [FRAME-9]', async () => {
    const { client } = await joinNewRun()
    client.start(talkers(3, 60_000))
    client.send({ type: 'stop', reason: 'changed my mind' })
    expect(await client.next('completion')).toMatchObject({
      status: 'cancelled',
      data: { task_result: { stop_reason: 'changed my mind' } }
    })
  })

  test('a second start is refused [RUN-1]', async () => {
    const client = await join(run)
    const answer = await answerTo(client, { type: 'start', task: 'x', team_config: talkers(1) })
    expect(answer).toMatchObject({ code: 'already_started' })
  })

  test('a run to which every wrong frame was sent ends as if nothing had been [CONN-11]', async () => {
    starter.send({ type: 'input_response', response: 'Good.' })
    await starter.next('result')
    const types = starter.log.map(({ type }) => type).filter((type) => type !== 'status' && type !== 'event')
    expect(types).toEqual(['message', 'message', 'input_request', 'message', 'result'])
    expect(starter.log.map(({ seq }) => seq)).toEqual(starter.log.map((_, i) => i + 1))
    expect(await starter.end()).toMatchObject({ code: 1000 })
  })
})

describe('to a run that has not begun', () => {
  test('a start with nothing but a bad file is refused, and a warning says why the file was left out [RUN-7]', async () => {
    const { client } = await joinNewRun()
    const files = [{ name: 'a.png', type: 'image/png', content: '!' }]
    client.send({ type: 'start', task: '', files, team_config: talkers(1) })
    expect(await client.next('warning')).toMatchObject({ code: 'bad_file', file: 'a.png' })
    expect(await client.next('error')).toMatchObject({ code: 'invalid_start' })
  })

  test('no wrong frame starts a run, and it can be started afterwards [CONN-11] [RUN-2]', async () => {
    const { run, client } = await joinNewRun()
    for (const [, sent, code] of wrong) if (code !== 'not_asked') await answerTo(client, sent)
    expect(await readRun(server.url, run)).toMatchObject({ status: 'created', task: {} })
    client.start(talkers(1))
    expect(await client.next('result')).toMatchObject({ run_id: run })
    expect(client.log[0]).toMatchObject({ seq: 1 })
  })

  test.each([
    { type: 'stop' },
    { type: 'pause' },
    { type: 'resume' },
    { type: 'input_response', response: 'x' }
  ])('$type is refused before the start [RUN-17]', async (frame) => {
    const { client } = await joinNewRun()
    expect(await answerTo(client, frame)).toMatchObject({ code: 'not_started' })
  })

  test('of two starts at once one is refused [RUN-1]', async () => {
    const { client } = await joinNewRun()
    client.start(talkers(2, 30))
    client.start(talkers(2, 30))
    expect(await client.next('error')).toMatchObject({ code: 'already_started' })
    await client.next('result')
    expect(client.frames.filter(({ type }) => type === 'result')).toHaveLength(1)
  })
})

describe('an answer', () => {
  async function askedTwice(): Promise<{ run: number; one: RunClient; two: RunClient; asked: string }> {
    const { run, client: one } = await joinNewRun()
    const two = await join(run)
    // The run goes on for a while after the answer.
    const slow = assistant('slow', replayModel(['a', 'b'], { delay_ms: 300 }))
    const { participants } = asker().config as { participants: Part[] }
    one.start(roundRobin([...participants, slow], 4))
    const { request_id } = await one.next('input_request')
    await two.next('input_request')
    return { run, one, two, asked: request_id }
  }

  test('a response that is given again by the same client is no error [INPUT-6]', async () => {
    const { one, asked } = await askedTwice()
    for (let i = 0; i < 3; i++) one.send({ type: 'input_response', response: 'Good.', request_id: asked })
    one.send({ type: 'input_response', response: 'Good.' })
    await one.settled()
    await one.next('result')
    expect(one.frames.filter(({ type }) => type === 'error')).toEqual([])
  })

  test('a response that is another one, or from another client, comes too late [INPUT-5]', async () => {
    const { run, one, two, asked } = await askedTwice()
    one.send({ type: 'input_response', response: 'Good.', request_id: asked })
    await one.next(({ data }) => data?.source === 'person')
    const late = { code: 'input_already_answered' }
    expect(
      await answerTo(one, { type: 'input_response', response: 'Bad.', request_id: asked })
    ).toMatchObject(late)
    expect(
      await answerTo(two, { type: 'input_response', response: 'Good.', request_id: asked })
    ).toMatchObject(late)
    expect(await answerTo(two, { type: 'input_response', response: 'Bad.' })).toMatchObject(late)
    await one.next('result')
    const said = (await readMessages(server.url, run)).filter(({ config }) => config.source === 'person')
    expect(said.map(({ config }) => config.content)).toEqual(['Good.'])
  })

  test('a response before anything is asked is refused [INPUT-7]', async () => {
    const { client } = await joinNewRun()
    client.start(talkers(2, 100))
    await client.next('message')
    expect(await answerTo(client, { type: 'input_response', response: 'x' })).toMatchObject({
      code: 'not_asked'
    })
  })
})

describe('a team that cannot be loaded ends the run, not the connection before it', () => {
  const crowd = (count: number) => {
    const members = Array.from({ length: count }, (_, i) => assistant(`a${i}`, replayModel(['x'])))
    return roundRobin(members, 2)
  }
  test.each([
    ['more than 256 participants', crowd(300), 'too_many_participants', 'most 256 participants, not 300.'],
    ['a part with too many of them', roundRobin([crowd(300)], 2), 'too_many_participants', 'participants[0]'],
    ['a provider that nobody knows', { provider: 'a.b.C', config: {} }, 'bad_component', '"a.b.C"'],
    ['no provider', { config: {} }, 'bad_component', 'provider'],
    ['an agent in the place of a team', assistant('a', replayModel([])), 'bad_component', 'team'],
    ['a config that is a number', { ...talkers(1), config: 5 }, 'bad_component', 'config']
  ])(
    'a start with %s ends the run with a completion that says where and why [RUN-4] [FRAME-10]',
    async (_, component, code, text) => {
      const { run, client } = await joinNewRun()
      client.start(component)
      const { status, data, ...rest } = await client.next('completion')
      expect([status, rest.code]).toEqual(['error', code])
      expect(data.task_result.stop_reason).toBe('An error occurred while processing this run')
      expect(data.task_result.messages[0].content).toContain(text)
      expect(await client.end()).toMatchObject({ code: 1000 })
      expect(await readRun(server.url, run)).toMatchObject({ status: 'error' })
    }
  )

  test('a team of 256 participants can be started, and one of more cannot [RUN-5]', async () => {
    const { client } = await joinNewRun()
    client.start(crowd(256))
    await client.next('result')
  })

  test('teams in one another, as many as a frame can hold, can be started [CONN-12]', async () => {
    const inner = (depth: number): Part => (depth === 0 ? talkers(1) : roundRobin([inner(depth - 1)], 2))
    const { client } = await joinNewRun()
    client.start(inner(150))
    await client.next(({ type }) => type === 'result' || type === 'completion')
  })
})

test('any text that JSON can hold comes back as it was [CONN-14]', async () => {
  const { run, client } = await joinNewRun()
  const task = 'a\0b \ud800 \udfff c \u2028 \u{1f600} \ufeff "\\" \r\n'
  client.send(JSON.stringify({ type: 'start', task, team_config: talkers(1) }))
  await client.next('result')
  expect(client.frames.find(({ type }) => type === 'message')!.data.content).toBe(task)
  expect((await readMessages(server.url, run))[0]!.config.content).toBe(task)
  const again = await join(run, '?after=0')
  await again.end()
  expect(again.log).toEqual(client.log)
})

test('a frame of 50 MB is closed with 1009, and the run goes on [LIMIT-1]', async () => {
  const { run, client } = await joinNewRun()
  client.start(asker())
  await client.next('input_request')
  const big = await join(run)
  big.send('x'.repeat(50_000_000))
  expect(await big.end()).toMatchObject({ code: 1009 })
  await client.settled()
  expect(await readRun(server.url, run)).toMatchObject({ status: 'awaiting_input' })
})

test('a task of 20 MB is taken [LIMIT-2]', async () => {
  const { run, client } = await joinNewRun()
  const task = 'x'.repeat(20_000_000)
  client.start(talkers(1), task)
  const { data } = await client.next('result')
  expect(data.task_result.messages[0].content === task).toBe(true)
  expect(await client.end()).toMatchObject({ code: 1000 })
  expect(await readRun(server.url, run)).toMatchObject({ status: 'complete' })
})

describe('a client is refused', () => {
  test.each([
    'abc',
    '0',
    '-1',
    '1e3',
    '1.5',
    '+1',
    '0x1',
    '%00',
    '1%2F2',
    '999999',
    '9'.repeat(15),
    '9'.repeat(400)
  ])('a client of the run "%s", which does not exist, is closed with 4004 [CONN-4]', async (run) => {
    const client = await join(run)
    expect(await client.end()).toMatchObject({ code: 4004 })
    expect(client.frames).toMatchObject([{ type: 'error', code: 'unknown_run' }])
  })

  test.each(['abc', '-1', '99999', '1.0', '+0', '%00', '0x0', '1e0', ' ', '9'.repeat(400)])(
    'a client with the cursor "%s" is closed with 4400 [CONN-6]',
    async (after) => {
      const run = await newRun(server.url, session)
      const client = await join(run, `?after=${encodeURIComponent(after)}`)
      expect(await client.end()).toMatchObject({ code: 4400 })
      expect(client.frames).toMatchObject([{ type: 'error', code: 'bad_cursor' }])
    }
  )

  test('a client without a cursor is closed with 4003 where the run is over [CONN-5]', async () => {
    const { run, client } = await joinNewRun()
    client.start(talkers(1))
    await client.end()
    for (const query of ['', '?after=', '?token=null', '?after=&token=null']) {
      const late = await join(run, query)
      expect(await late.end()).toMatchObject({ code: 4003 })
      expect(late.frames).toMatchObject([{ type: 'error', code: 'run_over' }])
    }
  })
})

test('an empty cursor counts as absent [CONN-7] [SEQ-7]', async () => {
  const { run, client } = await joinNewRun()
  client.start(asker())
  await client.next('input_request')
  const other = await join(run, '?after=')
  await other.settled()
  expect(other.frames.map(({ type }) => type)).toEqual(['system', 'input_request', 'pong'])
})
