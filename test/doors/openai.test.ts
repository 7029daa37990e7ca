import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doorServer, duo, editors, named, saidIn } from '../support/door-server.ts'
import { assistant, person, replayModel, roundRobin, talkers } from '../support/some-teams.ts'

type Messages = OpenAI.ChatCompletionMessageParam[]

let server: Awaited<ReturnType<typeof doorServer>>
let openai: OpenAI
const clientOf = (url: string, apiKey = 'none') => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 2 })

beforeAll(async () => {
  const broken = named('broken', roundRobin([assistant('a', replayModel([]))], 3))
  const slow = named('slow', roundRobin([assistant('a', replayModel(['x'], { delay_ms: 60_000 }))], 3))
  const twins = [named('twin', talkers(1)), named('Twin', talkers(1))]
  const labelled = { ...talkers(1), label: 'My Team (2)' }
  server = await doorServer([duo(), editors(), broken, slow, ...twins, labelled])
  openai = clientOf(server.url)
})
afterAll(() => server?.close())

const user = (content: string) => ({ role: 'user' as const, content })

/** What a streamed chat completion comes to. */
async function streamed(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  return { chunks, text, finish: chunks.map(({ choices }) => choices[0]?.finish_reason).find(Boolean) }
}

describe('models', () => {
  test('are the teams, by slug where it is unique and by id where it is not', async () => {
    const models = (await openai.models.list()).data
    const [, , , , twin, other] = server.ids
    const ids = models.map(({ id }) => id)
    expect(ids).toEqual(['duo', 'editors', 'broken', 'slow', String(twin), String(other), 'my-team-2'])
    expect(await openai.models.retrieve('my-team-2')).toMatchObject({ id: 'my-team-2', object: 'model' })
    expect(await openai.models.retrieve(String(server.ids[0]))).toMatchObject({ id: 'duo' })
  })
  test('that are not there are refused with the names of those that are', async () => {
    const refused = openai.models.retrieve('nobody')
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'unknown_model' })
    await expect(refused).rejects.toThrow(/"nobody".*"duo", "editors"/)
    await expect(openai.models.retrieve('twin')).rejects.toThrow(/by id, \d+ or \d+/)
  })
})

describe('a chat completion', () => {
  test('is what the team says, each message begun by its speaker', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: 'duo', messages: [user('Go.')] })
      .withResponse()
    expect(data.choices[0]).toMatchObject({
      message: { role: 'assistant', content: 'ann: A first line.\n\nbob: A second one.' },
      finish_reason: 'length'
    })
    expect(data.usage?.total_tokens).toBeGreaterThan(5)
    expect(data.usage?.total_tokens).toBe(data.usage!.prompt_tokens + data.usage!.completion_tokens)
    const run = response.headers.get('x-troupe-run')!
    expect(await saidIn(server.rest, run)).toEqual([
      ['user', 'Go.'],
      ['ann', 'A first line.'],
      ['bob', 'A second one.']
    ])
  })
  test('names no speakers, or gives the last message only, where that is asked for', async () => {
    const ask = async (speakers: string) => {
      const headers = { 'x-troupe-speakers': speakers }
      const answer = await openai.chat.completions.create(
        { model: 'duo', messages: [user('Go.')] },
        { headers }
      )
      return answer.choices[0]!.message.content
    }
    expect(await ask('off')).toBe('A first line.\n\nA second one.')
    expect(await ask('final')).toBe('A second one.')
    const query = { speakers: 'final' }
    const stream = await openai.chat.completions.create(
      { model: 'duo', messages: [user('Go.')], stream: true },
      { query }
    )
    expect((await streamed(stream)).text).toBe('A second one.')
  })
  test('comes as it is written, with its usage at the end where that is asked for', async () => {
    const stream = await openai.chat.completions.create({
      ...{ model: 'duo', messages: [user('Go.')], stream: true, stream_options: { include_usage: true } }
    })
    const { text, chunks, finish } = await streamed(stream as never)
    expect(text).toBe('ann: A first line.\n\nbob: A second one.')
    expect(chunks.length).toBeGreaterThan(8)
    expect(chunks[0]!.choices[0]!.delta.role).toBe('assistant')
    expect(finish).toBe('length')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
  })
  test('takes texts, pictures and files, and fetches nothing', async () => {
    const image =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
    const part = (url: string) => ({ type: 'image_url' as const, image_url: { url } })
    const text = { type: 'text' as const, text: 'What is it?' }
    const ask = (url: string) =>
      openai.chat.completions
        .create({ model: 'duo', messages: [{ role: 'user', content: [text, part(url)] }] })
        .withResponse()
    const { response } = await ask(image)
    const { body } = await server.rest.get(`/runs/${response.headers.get('x-troupe-run')}/messages`)
    expect(body.data[0].config).toMatchObject({
      type: 'MultiModalMessage',
      content: ['What is it?', { data: expect.any(String) }]
    })
    await expect(ask('https://pages.example.com/x.png')).rejects.toMatchObject({
      status: 400,
      code: 'bad_task'
    })
  })
})

