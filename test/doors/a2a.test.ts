import { Role, type StreamResponse, TaskState } from '@a2a-js/sdk'
import { type Client, ClientFactory } from '@a2a-js/sdk/client'
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

const clientOf = (team: string, url = server.url): Promise<Client> =>
  new ClientFactory().createFromUrl(`${url}/a2a/${team}/.well-known/agent-card.json`, '')

let made = 0
type Said = string | { approved: boolean; reason?: string }

/** A message of a person: a text, or a decision as data. */
const message = (said: Said, where: { taskId?: string; contextId?: string } = {}) => ({
  ...{ tenant: '', configuration: undefined, metadata: undefined },
  message: {
    ...{ messageId: `m-${++made}`, role: Role.ROLE_USER, taskId: '', contextId: '', ...where },
    parts: [
      {
        ...{ metadata: undefined, filename: '', mediaType: '' },
        content:
          typeof said === 'string'
            ? ({ $case: 'text', value: said } as const)
            : ({ $case: 'data', value: said } as const)
      }
    ],
    ...{ metadata: undefined, extensions: [], referenceTaskIds: [] }
  }
})

/** Sends a message and gives the task that it has led to. */
async function send(client: Client, said: Said, where?: { taskId?: string; contextId?: string }) {
  const answer = await client.sendMessage(message(said, where))
  if (!('status' in answer)) throw new Error('no task')
  return answer
}
const textOf = (parts: readonly { content?: { $case: string; value: unknown } }[] = []) =>
  parts.map(({ content }) => content?.value).join('')
const stateOf = (task: { status?: { state: TaskState } }) => task.status?.state

describe('a task', () => {
  test('is a run: what the team says is its history, and the last message its result', async () => {
    const client = await clientOf('duo')
    const task = await send(client, 'Go.')
    expect(stateOf(task)).toBe(TaskState.TASK_STATE_COMPLETED)
    expect(textOf(task.artifacts[0]!.parts)).toBe('A second one.')
    expect(task.history.map(({ parts }) => textOf(parts))).toEqual(['A first line.', 'A second one.'])
    expect(task.metadata).toMatchObject({ troupe: { run: Number(task.id) } })
    expect((await saidIn(server.rest, task.id)).map(([, text]) => text)).toEqual([
      ...['Go.', 'A first line.', 'A second one.']
    ])
    const again = await client.getTask({ tenant: '', id: task.id, historyLength: 1 })
    expect(again.history.map(({ parts }) => textOf(parts))).toEqual(['A second one.'])
  })

  test('is streamed: first the task, then chunks and messages, the result and the last state', async () => {
    const client = await clientOf('duo')
    const events: StreamResponse[] = []
    for await (const event of client.sendMessageStream(message('Go.'))) events.push(event)
    const kinds = events.map(({ payload }) => payload?.$case)
    expect(kinds[0]).toBe('task')
    const updates = events.flatMap(({ payload }) =>
      payload?.$case === 'statusUpdate' ? [payload.value] : []
    )
    expect(updates.map((update) => textOf(update.status?.message?.parts))).toEqual([
      ...['A first line.', 'A second one.', '']
    ])
    expect(stateOf(updates.at(-1)!)).toBe(TaskState.TASK_STATE_COMPLETED)
    const chunks = events.flatMap(({ payload }) =>
      payload?.$case === 'artifactUpdate' ? [payload.value] : []
    )
    expect(textOf(chunks.at(-1)!.artifact?.parts)).toBe('A second one.')
    expect(chunks.filter(({ append }) => append).length).toBeGreaterThan(0)
  })

  test('asks its person, whose message answers it; ended, it takes no more', async () => {
    const client = await clientOf('editors')
    const asked = await send(client, 'Write.')
    expect(stateOf(asked)).toBe(TaskState.TASK_STATE_INPUT_REQUIRED)
    const where = { taskId: asked.id, contextId: asked.contextId }
    const again = await send(client, 'Shorter.', where)
    expect(stateOf(again)).toBe(TaskState.TASK_STATE_INPUT_REQUIRED)
    const done = await send(client, 'Good.', where)
    expect(stateOf(done)).toBe(TaskState.TASK_STATE_COMPLETED)
    expect((await saidIn(server.rest, asked.id)).map(([, text]) => text)).toEqual([
      ...['Write.', 'One draft.', 'Shorter.', 'Another draft.', 'Good.']
    ])
    await expect(send(client, 'More.', where)).rejects.toThrow('has ended')
    await expect(async () => {
      for await (const _ of client.resubscribeTask({ tenant: '', id: asked.id }));
    }).rejects.toThrow('has ended')
  })

  test.each([
    [{ approved: true }, true],
    [{ approved: false, reason: 'Too dear.' }, false]
  ])('has a call of a tool decided by data: %j', async (decision, isMade) => {
    const client = await clientOf('careful')
    const asked = await send(client, 'Go.')
    expect(stateOf(asked)).toBe(TaskState.TASK_STATE_INPUT_REQUIRED)
    const done = await send(client, decision, { taskId: asked.id })
    expect(stateOf(done)).toBe(TaskState.TASK_STATE_COMPLETED)
    const { body } = await server.rest.get(`/runs/${done.id}/messages`)
    expect(JSON.stringify(body).includes('Helped.')).toBe(isMade)
  })

  test('of the same context goes on in the same session', async () => {
    const client = await clientOf('duo')
    const first = await send(client, 'Go.')
    const second = await send(client, 'Again.', { contextId: first.contextId })
    expect(second.contextId).toBe(first.contextId)
    expect(second.id).not.toBe(first.id)
    const { tasks } = await client.listTasks({
      ...{ tenant: '', contextId: first.contextId, status: 0, pageToken: '', pageSize: 10 },
      ...{ historyLength: undefined, statusTimestampAfter: undefined, includeArtifacts: undefined }
    })
    expect(tasks.map(({ id }) => id)).toEqual([second.id, first.id])
    const list = async (params: object) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ListTasks', params })
      const answer = await fetch(`${server.url}/a2a/duo`, { method: 'POST', body })
      return ((await answer.json()) as { result: { tasks: { id: string; artifacts?: unknown }[] } }).result
        .tasks
    }
    const { contextId } = first
    expect(await list({ contextId, status: 'TASK_STATE_FAILED' })).toEqual([])
    expect(await list({ contextId, status: 'TASK_STATE_COMPLETED' })).toHaveLength(2)
    expect((await list({ contextId }))[0]!.artifacts).toBeUndefined()
    expect((await list({ contextId, includeArtifacts: true }))[0]!.artifacts).toHaveLength(1)
    expect(await list({ pageSize: 1, pageToken: second.id })).toMatchObject([{ id: first.id }])
    await expect(send(client, 'x', { contextId: 'unknown' })).rejects.toThrow('unknown')
  })

  test('is cancelled once, and a failed one says why', async () => {
    const client = await clientOf('stuck')
    const events = client.sendMessageStream(message('Go.'))
    const { value } = await events.next()
    const { id } = (value as StreamResponse & { payload: { value: { id: string } } }).payload.value
    const cancelled = await client.cancelTask({ tenant: '', id, metadata: undefined })
    expect(stateOf(cancelled)).toBe(TaskState.TASK_STATE_CANCELED)
    await expect(client.cancelTask({ tenant: '', id, metadata: undefined })).rejects.toThrow('has ended')
    await expect(client.getTask({ tenant: '', id: '999999', historyLength: 0 })).rejects.toThrow('999999')
    const failed = await send(await clientOf('broken'), 'Go.')
    expect(stateOf(failed)).toBe(TaskState.TASK_STATE_FAILED)
    expect(textOf(failed.status?.message?.parts)).not.toBe('')
  })
})

