import { describe, expect, test } from 'vitest'
import { make } from '../../src/machines/component/component.ts'
import type { ModelMessage } from '../../src/machines/messages/index.ts'
import { AnthropicConfig, anthropic } from '../../src/runtime/models/anthropic/anthropic.ts'
import { begins, block, fails, says, streams, text } from '../support/anthropic-server.ts'
import { cuts, hangs, scriptedServer } from '../support/scripted-server.ts'
import { add, ask, callOf, failure, KEY, user } from './model-call.ts'

const claude = (url: string, config: object = {}) =>
  make(
    anthropic,
    AnthropicConfig.parse({ model: 'claude-sonnet-4-20250514', api_key: KEY, base_url: url, ...config })
  )

const thinking = { type: 'thinking', thinking: 'Hm.', signature: 's' }
const use = { type: 'tool_use', id: 'c1', name: 'add', input: { a: 1 } }
const called: ModelMessage[] = [
  user('Go.'),
  {
    type: 'AssistantMessage',
    source: 'a',
    thought: 'hm',
    content: [{ id: 'c1', name: 'add', arguments: '{"a": 1}' }]
  },
  { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c1', name: 'add', content: '2' }] }
]

describe('an Anthropic model', () => {
  test('gives the text, the usage and the reason of the end', async () => {
    await using server = await scriptedServer(says('Hello.'))
    const { call, records } = callOf()
    expect(await ask(claude(server.url), {}, call)).toEqual({
      finish_reason: 'stop',
      content: 'Hello.',
      usage: { prompt_tokens: 11, completion_tokens: 7 },
      cached: false,
      thought: null
    })
    expect(server.asked[0]).toMatchObject({
      path: '/v1/messages',
      headers: { 'x-api-key': KEY, 'idempotency-key': 'run:1:1' },
      body: { max_tokens: 4096, messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }] }
    })
    expect(records).toMatchObject([
      { prompt_tokens: 11, response: { choices: [{ message: { content: 'Hello.' } }] } }
    ])
    expect(JSON.stringify(records)).not.toContain(KEY)
  })

  test('finds its service where the address ends with a version too', async () => {
    await using server = await scriptedServer(says('ok'))
    await ask(claude(`${server.url}/v1/`))
    expect(server.asked[0]?.path).toBe('/v1/messages')
  })

  test('streams the text, and its reasoning is the thought', async () => {
    const reasoning = block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'H' },
      { type: 'thinking_delta', thinking: 'm.' },
      { type: 'signature_delta', signature: 's' }
    )
    await using server = await scriptedServer(streams([...reasoning, ...text(1, 'Hel', 'lo')]))
    const { call, chunks } = callOf()
    const result = await ask(claude(server.url), { stream: true }, call)
    expect(chunks).toEqual(['<think>H', 'm.', '</think>', 'Hel', 'lo'])
    expect(result).toMatchObject({
      content: 'Hello',
      thought: 'Hm.',
      finish_reason: 'stop',
      usage: { prompt_tokens: 11, completion_tokens: 7 }
    })
  })

  test('calls tools; what it thought is the thought, else the text beside the calls', async () => {
    const beside = { type: 'text', text: 'need sum' }
    await using server = await scriptedServer(
      says([thinking, beside, use], 'tool_use'),
      says([beside, use], 'tool_use')
    )
    const content = [{ id: 'c1', name: 'add', arguments: '{"a":1}' }]
    const model = claude(server.url)
    expect(await ask(model, { tools: [add] })).toMatchObject({ content, thought: 'Hm.' })
    expect(await ask(model, { tools: [add] })).toMatchObject({
      content,
      thought: 'need sum',
      finish_reason: 'function_calls'
    })
    expect(server.asked[0]?.body).toMatchObject({
      tools: [{ name: 'add', description: 'Adds.', input_schema: add.parameters }],
      tool_choice: { type: 'auto' }
    })
  })

  test('puts streamed tool calls together', async () => {
    const piece = (partial_json: string) => ({ type: 'input_json_delta', partial_json })
    const events = block(0, { ...use, input: {} }, piece('{"a"'), piece(': 1}'))
    await using server = await scriptedServer(streams(events, 'tool_use'))
    const { content } = await ask(claude(server.url), { tools: [add], stream: true })
    expect(content).toEqual([{ id: 'c1', name: 'add', arguments: '{"a": 1}' }])
  })

  test('is told what its tools came to, and forbidden to call them again where none are offered', async () => {
    await using server = await scriptedServer(says('2'))
    await ask(claude(server.url), { messages: called })
    const { messages, tools, tool_choice } = server.asked[0]!.body
    expect(messages).toMatchObject([
      { role: 'user', content: [{ type: 'text', text: 'Go.' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'hm' },
          { type: 'tool_use', id: 'c1', name: 'add', input: { a: 1 } }
        ]
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: '2' }] }
    ])
    expect(tools).toMatchObject([{ name: 'add' }])
    expect(tool_choice).toEqual({ type: 'none' })
  })

  test('takes arguments that are no JSON, texts without words and system messages anywhere', async () => {
    await using server = await scriptedServer(says('ok'))
    const broken = { id: 'c1', name: 'add', arguments: '{bad' }
    await ask(claude(server.url), {
      messages: [
        { type: 'SystemMessage', content: 'One.' },
        user(' '),
        { type: 'AssistantMessage', source: 'a', thought: null, content: [broken] },
        called[2]!,
        { type: 'SystemMessage', content: 'Two.' }
      ]
    })
    const { system, messages } = server.asked[0]!.body
    expect(system).toMatchObject([{ text: 'One.\nTwo.' }])
    expect(messages[0].content[0].text.trim()).not.toBe('')
    expect(messages[1].content[0].input).toEqual({ text: '{bad' })
  })

  test('is shown pictures', async () => {
    await using server = await scriptedServer(says('ok'))
    const look: ModelMessage = { type: 'UserMessage', source: 'u', content: ['look', { data: '/9j/4AAQ' }] }
    await ask(claude(server.url), { messages: [look] })
    const source = { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQ' }
    expect(server.asked[0]?.body.messages[0].content[1]).toMatchObject({ type: 'image', source })
  })

  test('answers in a shape, by a tool that holds it or by its own means', async () => {
    const json = { title: 'Answer', type: 'object', properties: { a: { type: 'number' } } }
    await using server = await scriptedServer(
      says([{ type: 'tool_use', id: 'c1', name: 'json', input: { a: 1 } }], 'tool_use'),
      says('{"a":1}')
    )
    expect(await ask(claude(server.url), { json })).toMatchObject({
      content: '{"a":1}',
      finish_reason: 'stop'
    })
    const newer = claude(server.url, { model: 'claude-sonnet-4-5-20250929' })
    expect((await ask(newer, { json })).content).toBe('{"a":1}')
    expect(server.asked[1]?.body.output_config.format).toMatchObject({ type: 'json_schema' })
  })

  test('sends the settings of its config', async () => {
    await using server = await scriptedServer(says('ok'))
    const settings = { max_tokens: 100, top_k: 5, temperature: 0.5, stop_sequences: ['END'] }
    await ask(
      claude(server.url, { ...settings, metadata: { user_id: 'u' }, default_headers: { 'x-team': 'a' } })
    )
    expect(server.asked[0]).toMatchObject({
      headers: { 'x-team': 'a' },
      body: { ...settings, metadata: { user_id: 'u' } }
    })
  })

  test('thinks within its tokens, but not in the midst of tool calls', async () => {
    await using server = await scriptedServer(says([thinking, { type: 'text', text: 'Yes.' }]))
    const model = claude(server.url, {
      max_tokens: 3000,
      thinking: { type: 'enabled', budget_tokens: 2000 }
    })
    expect(await ask(model)).toMatchObject({ content: 'Yes.', thought: 'Hm.' })
    await ask(model, { messages: called })
    const [first, midst] = server.asked.map(({ body }) => body)
    expect(first).toMatchObject({ max_tokens: 3000, thinking: { type: 'enabled', budget_tokens: 2000 } })
    expect(midst).toMatchObject({ max_tokens: 3000, thinking: { type: 'disabled' } })
  })

  test.each([
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop'],
    ['refusal', 'content_filter'],
    ['something new', 'unknown']
  ])('calls the end %s %s', async (theirs, ours) => {
    await using server = await scriptedServer(says('cut', theirs))
    expect((await ask(claude(server.url))).finish_reason).toBe(ours)
  })

  test('takes its key from the environment of the call, and needs one', async () => {
    await using server = await scriptedServer(says('ok'))
    const model = claude(server.url, { api_key: null })
    await ask(model, {}, callOf({ env: { ANTHROPIC_API_KEY: 'of-the-user' } }).call)
    expect(server.asked[0]?.headers['x-api-key']).toBe('of-the-user')
    expect((await failure(ask(model))).message).toContain('ANTHROPIC_API_KEY')
  })

  test('needs model_info when nobody knows its name', () => {
    expect(() => claude('', { model: 'my-model' })).toThrow('model_info is required when model name is not')
    expect(claude('', { model: 'claude-3-7-sonnet-latest' }).info).toMatchObject({
      family: 'claude-3-7-sonnet',
      json_output: true,
      structured_output: true
    })
  })
})

