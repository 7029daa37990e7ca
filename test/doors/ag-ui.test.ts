import { HttpAgent } from '@ag-ui/client'
import type { Event, Interrupt, ResumeEntry } from '@ag-ui/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { careful } from '../support/careful-team.ts'
import { databaseIn } from '../support/database.ts'
import { authenticatedDoorServer, doorServer, duo, editors, named, saidIn } from '../support/door-server.ts'
import { temporary } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin } from '../support/some-teams.ts'

let server: Awaited<ReturnType<typeof doorServer>>

beforeAll(async () => {
  const broken = named('broken', roundRobin([assistant('a', replayModel([]))], 3))
  const stuck = named('stuck', roundRobin([assistant('a', replayModel(['x'], { delay_ms: 60_000 }))], 3))
  server = await doorServer([duo('duo', 2), editors(), broken, stuck, named('careful', careful())])
})
afterAll(() => server?.close())

let made = 0

/** A thread with a team, and all events that its client has accepted. */
function threadWith(team: string, { url = server.url, threadId = `thread-${++made}`, query = '' } = {}) {
  const agent = new HttpAgent({ url: `${url}/ag-ui/${team}${query}`, threadId })
  const events: Event[] = []
  const run = async (resume?: ResumeEntry[]) => {
    events.length = 0
    await agent.runAgent(
      { ...(resume && { resume }) },
      { onEvent: ({ event }) => void events.push(event as Event) }
    )
    return events
  }
  const say = (content: string) => {
    agent.addMessage({ id: `m-${++made}`, role: 'user', content })
    return run()
  }
  return { agent, events, run, say }
}

const of = <Type extends `${Event['type']}`>(events: readonly Event[], type: Type) =>
  events.filter((event) => event.type === type) as Extract<Event, { type: Type }>[]
const runOf = (events: readonly Event[]): number =>
  (of(events, 'RUN_STARTED')[0] as unknown as { metadata: { troupe: { run: number } } }).metadata.troupe.run
const interruptsIn = (events: readonly Event[]): Interrupt[] => {
  const { outcome } = of(events, 'RUN_FINISHED')[0] as unknown as { outcome: { interrupts?: Interrupt[] } }
  return outcome.interrupts ?? []
}
const saidBy = (agent: HttpAgent) =>
  agent.messages.flatMap(({ role, content }) => (role === 'assistant' && content ? [content] : []))