test('errors are those of JSON-RPC and A2A, each with its reason', async () => {
  const post = async (body: string, headers = {}) => {
    const answer = await fetch(`${server.url}/a2a/duo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body
    })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  const rpc = (method: string, params: object = {}) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  expect(await post('{')).toMatchObject({ body: { error: { code: -32700 } } })
  expect(await post('{}')).toMatchObject({ body: { error: { code: -32600 } } })
  expect(await post(rpc('Nothing'))).toMatchObject({ body: { id: 1, error: { code: -32601 } } })
  expect(await post(rpc('SendMessage'))).toMatchObject({ body: { error: { code: -32602 } } })
  expect(await post(rpc('GetTask', { id: 'x' }))).toMatchObject({
    body: { error: { code: -32001, data: [{ reason: 'TASK_NOT_FOUND' }] } }
  })
  expect(await post(rpc('GetTask', { id: 'x' }), { 'a2a-version': '0.3' })).toMatchObject({
    body: { error: { code: -32009 } }
  })
  expect(await post(rpc('CreateTaskPushNotificationConfig'))).toMatchObject({
    body: { error: { code: -32003 } }
  })
})

test('the card at the root is that of the default team, else of the only published one, else 404 with the list', async () => {
  const card = `${server.url}/.well-known/agent-card.json`
  const none = await fetch(card)
  expect(none.status).toBe(404)
  expect(((await none.json()) as { agents: unknown[] }).agents).toHaveLength(5)
  await server.rest.put(`/teams/${server.ids[0]}`, { published: true })
  const shown = async () => (await (await fetch(card)).json()) as { name: string }
  expect(await shown()).toMatchObject({
    name: 'duo',
    supportedInterfaces: [{ protocolBinding: 'JSONRPC', protocolVersion: '1.0' }]
  })
  await server.rest.put(`/teams/${server.ids[1]}`, { default: true })
  expect((await shown()).name).toBe('editors')
})

test('a task of another user is not found, and a stranger gets 401', async () => {
  const locked = await authenticatedDoorServer()
  const { body } = await locked.alice.post('/teams/', { user_id: 'alice', component: duo('mine') })
  await locked.alice.put(`/teams/${body.data.id}`, { published: true })
  const post = (method: string, params: object, token?: string) =>
    fetch(`${locked.url}/a2a/mine`, {
      method: 'POST',
      headers: token ? { authorization: `Bearer ${token}` } : {},
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    })
  expect((await post('ListTasks', {})).status).toBe(401)
  const sent = { message: { messageId: '1', role: 'ROLE_USER', parts: [{ text: 'Go.' }] } }
  const answer = await post('SendMessage', sent, locked.tokens.bob)
  const { id } = ((await answer.json()) as { result: { task: { id: string } } }).result.task
  expect(await (await post('GetTask', { id }, locked.tokens.alice)).json()).toMatchObject({
    error: { code: -32001 }
  })
  await locked.close()
})

test('a question of a task outlasts a restart of the server', async () => {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  const first = await doorServer([editors()], { database })
  const asked = await send(await clientOf('editors', first.url), 'Write.')
  await first.close()
  const second = await doorServer([], { database })
  const again = await send(await clientOf('editors', second.url), 'Shorter.', { taskId: asked.id })
  expect(again.history.map(({ parts }) => textOf(parts))).toEqual(['One draft.', 'Another draft.'])
  await second.close()
  await remove()
})
