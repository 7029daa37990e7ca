import { AbstractChat, type ChatInit, type ChatState, DefaultChatTransport, type UIMessage } from 'ai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { careful } from '../support/careful-team.ts'
import { databaseIn } from '../support/database.ts'
import { authenticatedDoorServer, doorServer, duo, editors, named, saidIn } from '../support/door-server.ts'
import { temporary } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin } from '../support/some-teams.ts'

let server: Awaited<ReturnType<typeof doorServer>>

beforeAll(async () => {
  const broken = named('broken', roundRobin([assistant('a', replayModel([]))], 3))
  const slow = named('slow', roundRobin([assistant('a', replayModel(['a b c'], { delay_ms: 700 }), true)], 2))
  const stuck = named('stuck', roundRobin([assistant('a', replayModel(['x'], { delay_ms: 60_000 }))], 3))
  server = await doorServer([duo('duo', 2), editors(), broken, slow, stuck, named('careful', careful())])
})
afterAll(() => server?.close())

type Data = Record<string, unknown> & { id: number; name: string; prompt: string }
/** A call of a tool as a message shows it. */
type Call = { state: string; approval: { id: string }; errorText: string }

let made = 0
const newId = () => `chat-${++made}`

/** A page's chat without the page: what `useChat` makes of the same class, with plain fields instead of React's state. */
class Chat extends AbstractChat<UIMessage> {
  constructor({ messages = [], ...init }: ChatInit<UIMessage>) {
    const state: ChatState<UIMessage> = {
      ...{ status: 'ready', error: undefined, messages },
      pushMessage(message) {
        state.messages = [...state.messages, message]
      },
      popMessage() {
        state.messages = state.messages.slice(0, -1)
      },
      replaceMessage(at, message) {
        state.messages = state.messages.with(at, structuredClone(message))
      },
      snapshot: structuredClone
    }
    super({ ...init, state })
  }
}

/** A chat with a team. */
function chatWith(team: string, id = newId(), query = '', messages: UIMessage[] = [], url = server.url) {
  const errors: Error[] = []
  const transport = new DefaultChatTransport<UIMessage>({ api: `${url}/ai-sdk/${team}${query}` })
  const chat = new Chat({ id, transport, messages, onError: (error) => errors.push(error) })
  return Object.assign(chat, { errors })
}

const textIn = ({ parts }: UIMessage) => parts.flatMap((part) => (part.type === 'text' ? part.text : []))
const dataIn = ({ parts }: UIMessage, name: string) =>
  parts.flatMap((part) => (part.type === `data-${name}` ? [(part as { data: Data }).data] : []))
const lastOf = (chat: Chat) => chat.messages.at(-1)!
const runOf = (message: UIMessage): number => dataIn(message, 'run')[0]!.id
const statusOf = async (run: number) => (await server.rest.get(`/runs/${run}`)).body.data.status