describe('a thread', () => {
  test('gets what the team says, each speaker with a name and a step, with usage and where the actors are', async () => {
    const { agent, say } = threadWith('duo')
    agent.setState({ mine: 1 })
    const events = await say('Go.')
    expect(saidBy(agent)).toEqual(['A first line.', 'A second one.'])
    const run = runOf(events)
    expect(of(events, 'TEXT_MESSAGE_START').map(({ name }) => name)).toEqual(['ann', 'bob'])
    expect(of(events, 'STEP_STARTED').map(({ stepName }) => stepName)).toEqual(['ann', 'bob'])
    expect(of(events, 'STEP_FINISHED').map(({ stepName }) => stepName)).toEqual(['ann', 'bob'])
    expect(of(events, 'RUN_FINISHED')[0]).toMatchObject({
      outcome: { type: 'success' },
      result: 'A second one.',
      usage: [{ inputTokens: expect.any(Number), totalTokens: expect.any(Number) }]
    })
    expect(agent.state).toMatchObject({ mine: 1, troupe: { run, actors: { [run]: { machine: 'run' } } } })
    expect(await saidIn(server.rest, run)).toEqual([
      ['user', 'Go.'],
      ['ann', 'A first line.'],
      ['bob', 'A second one.']
    ])
  })

  test('goes on in the same session with the next message, and is attached to its run where there is none', async () => {
    const { agent, say, run } = threadWith('duo')
    const first = runOf(await say('Go.'))
    const second = runOf(await say('Again.'))
    expect(second).not.toBe(first)
    const rows = await Promise.all([first, second].map((id) => server.rest.get(`/runs/${id}`)))
    expect(rows[0]!.body.data.session_id).toBe(rows[1]!.body.data.session_id)
    const before = agent.messages.length
    expect(runOf(await run())).toBe(second)
    expect(agent.messages.length).toBe(before)
  })

  test('ends with an interrupt where a person is asked, and a resume answers it', async () => {
    const { agent, say, run } = threadWith('editors')
    const asked = await say('Write.')
    const [question] = interruptsIn(asked)
    expect(question).toMatchObject({
      reason: 'input',
      message: expect.any(String),
      responseSchema: { type: 'string' }
    })
    const again = await run([{ interruptId: question!.id, status: 'resolved', payload: 'Shorter.' }])
    expect(runOf(again)).toBe(runOf(asked))
    expect(saidBy(agent)).toEqual(['One draft.', 'Another draft.'])
    const done = await run([
      { interruptId: interruptsIn(again)[0]!.id, status: 'resolved', payload: 'Good.' }
    ])
    expect(of(done, 'RUN_FINISHED')[0]).toMatchObject({ outcome: { type: 'success' } })
    expect((await saidIn(server.rest, runOf(asked))).map(([, text]) => text)).toEqual([
      ...['Write.', 'One draft.', 'Shorter.', 'Another draft.', 'Good.']
    ])
  })

  test('stops the run whose question is cancelled', async () => {
    const { say, run } = threadWith('editors')
    const asked = await say('Write.')
    const done = await run([{ interruptId: interruptsIn(asked)[0]!.id, status: 'cancelled' }])
    expect(of(done, 'RUN_FINISHED')[0]).toMatchObject({ outcome: { type: 'cancelled' } })
    expect((await server.rest.get(`/runs/${runOf(asked)}`)).body.data.status).toBe('stopped')
  })

  test('goes on where another client has answered its question', async () => {
    const { agent, say, run } = threadWith('editors')
    const asked = await say('Write.')
    await server.rest.post(`/runs/${runOf(asked)}/input`, { response: 'From elsewhere.' })
    await run([{ interruptId: interruptsIn(asked)[0]!.id, status: 'resolved', payload: 'Too late.' }])
    expect(saidBy(agent)).toContain('Another draft.')
    expect((await saidIn(server.rest, runOf(asked))).map(([, text]) => text)).not.toContain('Too late.')
  })

  test.each([
    [{ approved: true }, 'resolved'],
    [{ approved: false, reason: 'Too dear.' }, 'resolved'],
    [undefined, 'cancelled']
  ] as const)('has a call of a tool decided: %j, %s', async (payload, status) => {
    const { say, run } = threadWith('careful')
    const asked = await say('Go.')
    const [call] = of(asked, 'TOOL_CALL_START')
    const [interrupt] = interruptsIn(asked)
    expect(interrupt).toMatchObject({ reason: 'approval', toolCallId: call!.toolCallId })
    const done = await run([{ interruptId: interrupt!.id, status, ...(payload && { payload }) }])
    const [result] = of(done, 'TOOL_CALL_RESULT')
    expect(result!.toolCallId).toBe(call!.toolCallId)
    expect(of(done, 'TOOL_CALL_START')).toEqual([])
    expect(String(result!.content).includes('Helped.')).toBe(payload?.approved === true)
    expect(of(done, 'RUN_FINISHED')[0]).toMatchObject({ outcome: { type: 'success' } })
  })

  test('ends with RUN_ERROR and its code where the run fails', async () => {
    const { agent, events } = threadWith('broken')
    agent.addMessage({ id: 'x', role: 'user', content: 'Go.' })
    await agent.runAgent({}, { onEvent: ({ event }) => void events.push(event as Event) }).catch(() => {})
    expect(of(events, 'RUN_ERROR')[0]).toMatchObject({
      message: expect.any(String),
      code: expect.any(String)
    })
  })

  test('stops its run when the client leaves, where it asks for that', async () => {
    const { agent, say } = threadWith('stuck', { query: '?on_disconnect=stop' })
    const ends = say('Go.').catch(() => {})
    const running = async () => (await server.rest.get('/overview/runs?q=stuck&status=active')).body.data
    await expect.poll(async () => (await running()).length, { timeout: 10_000 }).toBe(1)
    const [{ id }] = await running()
    agent.abortRun()
    await ends
    await expect
      .poll(async () => (await server.rest.get(`/runs/${id}`)).body.data.status, { timeout: 10_000 })
      .toBe('stopped')
  })

  test('is refused with the code of the reason', async () => {
    const post = async (team: string, body: object) => {
      const answer = await fetch(`${server.url}/ag-ui/${team}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body)
      })
      return { status: answer.status, body: await answer.json() }
    }
    const input = { threadId: 't', runId: 'r', messages: [], tools: [], context: [] }
    expect(await post('nothing', input)).toMatchObject({ status: 404, body: { code: 'unknown_model' } })
    expect(await post('duo', input)).toMatchObject({ status: 422, body: { code: 'empty_task' } })
    expect(await post('duo', { threadId: 't' })).toMatchObject({ status: 422, body: { code: 'bad_request' } })
  })
})

test('a question of a thread outlasts a restart of the server', async () => {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  const first = await doorServer([editors()], { database })
  const asked = await threadWith('editors', { url: first.url, threadId: 'kept' }).say('Write.')
  await first.close()
  const second = await doorServer([], { database })
  const { run, agent } = threadWith('editors', { url: second.url, threadId: 'kept' })
  await run([{ interruptId: interruptsIn(asked)[0]!.id, status: 'resolved', payload: 'Shorter.' }])
  expect(saidBy(agent)).toEqual(['Another draft.'])
  await second.close()
  await remove()
})

test('a team of another user is reached only where it is published, and not without a token', async () => {
  const locked = await authenticatedDoorServer()
  const { body } = await locked.alice.post('/teams/', { user_id: 'alice', component: duo('mine') })
  const agentOf = (token?: string) =>
    new HttpAgent({
      url: `${locked.url}/ag-ui/${body.data.id}`,
      initialMessages: [{ id: '1', role: 'user', content: 'Go.' }],
      ...(token && { headers: { authorization: `Bearer ${token}` } })
    })
  await expect(agentOf().runAgent()).rejects.toThrow(/401/)
  await expect(agentOf(locked.tokens.bob).runAgent()).rejects.toThrow(/404/)
  expect((await agentOf(locked.tokens.alice).runAgent()).newMessages.length).toBeGreaterThan(0)
  await locked.close()
})
