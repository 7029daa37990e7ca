import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Client, ClientError, connect, type RunEvent, textOf } from '../../src/client/index.ts'
import type { Server } from '../../src/server/app.ts'
import { careful } from '../support/careful-team.ts'
import { freePort, rest, serveHere } from '../support/run-server.ts'
import { asker, streamer, talkers } from '../support/some-teams.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

let server: Server
beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server?.close())

function clientHere(url = server.url, user = 'ann'): Client {
  const client = connect(url, { user })
  onTestFinished(() => client.close())
  return client
}

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const found: RunEvent[] = []
  for await (const event of events) found.push(event)
  return found
}

describe('a client', () => {
  test('starts a team of its user by name, slug or id, and a component', async () => {
    const client = clientHere()
    const component = { ...talkers(1), label: 'Desk No. 1', component_type: 'team' }
    const { data } = await rest(server.url, '/teams/', { user_id: 'ann', component })
    for (const team of ['Desk No. 1', 'desk-no-1', data.id, String(data.id), talkers(1)]) {
      const run = await client.start({ team, task: 'Go.' })
      expect(await run.result()).toMatchObject({ status: 'complete', stopReason: expect.any(String) })
      expect(run.text()).toBe('answer 1')
    }
    expect(await client.teams()).toEqual([expect.objectContaining({ id: data.id })])
  })

  test('starts a published team of another user by its slug, and no other', async () => {
    const component = (label: string) => ({ ...talkers(1), label, component_type: 'team' })
    const shared = (await rest(server.url, '/teams/', { user_id: 'bea', component: component('Open House') }))
      .data
    await rest(server.url, '/teams/', { user_id: 'bea', component: component('Closed House') })
    await fetch(`${server.url}/api/teams/${shared.id}?user_id=bea`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ published: true })
    })
    const client = clientHere()
    const run = await client.start({ team: 'open-house', task: 'Go.' })
    expect((await run.result()).status).toBe('complete')
    await expect(client.start({ team: 'closed-house', task: 'Go.' })).rejects.toMatchObject({
      code: 'unknown_team'
    })
  })

  test('gives the frames of a run in their order, those of the past first, to each of several loops', async () => {
    const client = clientHere()
    const run = await client.start({ team: talkers(3), task: 'Go.' })
    const [one, other] = await Promise.all([all(run), all(run)])
    const numbers = (events: RunEvent[]) => events.flatMap((event) => ('seq' in event ? [event.seq] : []))
    expect(numbers(one)).toEqual(numbers(one).map((_, at) => at + 1))
    expect(numbers(other)).toEqual(numbers(one))
    expect(numbers(await all(run))).toEqual(numbers(one))
    const { cursor } = run
    expect(one.at(-1)).toMatchObject({ type: 'result', seq: cursor })
    const rest = await all(clientHere().run(run.id, { after: cursor - 2 }))
    expect(numbers(rest)).toEqual([cursor - 1, cursor])
    expect(await clientHere().run(run.id, { after: cursor }).result()).toMatchObject({ status: 'complete' })
    expect(run.messages().map(({ source }) => source)).toEqual(['user', 'talker', 'talker', 'talker'])
    expect(run.messages().map(textOf)).toEqual(['Go.', 'answer 1', 'answer 2', 'answer 3'])
  })

  test('folds chunks into the message that is being written', async () => {
    const client = clientHere()
    const run = await client.start({ team: streamer(['Kites', 'fly', 'high.'], 5), task: 'Go.' })
    const texts: string[] = []
    for await (const event of run) if (event.type === 'message_chunk') texts.push(run.text())
    expect(texts.at(-1)).toBe('Kites fly high.')
    expect(texts.every((text, at) => at === 0 || text.startsWith(texts[at - 1]!))).toBe(true)
    expect(run.drafts).toEqual([])
    expect(run.text()).toBe('Kites fly high.')
  })

  test('answers questions, and knows which are open', async () => {
    const run = await clientHere().start({ team: asker(), task: 'Go.' })
    for await (const event of run) {
      if (event.type !== 'input_request') continue
      expect(run.questions).toEqual([
        expect.objectContaining({ source: 'person', request_id: event.request_id })
      ])
      await run.answer('Good.')
      expect(run.questions).toEqual([])
      await expect(run.answer('Again.', event.request_id)).rejects.toMatchObject({
        code: expect.any(String),
        status: 409
      })
    }
    expect(run.status).toBe('complete')
    expect(run.text()).toBe('A draft.\n\nGood.')
  })

  test.each(['approve', 'reject'] as const)('can %s a tool call that waits for it', async (verb) => {
    const run = await clientHere().start({ team: careful(), task: 'Go.' })
    for await (const event of run)
      if (event.type === 'input_request') {
        expect(run.questions[0]).toMatchObject({ kind: 'approval', call: { name: expect.any(String) } })
        if (verb === 'approve') await run.approve()
        else await run.reject('Too dear.')
      }
    const results = run.messages().filter(({ type }) => type === 'ToolCallExecutionEvent')
    expect(JSON.stringify(results).includes('Too dear.')).toBe(verb === 'reject')
  })

  test('pauses, resumes and stops a run, lists it, and forks it', async () => {
    const client = clientHere(server.url, 'carl')
    const run = await client.start({ team: talkers(500, 20), task: 'Count the kites.' })
    for await (const event of run) if (event.type === 'message' && event.data.source === 'talker') break
    await run.pause()
    expect(run.status).toBe('paused')
    expect(await client.runs({ status: 'paused' })).toEqual([
      expect.objectContaining({ id: run.id, status: 'paused', task: 'Count the kites.' })
    ])
    await run.resume()
    await run.stop('Enough.')
    expect(await run.result()).toMatchObject({ status: 'stopped', stopReason: 'Enough.' })
    const [first] = await run.turns()
    const other = await run.fork({ turn: first!.turn })
    await other.stop()
    expect(other.id).toBeGreaterThan(run.id)
    expect(await run.state({ turn: first!.turn })).toMatchObject({ type: 'TeamState' })
  })

  test('shows the statecharts of the run, its manager and its participants', async () => {
    const run = await clientHere().start({ team: asker(), task: 'Go.' })
    for await (const event of run) if (event.type === 'status' && event.status === 'awaiting_input') break
    const { chart } = run
    await chart.ready
    await expect.poll(() => chart.participants.person?.value).toEqual({ responding: 'awaitingInput' })
    expect(chart.run?.value).toEqual({ running: 'awaitingInput' })
    expect(chart.manager).toMatchObject({ machine: 'groupChat', status: 'active' })
    expect(Object.keys(chart.participants)).toEqual(['writer', 'person'])
    await run.answer('Good.')
    await expect.poll(() => chart.phase).toBe('ended')
    expect(chart.run?.value).toBe('completed')
  })

  test('comes back after a lost connection, without a frame twice or left out', async () => {
    const proxy = await TcpProxy.to(Number(new URL(server.url).port))
    const run = await clientHere(`http://127.0.0.1:${proxy.port}`).start({
      team: talkers(40, 20),
      task: 'Go.'
    })
    const numbers: number[] = []
    for await (const event of run) {
      if ('seq' in event) numbers.push(event.seq)
      if (numbers.length === 5 || numbers.length === 20) proxy.cut()
    }
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    expect(run.status).toBe('complete')
  })

  test('says what is wrong: with the address, the server, the run, the team', async () => {
    expect(() => connect('nowhere')).toThrow(expect.objectContaining({ code: 'bad_url' }))
    const nobody = connect(`http://127.0.0.1:${await freePort()}`, { retryFor: 0 })
    await expect(nobody.start({ team: 'desk', task: 'Go.' })).rejects.toMatchObject({ code: 'unreachable' })
    await expect(nobody.run(1).result()).rejects.toMatchObject({ code: 'unreachable' })
    await expect(clientHere().run(999_999).result()).rejects.toMatchObject({
      code: 'unknown_run',
      status: 4004
    })
    const failed = clientHere(server.url, 'dora')
    await expect(failed.start({ team: 'nothing', task: 'Go.' })).rejects.toBeInstanceOf(ClientError)
    expect(await failed.runs()).toEqual([])
  })

  test('lets a wait be given up, and gives back its connection', async () => {
    const client = clientHere()
    const run = await client.start({ team: asker(), task: 'Go.' })
    const given = new AbortController()
    const waits = run.result({ signal: given.signal })
    given.abort(new Error('enough'))
    await expect(waits).rejects.toThrow('enough')
    expect(run.connection).toBe('closed')
    const loop = all(run)
    const sockets = async () =>
      /^troupe_sockets (\d+)/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]
    await expect.poll(sockets).toBe('1')
    client.close()
    await expect.poll(sockets).toBe('0')
    expect((await loop).every(({ type }) => type !== 'result')).toBe(true)
    await run.stop()
  })
})
