import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { limits } from '../../src/runtime/shared/limits.ts'
import type { Server } from '../../src/server/app.ts'
import { call, look, steer } from '../support/asking.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import { newRun, newSession, readRun, serveHere } from '../support/run-server.ts'
import {
  asker,
  assistant,
  type Part,
  person,
  replayModel,
  roundRobin,
  talkers
} from '../support/some-teams.ts'

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
async function starting(team: Part): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(server.url, session)
  const client = await join(run)
  client.start(team)
  return { run, client }
}
async function finished(team: Part): Promise<number> {
  const { run, client } = await starting(team)
  await client.next('result')
  return run
}

async function logOf(run: number): Promise<Frame[]> {
  const frames = await server.runtime.store.runs.frames(run)
  return frames.map(({ text }) => JSON.parse(text))
}
const turnsOf = (run: number) => look(server.url, run, 'turns')
const stateOf = (run: number, query = '') => look(server.url, run, `state${query}`)
async function fork(run: number, turn: number): Promise<number> {
  const { status, body } = await call(server.url, 'POST', `/runs/${run}/fork`, { turn })
  expect(status).toBe(200)
  return body.data.run_id
}
const statusOf = (run: number) => expect.poll(async () => (await readRun(server.url, run)).status)

const inThread = (state: Frame): string[] => {
  const manager = Object.values(state.agent_states as Record<string, Frame>).find((one) => one.message_thread)
  return manager!.message_thread.map(({ content }: Frame) => content)
}
const contents = (frames: Frame[]): string[] =>
  frames.flatMap(({ type, data }) =>
    type === 'message' && data.source !== 'llm_call_event' ? data.content : []
  )

/** Three who speak in turn, six turns in all. */
const trio = (delay = 0): Part =>
  roundRobin(
    ['a', 'b', 'c'].map((name) =>
      assistant(name, replayModel([`${name}1`, `${name}2`], { delay_ms: delay }))
    ),
    7
  )

describe('the turns of a run', () => {
  test('the turns of a run begin with the task and say who spoke, and up to which frame [HIST-1]', async () => {
    const run = await finished(trio())
    const turns = await turnsOf(run)
    expect(turns.map(({ turn, speakers }: Frame) => [turn, ...speakers])).toEqual([
      ...[[0], [1, 'a'], [2, 'b'], [3, 'c'], [4, 'a'], [5, 'b'], [6, 'c']]
    ])
    const log = await logOf(run)
    for (const [i, { seq, at }] of turns.entries()) {
      expect(contents(log.filter((frame) => frame.seq <= seq))).toHaveLength(i + 1)
      expect(new Date(at).toISOString()).toBe(at)
    }
  })
})

describe('the state of a run', () => {
  test('the state of a run is that of its team at the end of any turn, and now [HIST-2]', async () => {
    const run = await finished(trio())
    const told = contents(await logOf(run))
    for (let turn = 0; turn <= 6; turn++)
      expect(inThread(await stateOf(run, `?turn=${turn}`))).toEqual(told.slice(0, turn + 1))
    const now = await stateOf(run)
    expect(now).toEqual(await stateOf(run, '?turn=6'))
    expect(now).toMatchObject({ type: 'TeamState', version: '1.0.0' })
  })

  test('the state of a run is there while it goes on, waits, is paused, was evicted, was stopped, or failed [HIST-2]', async () => {
    const { run: running, client } = await starting(trio(150))
    await client.next(({ data }) => data?.content === 'a1')
    expect(inThread(await stateOf(running))).toEqual(['Go.', 'a1'])
    await steer(server.url, running, 'pause')
    expect(inThread(await stateOf(running))[0]).toBe('Go.')
    await steer(server.url, running, 'stop')
    expect(inThread(await stateOf(running))[1]).toBe('a1')

    const { run: waiting } = await starting(asker())
    await statusOf(waiting).toBe('awaiting_input')
    const state = await stateOf(waiting)
    expect(inThread(state)).toEqual(['Go.', 'A draft.'])
    await expect.poll(() => server.runtime.loaded.get(waiting), { timeout: 6000 }).toBeUndefined()
    expect(await stateOf(waiting)).toEqual(state)
    expect(server.runtime.loaded.get(waiting)).toBeUndefined()
    expect(await stateOf(waiting, '?turn=1')).toEqual(state)

    const { run: failed } = await starting(roundRobin([assistant('a', replayModel(['a1']))], 5))
    await statusOf(failed).toBe('error')
    expect(inThread(await stateOf(failed))).toEqual(['Go.', 'a1'])
  })

  test('the state of a run that has not begun is what it will begin with [HIST-3]', async () => {
    const run = await newRun(server.url, session)
    expect(await stateOf(run)).toBeNull()
    const state = await stateOf(await finished(trio()))
    const body = { session_id: session, user_id: 'guestuser@gmail.com', options: { state } }
    const made = await call(server.url, 'POST', '/runs/', body)
    expect(await stateOf(made.body.data.run_id)).toEqual(state)
  })

  test('asking for the state of a run leaves no trace in it [HIST-4]', async () => {
    const run = await finished(trio())
    const before = [await logOf(run), await server.runtime.store.runs.journal(run)]
    await stateOf(run)
    await stateOf(run, '?turn=3')
    expect([await logOf(run), await server.runtime.store.runs.journal(run)]).toEqual(before)
  })

  test.each([
    ['of a turn that there is not', '/state?turn=7', 404],
    ['of a turn that is no number', '/state?turn=x', 422],
    ['of a turn below 0', '/state?turn=-1', 422]
  ])('the state of a run at %s is refused [HIST-5]', async (_, path, status) => {
    const run = await finished(trio())
    expect(await call(server.url, 'GET', `/runs/${run}${path}`)).toMatchObject({ status })
  })

  test('the state of a run that is larger than what is given of one is refused with 413 and a code [LIMIT-8]', async () => {
    const run = await finished(talkers(3))
    const size = JSON.stringify(await stateOf(run)).length
    const usual = limits.state
    onTestFinished(() => {
      limits.state = usual
    })
    limits.state = size - 1
    expect(await call(server.url, 'GET', `/runs/${run}/state`)).toMatchObject({
      status: 413,
      body: { code: 'state_too_large' }
    })
    limits.state = size
    expect(await call(server.url, 'GET', `/runs/${run}/state`)).toMatchObject({ status: 200 })
  })

  test('the state of a run whose team cannot be loaded is refused with a reason [HIST-5]', async () => {
    const { run } = await starting({ provider: 'no.such.Team', config: {} })
    await statusOf(run).toBe('error')
    expect(await call(server.url, 'GET', `/runs/${run}/state`)).toMatchObject({
      status: 409,
      body: { code: 'no_state', detail: expect.stringContaining('no.such.Team') }
    })
  })
})