describe('a conversation of chat completions', () => {
  const chat = async (messages: Messages, more: object = {}) => {
    const { data, response } = await openai.chat.completions
      .create({ model: 'editors', messages, ...more })
      .withResponse()
    return {
      said: data.choices[0]!.message.content!,
      run: response.headers.get('x-troupe-run'),
      finish: data.choices[0]!.finish_reason
    }
  }
  test('asks the person at the end of an answer, and takes the next message as what the person says', async () => {
    const first = await chat([user('Write.')])
    expect(first).toMatchObject({ said: 'One draft.\n\nEnter your response: ', finish: 'stop' })
    const history: Messages = [user('Write.'), { role: 'assistant', content: first.said }]
    const second = await chat([...history, user('Shorter.')])
    expect(second).toMatchObject({ said: 'Another draft.\n\nEnter your response: ', run: first.run })
    const third = await chat([
      ...history,
      user('Shorter.'),
      { role: 'assistant', content: second.said },
      user('Good.')
    ])
    expect(third).toMatchObject({ run: first.run, finish: 'length' })
    expect(await saidIn(server.rest, first.run!)).toEqual([
      ['user', 'Write.'],
      ['writer', 'One draft.'],
      ['person', 'Shorter.'],
      ['writer', 'Another draft.'],
      ['person', 'Good.']
    ])
  })
  test('of another user, or with another mark, is another one', async () => {
    const first = await chat([user('Write.')], { user: 'a' })
    const next: Messages = [user('Write.'), { role: 'assistant', content: first.said }, user('Mine.')]
    const other = await chat(next, { user: 'b' })
    expect(other.run).not.toBe(first.run)
    expect((await chat(next, { user: 'a' })).run).toBe(first.run)
  })
  test('that is not known is given to the team whole', async () => {
    const { run } = await chat([user('One?'), { role: 'assistant', content: 'Two.' }, user('Three?')])
    expect((await saidIn(server.rest, run!)).slice(0, 3)).toEqual([
      ['user', 'One?'],
      ['assistant', 'Two.'],
      ['user', 'Three?']
    ])
  })
  test('goes on with the state of its team after the run has ended', async () => {
    const ask = (messages: Messages) =>
      openai.chat.completions.create({ model: 'duo', messages }).withResponse()
    const first = await ask([user('Go.')])
    const said = first.data.choices[0]!.message.content!
    const second = await ask([user('Go.'), { role: 'assistant', content: said }, user('More.')])
    const run = Number(second.response.headers.get('x-troupe-run'))
    expect(run).not.toBe(Number(first.response.headers.get('x-troupe-run')))
    expect((await saidIn(server.rest, run))[0]).toEqual(['user', 'More.'])
    const { body } = await server.rest.get(`/runs/${run}/state`)
    expect(JSON.stringify(body.data)).toContain('A first line.')
  })
})

describe('what goes wrong', () => {
  test('in a run is an error that the client does not repeat', async () => {
    const before = (await server.rest.get('/overview/runs?limit=500')).body.data.length
    const failed = openai.chat.completions.create({ model: 'broken', messages: [user('Go.')] })
    await expect(failed).rejects.toThrow(/No more mock responses/)
    expect((await server.rest.get('/overview/runs?limit=500')).body.data).toHaveLength(before + 1)
    const stream = await openai.chat.completions.create({
      model: 'broken',
      messages: [user('Go.')],
      stream: true
    })
    await expect(streamed(stream)).rejects.toThrow(/No more mock responses/)
  })
  test.each([
    ['no messages', { messages: [] }, 'messages'],
    ['two answers', { messages: [user('x')], n: 2 }, 'n'],
    ['a schema', { messages: [user('x')], response_format: { type: 'json_object' } }, 'response_format.type'],
    ['an unknown role', { messages: [{ role: 'nobody', content: 'x' }] }, 'messages.0.role']
  ])('in a request is 400 with the place: %s', async (_, body, param) => {
    const refused = openai.chat.completions.create({ model: 'duo', ...body } as never)
    await expect(refused).rejects.toMatchObject({ status: 400, param, type: 'invalid_request_error' })
  })
  test('of a client that hangs up changes nothing, unless it asks that the run be stopped then', async () => {
    const leave = async (query: Record<string, string>) => {
      const stream = await openai.chat.completions
        .create({ model: 'slow', messages: [user('Go.')], stream: true }, { query })
        .withResponse()
      stream.data.controller.abort()
      return Number(stream.response.headers.get('x-troupe-run'))
    }
    const [goesOn, stops] = [await leave({}), await leave({ on_disconnect: 'stop' })]
    const statusOf = async (run: number) => (await server.rest.get(`/runs/${run}`)).body.data.status
    await expect.poll(() => statusOf(stops), { timeout: 10_000 }).toBe('stopped')
    expect(await statusOf(goesOn)).toBe('active')
    await server.rest.post(`/runs/${goesOn}/stop`, {})
  })
})