async function until(holds: () => boolean | Promise<boolean>) {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('a message of a chat', () => {
  test('is what the team says, with its run, its speakers and where its actors are', async () => {
    const chat = chatWith('duo')
    await chat.sendMessage({ text: 'Go.' })
    expect(chat.errors).toEqual([])
    const answer = lastOf(chat)
    expect(textIn(answer)).toEqual(['A first line.', 'A second one.'])
    expect(dataIn(answer, 'speaker').map(({ name }) => name)).toEqual(['ann', 'bob'])
    const run = runOf(answer)
    expect(dataIn(answer, 'state')[0]).toMatchObject({ run, actors: { [run]: { machine: 'run' } } })
    expect(answer.metadata).toMatchObject({ run, usage: { prompt_tokens: expect.any(Number) } })
    expect(await saidIn(server.rest, run)).toEqual([
      ['user', 'Go.'],
      ['ann', 'A first line.'],
      ['bob', 'A second one.']
    ])
  })
  test('that follows goes on with what the team knows, in the same session', async () => {
    const chat = chatWith('duo')
    await chat.sendMessage({ text: 'Go.' })
    await chat.sendMessage({ text: 'Again.' })
    const [first, second] = [chat.messages[1]!, chat.messages[3]!].map(runOf)
    expect(second).not.toBe(first)
    const rows = await Promise.all([first, second].map((run) => server.rest.get(`/runs/${run}`)))
    expect(rows[0]!.body.data.session_id).toBe(rows[1]!.body.data.session_id)
    const { body } = await server.rest.get(`/runs/${second}/state`)
    expect(JSON.stringify(body.data)).toContain('"Go."')
  })
  test('of a run that fails is an error with its code', async () => {
    const chat = chatWith('broken')
    await chat.sendMessage({ text: 'Go.' })
    expect(chat.status).toBe('error')
    expect(dataIn(lastOf(chat), 'error')[0]).toMatchObject({
      code: expect.any(String),
      run: expect.any(Number)
    })
  })
  test('can be asked for anew', async () => {
    const chat = chatWith('duo')
    await chat.sendMessage({ text: 'Go.' })
    const first = runOf(lastOf(chat))
    await chat.regenerate()
    expect(chat.messages).toHaveLength(2)
    expect(runOf(lastOf(chat))).toBeGreaterThan(first)
  })
  test('may carry files, and no addresses', async () => {
    const chat = chatWith('duo')
    const file = (url: string) => ({ type: 'file' as const, mediaType: 'text/plain', filename: 'a.txt', url })
    await chat.sendMessage({ text: 'Read.', files: [file('data:text/plain;base64,SGVsbG8=')] })
    const said = await saidIn(server.rest, runOf(lastOf(chat)))
    expect(
      said
        .slice(0, 2)
        .map(([, text]) => text)
        .join()
    ).toContain('Hello')
    await chatWith('duo').sendMessage({ files: [file('https://pages.example.com/a.txt')] })
    const other = chatWith('duo')
    await other.sendMessage({ files: [file('https://pages.example.com/a.txt')] })
    expect(JSON.parse(other.error!.message)).toMatchObject({ code: 'bad_task' })
  })
})

describe('a question', () => {
  test('ends a message, and the next one answers it', async () => {
    const chat = chatWith('editors')
    await chat.sendMessage({ text: 'Write.' })
    const question = dataIn(lastOf(chat), 'question')[0]!
    expect(question).toMatchObject({ request_id: expect.any(String), source: expect.any(String) })
    expect(textIn(lastOf(chat))).toEqual(['One draft.', question.prompt])
    const run = runOf(lastOf(chat))
    await chat.sendMessage({ text: 'Shorter.' })
    expect(textIn(lastOf(chat))[0]).toBe('Another draft.')
    expect(runOf(lastOf(chat))).toBe(run)
    await chat.sendMessage({ text: 'Good.' })
    expect(await statusOf(run)).toBe('complete')
    expect(chat.messages).toHaveLength(6)
  })
  test('that was answered natively is answered: the chat goes on with what came of it', async () => {
    const chat = chatWith('editors')
    await chat.sendMessage({ text: 'Write.' })
    const run = runOf(lastOf(chat))
    await server.rest.post(`/runs/${run}/input`, { response: 'Shorter.' })
    await until(async () => (await statusOf(run)) === 'awaiting_input')
    await chat.sendMessage({ text: 'Good.' })
    expect(chat.errors).toEqual([])
    expect(await saidIn(server.rest, run)).toEqual([
      ['user', 'Write.'],
      ['writer', 'One draft.'],
      [expect.any(String), 'Shorter.'],
      ['writer', 'Another draft.'],
      [expect.any(String), 'Good.']
    ])
  })
})

describe('a chat after a restart of the server', () => {
  test('goes on: its question is still open, and the next message answers it', async () => {
    const { folder, remove } = await temporary()
    const options = { database: await databaseIn(folder) }
    const before = await doorServer([editors()], options)
    const first = chatWith('editors', newId(), '', [], before.url)
    await first.sendMessage({ text: 'Write.' })
    const run = runOf(lastOf(first))
    await before.close()
    const after = await doorServer([], options)
    try {
      const back = chatWith('editors', first.id, '', first.messages, after.url)
      await back.resumeStream()
      await back.sendMessage({ text: 'Shorter.' })
      expect(back.errors).toEqual([])
      expect(textIn(lastOf(back))[0]).toBe('Another draft.')
      expect(runOf(lastOf(back))).toBe(run)
    } finally {
      await after.close()
      await remove()
    }
  })
})

describe('a call of a tool', () => {
  test('waits for its approval, and its result becomes part of the same message', async () => {
    const chat = chatWith('careful')
    await chat.sendMessage({ text: 'Go.' })
    const call = () => lastOf(chat).parts.find(({ type }) => type === 'dynamic-tool') as Call
    expect(call()).toMatchObject({
      toolName: 'helper',
      state: 'approval-requested',
      input: { task: 'Help.' }
    })
    await chat.addToolApprovalResponse({ id: call().approval.id, approved: true })
    await chat.sendMessage()
    expect(chat.errors).toEqual([])
    expect(chat.messages).toHaveLength(2)
    expect(call()).toMatchObject({ state: 'output-available', output: expect.stringContaining('Helped.') })
    expect(await statusOf(runOf(lastOf(chat)))).toBe('complete')
  })
  test('that is denied is not made, and the team learns why', async () => {
    const chat = chatWith('careful')
    await chat.sendMessage({ text: 'Go.' })
    const call = () => lastOf(chat).parts.find(({ type }) => type === 'dynamic-tool') as Call
    await chat.addToolApprovalResponse({ id: call().approval.id, approved: false, reason: 'Too dear.' })
    await chat.sendMessage()
    expect(chat.errors).toEqual([])
    expect(call().state).toBe('output-error')
    expect(call().errorText).toContain('Too dear.')
  })
})

describe('a client that leaves', () => {
  test('changes nothing, and gets the whole message again under the same id when it comes back', async () => {
    const chat = chatWith('slow')
    const sent = chat.sendMessage({ text: 'Go.' })
    await until(() => chat.messages.length === 2 && dataIn(lastOf(chat), 'run').length === 1)
    const { id } = lastOf(chat)
    await chat.stop()
    await sent
    const back = chatWith('slow', chat.id, '', chat.messages)
    await back.resumeStream()
    expect(back.errors).toEqual([])
    expect(lastOf(back).id).toBe(id)
    expect(back.messages).toHaveLength(2)
    expect(textIn(lastOf(back))).toEqual(['a b c'])
  })
  test('finds nothing to come back to where nothing runs or a person is awaited', async () => {
    const chat = chatWith('editors')
    await chat.resumeStream()
    expect(chat.messages).toEqual([])
    await chat.sendMessage({ text: 'Write.' })
    const answer = await fetch(`${server.url}/ai-sdk/editors/${chat.id}/stream`)
    expect(answer.status).toBe(204)
  })
  test('stops the run where it says so', async () => {
    const chat = chatWith('stuck', newId(), '?on_disconnect=stop')
    const sent = chat.sendMessage({ text: 'Go.' })
    await until(() => chat.messages.length === 2 && dataIn(lastOf(chat), 'run').length === 1)
    const run = runOf(lastOf(chat))
    await chat.stop()
    await sent
    await until(async () => (await statusOf(run)) === 'stopped')
  })
})

describe('a refusal', () => {
  test('says why, with its code', async () => {
    const chat = chatWith('nobody')
    await chat.sendMessage({ text: 'Go.' })
    expect(JSON.parse(chat.error!.message)).toMatchObject({ code: 'unknown_model', error: /"duo"/ })
  })
  test("meets a caller without a token, and users do not reach each other's chats", async () => {
    const closed = await authenticatedDoorServer()
    try {
      const { alice, tokens } = closed
      const { body } = await alice.post('/teams/', { user_id: 'alice', component: duo() })
      await alice.put(`/teams/${body.data.id}`, { ...body.data, published: true })
      const send = (token: string | undefined, text: string) =>
        fetch(`${closed.url}/ai-sdk/${body.data.id}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
          body: JSON.stringify({
            id: 'same',
            messages: [{ id: 'm', role: 'user', parts: [{ type: 'text', text }] }]
          })
        })
      expect((await send(undefined, 'Go.')).status).toBe(401)
      const runs = []
      for (const token of [tokens.alice, tokens.bob]) {
        const answer = await send(token, 'Go.')
        expect(answer.status).toBe(200)
        expect(await answer.text()).toContain('"second "')
        runs.push(answer.headers.get('x-troupe-run'))
      }
      expect(new Set(runs).size).toBe(2)
    } finally {
      await closed.close()
    }
  })
  test('of a second message that comes while the first is answered begins no second run', async () => {
    const chat = chatWith('stuck')
    void chat.sendMessage({ text: 'Go.' })
    await until(() => chat.messages.length === 2)
    const other = chatWith('stuck', chat.id)
    await other.sendMessage({ text: 'Go on.' })
    expect(JSON.parse(other.error!.message)).toMatchObject({ code: 'still_running' })
    await server.rest.post(`/runs/${runOf(lastOf(chat))}/stop`, {})
  })
})
