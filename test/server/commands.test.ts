import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { call, look, steer } from '../support/asking.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, newSession, readMessages, readRun, rest, serveHere } from '../support/run-server.ts'
import { asker, assistant, replayModel, roundRobin, talkers } from '../support/some-teams.ts'

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
const by = (run: number, verb: string, fields = {}) => steer(server.url, run, verb, fields)
const user_id = 'guestuser@gmail.com'

describe('by REST a run', () => {
  test('a run is started, answered and comes to its end by REST, without any socket [STEER-1]', async () => {
    const run = await newRun(server.url, session)
    const started = await by(run, 'start', { task: 'Go.', team_config: asker() })
    expect(started).toMatchObject({ status: 'active', seq: expect.any(Number) })
    await expect.poll(async () => (await readRun(server.url, run)).status).toBe('awaiting_input')
    const { seq } = await by(run, 'input', { response: 'Good.' })
    expect(seq).toBeGreaterThan(started.seq)
    await expect.poll(async () => (await readRun(server.url, run)).status).toBe('complete')
    const said = (await readMessages(server.url, run)).map(({ config }) => config.content)
    expect(said).toContain('Good.')
  })

  test('a run is paused, resumed and stopped by REST, and all of that is sent to its sockets [STEER-1] [STEER-2]', async () => {
    const run = await newRun(server.url, session)
    const client = await join(run)
    await by(run, 'start', { task: 'Go.', team_config: talkers(100, 20) })
    await client.next('message')
    expect(await by(run, 'pause')).toMatchObject({ status: 'paused' })
    await client.next(({ status }) => status === 'paused')
    expect(await by(run, 'resume')).toMatchObject({ status: 'active' })
    await client.next(({ status }) => status === 'active')
    const { status, seq } = await by(run, 'stop', { reason: 'Enough.' })
    expect(status).toBe('stopped')
    const last = await client.next('completion')
    expect(last).toMatchObject({ seq, data: { task_result: { stop_reason: 'Enough.' } } })
  })

  test('an evicted run that waits is answered by REST [EVICT-2] [INPUT-14]', async () => {
    const run = await newRun(server.url, session)
    await by(run, 'start', { task: 'Go.', team_config: asker() })
    await expect.poll(async () => (await readRun(server.url, run)).status).toBe('awaiting_input')
    await expect.poll(() => server.runtime.loaded.get(run), { timeout: 6000 }).toBeUndefined()
    await by(run, 'input', { response: 'Late, but good.' })
    await expect.poll(async () => (await readRun(server.url, run)).status).toBe('complete')
  })

  test('a start by REST takes files, and its answer warns of a bad one [STEER-5]', async () => {
    const run = await newRun(server.url, session)
    const files = [
      { name: 'a.txt', type: 'text/plain', content: btoa('A text.') },
      { name: 'b.txt', type: 'text/plain', content: '%' }
    ]
    const started = await by(run, 'start', { files, team_config: talkers(1) })
    expect(started.warnings).toEqual([{ code: 'bad_file', file: 'b.txt', warning: expect.any(String) }])
    await expect.poll(async () => (await readMessages(server.url, run))[0]?.config.content).toBe('A text.')
  })
})

describe('by REST it is refused with a status and a code', () => {
  test('a command by REST to a run that is not there, not begun, or over is refused with a status and a code [STEER-4] [RUN-17]', async () => {
    const run = await newRun(server.url, session)
    expect(await call(server.url, 'POST', '/runs/999999/stop', {})).toMatchObject({ status: 404 })
    for (const verb of ['stop', 'pause', 'resume'])
      expect(await by(run, verb)).toMatchObject({ refused: 409, code: 'not_started' })
    expect(await by(run, 'input', { response: 'x' })).toMatchObject({ refused: 409, code: 'not_started' })
    await by(run, 'start', { task: 'Go.', team_config: talkers(1) })
    await expect.poll(async () => (await readRun(server.url, run)).status).toBe('complete')
    expect(await by(run, 'stop')).toMatchObject({ refused: 409, code: 'not_started' })
    expect(await by(run, 'start', { task: 'Go.', team_config: talkers(1) })).toMatchObject({
      refused: 409,
      code: 'already_started'
    })
  })

  test.each([
    ['nothing', {}, 'invalid_start'],
    ['no team', { task: 'Go.' }, 'invalid_start'],
    ['no task', { team_config: talkers(1) }, 'invalid_start'],
    ['an empty list as task', { task: [], team_config: talkers(1) }, 'empty_task'],
    ['a number as task', { task: 5, team_config: talkers(1) }, 'bad_task']
  ])('a start by REST with %s is refused with 422 and a code [STEER-4] [RUN-2]', async (_, fields, code) => {
    const run = await newRun(server.url, session)
    expect(await by(run, 'start', fields)).toMatchObject({ refused: 422, code, detail: expect.any(String) })
    expect(await readRun(server.url, run)).toMatchObject({ status: 'created' })
  })

  test('a second response by REST is refused, unless it is the same again [INPUT-5] [INPUT-6]', async () => {
    const run = await newRun(server.url, session)
    const slow = assistant('slow', replayModel(['a'], { delay_ms: 400 }))
    const { participants } = asker().config as { participants: never[] }
    await by(run, 'start', { task: 'Go.', team_config: roundRobin([...participants, slow], 4) })
    const client = await join(run)
    const { request_id } = await client.next('input_request')
    expect(await by(run, 'input', { response: 'x', request_id })).toHaveProperty('seq')
    expect(await by(run, 'input', { response: 'x', request_id })).toHaveProperty('seq')
    expect(await by(run, 'input', { response: 'y', request_id })).toMatchObject({
      refused: 409,
      code: 'input_already_answered'
    })
    expect(await by(run, 'input', { response: 'y', request_id: 'other' })).toMatchObject({
      code: 'not_asked'
    })
    await client.next('result')
  })
})