/** A team whose participants speak so many times. */
const turnTakers = (participants: readonly Part[], max_turns: number): Part => ({
  provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
  config: { name: 'inner', participants, max_turns }
})

/** Answers each question of a run until its end. */
async function answering(client: RunClient, response: string): Promise<void> {
  const answered = new Set<string>()
  for (;;) {
    const { type, request_id } = await client.next(
      ({ type }) => type === 'result' || type === 'input_request'
    )
    if (type === 'result') return
    const { pending_input } = await server.runtime.info(
      (await server.runtime.store.runs.get(client.frames[0]!.run.id))!
    )
    if (answered.has(request_id) || !pending_input.some((one) => one.request_id === request_id)) continue
    answered.add(request_id)
    client.send({ type: 'input_response', response, request_id })
  }
}

const idsOf = (frames: Frame[]) => frames.flatMap(({ data }) => data?.id ?? [])

/** Whether a fork has the beginning of its run's log, and ids of its own from there on. */
async function expectForked(original: number, run: number, turn: number): Promise<void> {
  const { seq } = (await turnsOf(original))[turn]
  const [before, log] = [await logOf(original), await logOf(run)]
  expect(log.slice(0, seq)).toEqual(before.slice(0, seq).map((frame) => ({ ...frame, run_id: run })))
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1))
  expect(log.every(({ run_id }) => run_id === run)).toBe(true)
  const others = new Set(idsOf(before))
  expect(idsOf(log.slice(seq)).filter((id) => others.has(id))).toEqual([])
  expect(await turnsOf(run)).toEqual(expect.arrayContaining((await turnsOf(original)).slice(0, turn + 1)))
}

