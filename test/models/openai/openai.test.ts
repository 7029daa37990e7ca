import { describe, expect, test } from 'vitest'
import { answers, openaiServer, says, streams } from '../../support/openai-server.ts'
import { add, ask, callOf, KEY, openaiModel, user } from '../model-call.ts'

const toolCall = (changes: object = {}) => ({
  id: 'c1',
  type: 'function',
  function: { name: 'add', arguments: '{"a": 1}' },
  ...changes
})

describe('an OpenAI model', () => {
  test('gives the text, the usage and the reason of the end', async () => {
    await using server = await openaiServer(says('Hello.'))
    expect(await ask(openaiModel(server.url))).toEqual({
      finish_reason: 'stop',
      content: 'Hello.',
      usage: { prompt_tokens: 11, completion_tokens: 7 },
      cached: false,
      thought: null
    })
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'idempotency-key': 'run:1:1'
    })
  })

  test('hands on every streamed chunk as it is and counts the usage of the stream', async () => {
    await using server = await openaiServer(
      streams([{ role: 'assistant', content: '' }, { content: 'Hel' }, { content: 'lo' }])
    )
    const { call, chunks } = callOf()
    const result = await ask(openaiModel(server.url), { stream: true }, call)
    expect(chunks).toEqual(['Hel', 'lo'])
    expect(result).toMatchObject({ content: 'Hello', usage: { prompt_tokens: 11, completion_tokens: 7 } })
    expect(server.asked[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  })

  test('gives tool calls as the model wrote them, and the text beside them as thought', async () => {
    const bad = toolCall({ id: 'c2', function: { name: 'my tool', arguments: '{bad' } })
    await using server = await openaiServer(
      says({ role: 'assistant', content: 'need sum', tool_calls: [toolCall(), bad] }, 'tool_calls')
    )
    expect(await ask(openaiModel(server.url), { tools: [add] })).toMatchObject({
      finish_reason: 'function_calls',
      content: [
        { id: 'c1', name: 'add', arguments: '{"a": 1}' },
        { id: 'c2', name: 'my_tool', arguments: '{bad' }
      ],
      thought: 'need sum'
    })
    const { tools, tool_choice } = server.asked[0]!.body
    expect(tools).toEqual([{ type: 'function', function: add }])
    expect(tool_choice).toBe('auto')
  })

  test('puts streamed tool calls together', async () => {
    const piece = (index: number, fields: object) => ({ tool_calls: [{ index, ...fields }] })
    await using server = await openaiServer(
      streams(
        [
          piece(0, { id: 'c1', type: 'function', function: { name: 'add', arguments: '' } }),
          piece(0, { function: { arguments: '{"a"' } }),
          piece(0, { function: { arguments: ': 1}' } }),
          piece(1, { id: 'c2', type: 'function', function: { name: 'add', arguments: '{}' } })
        ],
        'tool_calls'
      )
    )
    const { content } = await ask(openaiModel(server.url), { tools: [add], stream: true })
    expect(content).toEqual([
      { id: 'c1', name: 'add', arguments: '{"a": 1}' },
      { id: 'c2', name: 'add', arguments: '{}' }
    ])
  })

  test('tells the history as AutoGen does', async () => {
    await using server = await openaiServer(says('ok'))
    const png = 'iVBORw0KGgo='
    await ask(openaiModel(server.url), {
      tools: [add],
      toolChoice: 'none',
      messages: [
        { type: 'SystemMessage', content: 'Be brief.' },
        { type: 'UserMessage', source: 'writer', content: ['look', { data: png }] },
        {
          type: 'AssistantMessage',
          source: 'a',
          thought: 'hm',
          content: [{ id: 'c1', name: 'add', arguments: '{}' }]
        },
        {
          type: 'FunctionExecutionResultMessage',
          content: [{ call_id: 'c1', name: 'add', content: 'no', is_error: true }]
        },
        { type: 'AssistantMessage', source: 'a', thought: 'not sent', content: 'Done.' },
        { type: 'UserMessage', source: 'not a name!', content: 'Go.' }
      ]
    })
    const { messages, tool_choice } = server.asked[0]!.body
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }
    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', name: 'writer', content: [{ type: 'text', text: 'look' }, image] },
      {
        role: 'assistant',
        content: 'hm',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } }]
      },
      { role: 'tool', tool_call_id: 'c1', content: 'no' },
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'Go.' }
    ])
    expect(tool_choice).toBe('none')
  })

  test('leaves names out or puts them before the text when its config says so', async () => {
    await using server = await openaiServer(says('ok'))
    await ask(openaiModel(server.url, { include_name_in_message: false, add_name_prefixes: true }))
    expect(server.asked[0]?.body.messages).toEqual([{ role: 'user', content: 'user said:\nSay hello.' }])
  })

  test('makes one system message of several for models that take only one', async () => {
    await using server = await openaiServer(says('ok'))
    const info = { vision: false, function_calling: false, json_output: false, family: 'unknown' }
    const system = (content: string) => ({ type: 'SystemMessage' as const, content })
    await ask(openaiModel(server.url, { model_info: info }), {
      messages: [system('One.'), system('Two.'), user('Go.')]
    })
    expect(server.asked[0]?.body.messages[0]).toEqual({ role: 'system', content: 'One.\nTwo.' })
  })

  test('sends the settings of its config', async () => {
    await using server = await openaiServer(says('ok'))
    const settings = {
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 10,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 7,
      user: 'u',
      logit_bias: { '5': 1 },
      response_format: { type: 'json_object' }
    }
    const headers = { default_headers: { 'x-team': 'a' }, organization: 'org' }
    await ask(openaiModel(server.url, { ...settings, ...headers, stop: 'END', parallel_tool_calls: false }))
    const { body, headers: sent } = server.asked[0]!
    expect(body).toMatchObject({ model: 'gpt-4o', ...settings, stop: ['END'] })
    expect(body).not.toHaveProperty('parallel_tool_calls')
    expect(sent).toMatchObject({ 'x-team': 'a', 'openai-organization': 'org' })
  })

  test('asks for JSON, or for JSON that fits a schema', async () => {
    await using server = await openaiServer(says('{}'))
    const model = openaiModel(server.url)
    await ask(model, { json: true })
    await ask(model, {
      json: { title: 'An answer', type: 'object', properties: { a: { type: 'string', default: null } } }
    })
    await ask(model, { json: { type: 'object', additionalProperties: { type: 'string' } } })
    const [any, fixed, open] = server.asked.map(({ body }) => body.response_format)
    expect(any).toEqual({ type: 'json_object' })
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false
    }
    expect(fixed).toMatchObject({ json_schema: { name: 'An_answer', strict: true, schema } })
    expect(open.json_schema).toMatchObject({ strict: false, name: 'response' })
  })

  test('takes reasoning as thought, also from the stream and from inside the text', async () => {
    await using server = await openaiServer(
      says({ role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' }),
      streams([{ reasoning_content: 'H' }, { reasoning_content: 'm.' }, { content: 'Yes.' }]),
      says('<think>\nHm.</think>\n\nYes.')
    )
    const info = { vision: false, function_calling: false, json_output: false, family: 'r1' }
    const model = openaiModel(server.url, { model: 'deepseek-r1', model_info: info })
    const { call, chunks } = callOf()
    const yes = { content: 'Yes.', thought: 'Hm.' }
    expect(await ask(model)).toMatchObject(yes)
    expect(await ask(model, { stream: true }, call)).toMatchObject(yes)
    expect(chunks).toEqual(['<think>H', 'm.', '</think>', 'Yes.'])
    expect(await ask(model)).toMatchObject(yes)
  })

  test.each([
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['something new', 'unknown']
  ])('calls the end %s %s', async (theirs, ours) => {
    await using server = await openaiServer(says('cut', theirs))
    expect((await ask(openaiModel(server.url))).finish_reason).toBe(ours)
  })

  test('records every call, with the messages as they were sent and the answer in the shape of a completion', async () => {
    await using server = await openaiServer(says('Hello.'), streams([{ content: 'Hello.' }]))
    const model = openaiModel(server.url)
    for (const stream of [false, true]) {
      const { call, records } = callOf()
      await ask(model, { stream }, call)
      expect(records).toHaveLength(1)
      expect(records[0]).toMatchObject({
        type: 'LLMCall',
        messages: [{ role: 'user', name: 'user', content: 'Say hello.' }],
        response: {
          model: stream ? 'gpt-4o' : 'gpt-4o-2024-08-06',
          choices: [{ message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }
        },
        prompt_tokens: 11,
        completion_tokens: 7,
        agent_id: null
      })
      expect(JSON.stringify(records)).not.toContain(KEY)
    }
  })

  test('understands servers that are only roughly compatible', async () => {
    const call = { id: 'c1', function: { name: 'add', arguments: { a: 1 } } }
    await using server = await openaiServer(
      answers(200, { choices: [{ message: { role: 'model', content: null, tool_calls: [call] } }] }),
      answers(200, { choices: [{ message: { content: 'no stream here' }, finish_reason: 'stop' }] }),
      (response) => response.end('data: {"choices": [{"delta": {"content": "a"}}]}\r\n\r\ndata: [DONE]')
    )
    const model = openaiModel(server.url)
    expect((await ask(model, { tools: [add] })).content).toEqual([
      { id: 'c1', name: 'add', arguments: '{"a":1}' }
    ])
    expect((await ask(model, { stream: true })).content).toBe('no stream here')
    expect(await ask(model, { stream: true })).toMatchObject({ content: 'a', finish_reason: 'unknown' })
  })

  test('takes key and address from the environment of the call when its config has none', async () => {
    await using server = await openaiServer(says('ok'))
    const model = openaiModel('', { api_key: null, base_url: null })
    await ask(model, {}, callOf({ env: { OPENAI_API_KEY: 'of-the-user', OPENAI_BASE_URL: server.url } }).call)
    expect(server.asked[0]?.headers.authorization).toBe('Bearer of-the-user')
    await expect(ask(model)).rejects.toThrow('The model "gpt-4o" has no API key: set api_key')
  })

  test("does not send OpenAI's key to another maker", async () => {
    const model = openaiModel('', { model: 'gemini-2.5-pro', api_key: null, base_url: null })
    const { call } = callOf({ env: { OPENAI_API_KEY: KEY } })
    await expect(ask(model, {}, call)).rejects.toThrow('GEMINI_API_KEY')
  })

  test('needs model_info when nobody knows its name', () => {
    const needed = 'model_info is required when model name is not a valid OpenAI model'
    expect(() => openaiModel('', { model: 'my-model' })).toThrow(needed)
    expect(() => openaiModel('', { model: 'o1x' })).toThrow(needed)
    expect(openaiModel('', { model: 'gpt-4o-mini' }).info).toMatchObject({ family: 'gpt-4o', vision: true })
    expect(openaiModel('', { model: 'o3-mini-2025-01-31' }).info).toMatchObject({
      family: 'o3',
      vision: false
    })
  })

  test('refuses what the model cannot do before it asks', async () => {
    const info = { vision: false, function_calling: false, json_output: false, family: 'unknown' }
    const model = openaiModel('http://127.0.0.1:1', { model_info: info })
    await expect(ask(model, { tools: [add] })).rejects.toThrow('Model does not support function calling')
    await expect(ask(model, { json: true })).rejects.toThrow('Model does not support JSON output')
    await expect(ask(model, { json: {} })).rejects.toThrow('Model does not support structured output')
    const messages = [{ type: 'UserMessage' as const, source: 'user', content: [{ data: 'x' }] }]
    await expect(ask(model, { messages })).rejects.toThrow(
      'Model does not support vision and image was provided'
    )
  })
})