describe('a response', () => {
  const create = (body: object) =>
    openai.responses.create({ model: 'editors', ...body } as never) as Promise<OpenAI.Responses.Response>

  test('is gone on from by its id, and can be read again', async () => {
    const first = await create({ input: 'Write.', metadata: { a: 'b' } })
    expect(first).toMatchObject({
      status: 'completed',
      output_text: 'One draft.\n\nEnter your response: ',
      metadata: { a: 'b' }
    })
    const second = await create({ input: 'Shorter.', previous_response_id: first.id })
    expect(second.output_text).toContain('Another draft.')
    expect(second.previous_response_id).toBe(first.id)
    expect(await openai.responses.retrieve(first.id)).toMatchObject({
      output_text: first.output_text,
      metadata: { a: 'b' }
    })
    expect(await openai.responses.retrieve(second.id)).toMatchObject({ output_text: second.output_text })
    await expect(create({ input: 'Again.', previous_response_id: first.id })).rejects.toMatchObject({
      status: 400,
      code: 'input_already_answered'
    })
  })
  test('is found by its conversation', async () => {
    const conversation = 'conv_1'
    const first = await create({ input: 'Write.', conversation })
    expect(first.conversation).toEqual({ id: conversation })
    expect((await create({ input: 'Shorter.', conversation })).output_text).toContain('Another draft.')
  })
  test('comes as it is written, and again from where a client stood', async () => {
    const stream = openai.responses.stream({ model: 'duo', input: 'Go.' })
    const events: OpenAI.Responses.ResponseStreamEvent[] = []
    for await (const event of stream) events.push(event as never)
    const final = await stream.finalResponse()
    expect(final.output_text).toBe('ann: A first line.\n\nbob: A second one.')
    const numbers = events.map(({ sequence_number }) => sequence_number)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    const deltas = events.filter(({ type }) => type === 'response.output_text.delta')
    expect(deltas.length).toBeGreaterThan(5)
    for (const { sequence_number: starting_after } of events.slice(0, -1)) {
      const again = await openai.responses.retrieve(final.id, { stream: true, starting_after })
      const rest: typeof events = []
      for await (const event of again) rest.push(event)
      const textOf = (some: typeof events) =>
        some.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')
      expect(textOf(rest)).toBe(textOf(events.filter((event) => event.sequence_number > starting_after)))
      expect(rest.at(-1)!.type).toBe(events.at(-1)!.type)
    }
  })
  test('in the background is cancelled', async () => {
    const begun = await openai.responses.create({ model: 'slow', input: 'Go.', background: true })
    expect(begun.status).toBe('in_progress')
    expect((await openai.responses.cancel(begun.id)).status).toBe('cancelled')
    expect((await openai.responses.retrieve(begun.id)).status).toBe('cancelled')
  })
  test('that is not there is 404', async () => {
    for (const id of ['resp_999_0', 'resp_x', 'x']) {
      await expect(openai.responses.retrieve(id)).rejects.toMatchObject({ status: 404, code: 'unknown_run' })
    }
  })
})

test('a question asked through one door is answered through another, and its client reads on', async () => {
  const team = roundRobin([assistant('writer', replayModel(['D.'])), person('p')], 3)
  const { body } = await server.rest.post('/teams/', {
    user_id: 'guestuser@gmail.com',
    component: named('one-draft', team)
  })
  expect(body.data.id).toBeGreaterThan(0)
  const first = await openai.responses.create({ model: 'one-draft', input: 'Go.' }).withResponse()
  const run = first.response.headers.get('x-troupe-run')
  await server.rest.post(`/runs/${run}/input`, { response: 'Fine.' })
  await expect.poll(async () => (await server.rest.get(`/runs/${run}`)).body.data.status).toBe('complete')
  expect((await openai.responses.retrieve(first.data.id)).output_text).toBe('D.\n\nEnter your response: ')
})