describe('a fork', () => {
  test('a fork of a run that is over goes on from any turn, and the run stays as it is [HIST-6] [HIST-7]', async () => {
    const run = await finished(trio())
    const before = [
      await logOf(run),
      await server.runtime.store.runs.journal(run),
      await readRun(server.url, run)
    ]
    for (let turn = 0; turn <= 6; turn++) {
      const other = await fork(run, turn)
      expect(other).not.toBe(run)
      await statusOf(other).toBe('complete')
      await expectForked(run, other, turn)
      expect(contents(await logOf(other))).toEqual(contents(before[0] as Frame[]))
      expect(await readRun(server.url, other)).toMatchObject({
        session_id: session,
        user_id: 'guestuser@gmail.com'
      })
      expect((await turnsOf(other)).map(({ turn }: Frame) => turn)).toEqual([0, 1, 2, 3, 4, 5, 6])
    }
    expect([
      await logOf(run),
      await server.runtime.store.runs.journal(run),
      await readRun(server.url, run)
    ]).toEqual(before)
  })

  test('a fork is followed from its beginning like any other run [HIST-7]', async () => {
    const run = await finished(trio(30))
    const other = await fork(run, 2)
    const client = await join(other, '?after=0')
    await client.end()
    expect(client.log).toEqual(await logOf(other))
  })

  test('a fork of a run that goes on leaves it alone [HIST-6]', async () => {
    const { run, client } = await starting(trio(60))
    await client.next(({ data }) => data?.content === 'b1')
    const other = await fork(run, 1)
    await client.end()
    await statusOf(other).toBe('complete')
    await expectForked(run, other, 1)
    expect(client.log).toEqual(await logOf(run))
    expect(contents(await logOf(other))).toEqual(contents(await logOf(run)))
  })

  test('a fork of a run that waits asks anew, and each has its own answer [HIST-9]', async () => {
    const { run, client } = await starting(asker())
    const { request_id } = await client.next('input_request')
    const other = await fork(run, 1)
    const visitor = await join(other)
    const asked = await visitor.next('input_request')
    expect(asked.request_id).not.toBe(request_id)
    visitor.send({ type: 'input_response', response: 'In the fork.', request_id: asked.request_id })
    await visitor.next('result')
    client.send({ type: 'input_response', response: 'In the run.', request_id })
    await client.next('result')
    expect(contents(await logOf(other)).at(-1)).toBe('In the fork.')
    expect(contents(await logOf(run)).at(-1)).toBe('In the run.')
    await expectForked(run, other, 1)
  })

  test('a fork may be made before what a person answered, to answer otherwise [HIST-9]', async () => {
    const team = roundRobin([person(), assistant('writer', replayModel(['A draft.']))], 3)
    const { run, client } = await starting(team)
    await client.next('input_request')
    client.send({ type: 'input_response', response: 'Wrong.' })
    await client.next('result')
    const other = await fork(run, 0)
    await steer(server.url, other, 'input', { response: 'Right.' })
    await statusOf(other).toBe('complete')
    expect(contents(await logOf(other))).toEqual(['Go.', 'Right.', 'A draft.'])
    await expectForked(run, other, 0)
  })

  test('a fork of a paused run goes on, also from a turn that ended while it was paused [HIST-8]', async () => {
    const { run, client } = await starting(trio(100))
    await client.next(({ data }) => data?.content === 'a1')
    await steer(server.url, run, 'pause')
    await expect.poll(async () => (await turnsOf(run)).length).toBe(3)
    const others = [await fork(run, 1), await fork(run, 2)]
    for (const [i, other] of others.entries()) {
      await statusOf(other).toBe('complete')
      await expectForked(run, other, i + 1)
    }
    expect(await readRun(server.url, run)).toMatchObject({ status: 'paused' })
    expect((await turnsOf(run)).length).toBe(3)
  })

  test('a fork may be made of a fork, again and again [HIST-8]', async () => {
    let run = await finished(talkers(8))
    for (let turn = 1; turn <= 8; turn++) {
      const other = await fork(run, turn)
      await statusOf(other).toBe('complete')
      await expectForked(run, other, turn)
      run = other
    }
    expect(contents(await logOf(run))).toHaveLength(9)
    expect(new Set(idsOf(await logOf(run))).size).toBe(idsOf(await logOf(run)).length)
  })

  test('a fork of a team in a team has that team go on too [HIST-6]', async () => {
    const inner = turnTakers([assistant('b', replayModel(['b1', 'b2'])), person('c')], 2)
    const team = turnTakers([assistant('a', replayModel(['a1', 'a2'])), inner], 4)
    const { run, client } = await starting(team)
    await answering(client, 'Yes.')
    const turns = await turnsOf(run)
    expect(turns.map(({ speakers }: Frame) => speakers[0])).toEqual([undefined, 'a', 'inner', 'a', 'inner'])
    for (const { turn } of turns as Frame[]) {
      const other = await fork(run, turn)
      await answering(await join(other, '?after=0'), 'No.')
      await expectForked(run, other, turn)
      expect(contents(await logOf(other))).toHaveLength(7)
    }
  })

  test.each([
    ['from a turn that there is not', 99, 404],
    ['from no turn', undefined, 422],
    ['from a turn that is no number', 'x', 422]
  ])('a fork from %s is refused [HIST-5]', async (_, turn, status) => {
    const run = await finished(trio())
    expect(await call(server.url, 'POST', `/runs/${run}/fork`, { turn })).toMatchObject({ status })
  })

  test('a fork of a run that has not begun is refused [HIST-8]', async () => {
    const run = await newRun(server.url, session)
    expect(await call(server.url, 'POST', `/runs/${run}/fork`, { turn: 0 })).toMatchObject({
      status: 409,
      body: { code: 'not_started' }
    })
  })
})