describe('a failing Anthropic model', () => {
  test('says what is wrong with the key without naming it, and is not asked again', async () => {
    await using server = await scriptedServer(fails(401, `invalid x-api-key ${KEY}`))
    const { message } = await failure(ask(claude(server.url)))
    expect(message).toContain('did not accept the API key (HTTP 401): invalid x-api-key ***')
    expect(server.asked).toHaveLength(1)
  })

  test.each([429, 500, 529])('is asked again after %i', async (status) => {
    await using server = await scriptedServer(fails(status, 'no', { 'retry-after-ms': '1' }), says('ok'))
    expect((await ask(claude(server.url))).content).toBe('ok')
    expect(server.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['run:1:1', 'run:1:1'])
  })

  test('is asked again where a stream tells of an overload before its first word', async () => {
    const overload = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    await using server = await scriptedServer(
      async (response, asked) => {
        await begins(overload)(response, asked)
        response.end()
      },
      streams(text(0, 'ok'))
    )
    expect((await ask(claude(server.url), { stream: true })).content).toBe('ok')
  })

  test('is not asked again once something was handed on', async () => {
    await using server = await scriptedServer(cuts(begins(...text(0, 'Hel', 'lo'))))
    const { call, chunks } = callOf()
    const { message } = await failure(ask(claude(server.url), { stream: true }, call))
    expect(chunks.join('')).toBe('Hello')
    expect(message).toContain('was cut off after 5 characters, which have been handed on')
    expect(server.asked).toHaveLength(1)
  })

  test('is not waited for longer than its time-out', async () => {
    await using server = await scriptedServer(hangs)
    const { message } = await failure(ask(claude(server.url, { timeout: 0.05 })))
    expect(message).toMatch(/did not answer within 0\.05 s \(timeout\)\.$/)
    await server.asked[0]?.left
  })

  test('is left at once when the call is aborted, before the answer and in its midst', async () => {
    await using server = await scriptedServer(hangs, begins(...text(0, 'Hel')))
    const reason = new Error('cancelled')
    const stops = [new AbortController(), new AbortController()]
    const first = ask(claude(server.url), {}, callOf({ signal: stops[0]!.signal }).call)
    const { left } = await server.request(1)
    stops[0]?.abort(reason)
    await expect(first).rejects.toBe(reason)
    await left
    const { call } = callOf({ signal: stops[1]!.signal, onChunk: () => stops[1]?.abort(reason) })
    await expect(ask(claude(server.url), { stream: true }, call)).rejects.toBe(reason)
    await server.asked[1]?.left
  })
})