describe('a run is started', () => {
  test('a run is started with a team that its owner keeps, and with no other [RUN-3]', async () => {
    const mine = await rest(server.url, '/teams/', { user_id, component: talkers(1) })
    const other = await rest(server.url, '/teams/', { user_id: 'bob', component: talkers(1) })
    const run = await newRun(server.url, session)
    for (const team_id of [other.data.id, 999_999])
      expect(await by(run, 'start', { task: 'Go.', team_id })).toMatchObject({
        refused: 404,
        code: 'unknown_team'
      })
    const client = await join(run)
    client.send({ type: 'start', task: 'Go.', team_id: mine.data.id })
    expect(await client.next('result')).toMatchObject({ status: 'complete' })
  })

  test('a run that is started with a state goes on from there [RUN-8]', async () => {
    const first = await newRun(server.url, session)
    const team = roundRobin([assistant('a', replayModel(['one'])), assistant('b', replayModel(['two']))], 2)
    await by(first, 'start', { task: 'Go.', team_config: team })
    await expect.poll(async () => (await readRun(server.url, first)).status).toBe('complete')
    const state = await look(server.url, first, 'state')
    expect(state).toMatchObject({ type: 'TeamState', agent_states: { a: {}, b: {} } })
    for (const start of [{ state }, { options: { state } }]) {
      const next = await newRun(server.url, session)
      await by(next, 'start', { task: 'On.', team_config: team, ...start })
      await expect.poll(async () => (await readRun(server.url, next)).status).toBe('complete')
      expect((await readMessages(server.url, next)).at(-1)).toMatchObject({ config: { source: 'b' } })
    }
  })

  test('a run that is started with a state that does not fit fails with a reason [RUN-8]', async () => {
    const run = await newRun(server.url, session)
    const client = await join(run)
    client.send({
      type: 'start',
      task: 'Go.',
      team_config: talkers(1),
      state: { type: 'TeamState', agent_states: {} }
    })
    const end = await client.next('completion')
    expect(end).toMatchObject({ status: 'error' })
    expect(end.data.task_result.messages[0].content).toMatch(/The state has no/)
  })

  test('a run that continues goes on from the state with which the last run of its session ended [RUN-9] [RUN-19]', async () => {
    const own = await newSession(server.url)
    const team = roundRobin([assistant('a', replayModel(['one'])), assistant('b', replayModel(['two']))], 2)
    const runs = [await newRun(server.url, own), await newRun(server.url, own)]
    const made = await rest(server.url, '/runs/', { session_id: own, user_id, options: { continue: true } })
    for (const [i, run] of [...runs, made.data.run_id].entries()) {
      await by(run, 'start', {
        task: `Task ${i}.`,
        team_config: team,
        ...(i === 1 && { options: { continue: true } })
      })
      await expect.poll(async () => (await readRun(server.url, run)).status).toBe('complete')
      const { source } = (await readMessages(server.url, run)).at(-1)!.config
      expect(source).toBe(['a', 'b', 'a'][i])
    }
    const { agent_states } = await look(server.url, made.data.run_id, 'state')
    const thread = agent_states.RoundRobinGroupChatManager.message_thread
    expect(thread.map(({ content }: { content: string }) => content)).toEqual([
      ...['Task 0.', 'one', 'Task 1.', 'two', 'Task 2.', 'one']
    ])
  })

  test('a run that continues begins afresh where the session has no run to go on from [RUN-9]', async () => {
    const run = await newRun(server.url, await newSession(server.url))
    await by(run, 'start', { task: 'Go.', team_config: talkers(1), continue: true })
    await expect.poll(async () => (await readRun(server.url, run)).status).toBe('complete')
  })
})
