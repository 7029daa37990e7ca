import { describe, expect, test } from 'vitest'
import { make } from '../../src/machines/component/component.ts'
import { OllamaConfig, ollama } from '../../src/runtime/models/ollama/ollama.ts'
import { begins, fails, says, streams } from '../support/ollama-server.ts'
import { answers, cuts, hangs, scriptedServer } from '../support/scripted-server.ts'
import { add, ask, callOf, failure, user } from './model-call.ts'

const llama = (host: string, config: object = {}) =>
  make(ollama, OllamaConfig.parse({ model: 'qwen3:8b', host, ...config }))

const calls = { tool_calls: [{ function: { name: 'add', arguments: { a: 1 } } }] }

describe('an Ollama model', () => {
  test('gives the text, the usage and the reason of the end', async () => {
    await using server = await scriptedServer(says('Hello.'))
    const { call, records } = callOf()
    expect(await ask(llama(server.url), {}, call)).toEqual({
      finish_reason: 'stop',
      content: 'Hello.',
      usage: { prompt_tokens: 11, completion_tokens: 7 },
      cached: false,
      thought: null
    })
    expect(server.asked[0]).toMatchObject({
      path: '/api/chat',
      headers: { 'idempotency-key': 'run:1:1' },
      body: { model: 'qwen3:8b', stream: false, messages: [{ role: 'user', content: 'Say hello.' }] }
    })
    expect(records).toMatchObject([
      {
        type: 'LLMCall',
        messages: [{ role: 'user', content: 'Say hello.' }],
        response: { model: 'qwen3', choices: [{ message: { content: 'Hello.' } }] },
        prompt_tokens: 11
      }
    ])
  })

  test('streams the text, and what it thinks is the thought', async () => {
    await using server = await scriptedServer(
      streams({ thinking: 'H' }, { thinking: 'm.' }, { content: 'Hel' }, { content: 'lo' })
    )
    const { call, chunks } = callOf()
    const result = await ask(llama(server.url), { stream: true }, call)
    expect(chunks).toEqual(['<think>H', 'm.', '</think>', 'Hel', 'lo'])
    expect(result).toMatchObject({
      content: 'Hello',
      thought: 'Hm.',
      finish_reason: 'stop',
      usage: { prompt_tokens: 11, completion_tokens: 7 }
    })
  })

  test('puts the thoughts that deepseek-r1 writes into its text aside', async () => {
    await using server = await scriptedServer(says('<think>\nHm.</think>\n\nYes.'))
    const model = llama(server.url, { model: 'deepseek-r1:7b' })
    expect(await ask(model)).toMatchObject({ content: 'Yes.', thought: 'Hm.' })
  })

  test('calls tools, each under an id of its own, streamed or not', async () => {
    const twice = { content: 'need sum', tool_calls: [...calls.tool_calls, ...calls.tool_calls] }
    await using server = await scriptedServer(says(twice), streams(calls))
    const { content, ...rest } = await ask(llama(server.url), { tools: [add] })
    expect(rest).toMatchObject({ finish_reason: 'function_calls', thought: 'need sum' })
    expect(content).toMatchObject([{ name: 'add', arguments: '{"a":1}' }, { name: 'add' }])
    const ids = (content as { id: string }[]).map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    expect(server.asked[0]?.body.tools).toEqual([{ type: 'function', function: add }])
    const streamed = await ask(llama(server.url), { tools: [add], stream: true })
    expect(streamed.content).toMatchObject([{ name: 'add', arguments: '{"a":1}' }])
  })

  test('is told the history, its own calls and what came of them, and shown pictures', async () => {
    await using server = await scriptedServer(says('ok'))
    await ask(llama(server.url, { model: 'llava' }), {
      messages: [
        { type: 'SystemMessage', content: 'Be brief.' },
        { type: 'UserMessage', source: 'u', content: ['look', { data: 'iVBORw0KGgo=' }] },
        {
          type: 'AssistantMessage',
          source: 'a',
          thought: null,
          content: [{ id: 'c1', name: 'add', arguments: '{"a": 1}' }]
        },
        { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c1', name: 'add', content: '2' }] },
        { type: 'AssistantMessage', source: 'a', thought: 'not sent', content: 'Two.' }
      ]
    })
    expect(server.asked[0]?.body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'look', images: ['iVBORw0KGgo='] },
      { role: 'assistant', content: '', ...calls },
      { role: 'tool', content: '2', tool_name: 'add' },
      { role: 'assistant', content: 'Two.' }
    ])
  })

  test('is offered no tools where it may call none', async () => {
    await using server = await scriptedServer(says('ok'))
    await ask(llama(server.url), { tools: [add], toolChoice: 'none' })
    expect(server.asked[0]?.body).not.toHaveProperty('tools')
  })

  test('is asked for JSON, or for JSON that fits a schema', async () => {
    await using server = await scriptedServer(says('{}'))
    const json = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] }
    await ask(llama(server.url), { json: true })
    await ask(llama(server.url), { json })
    await ask(llama(server.url, { response_format: json }))
    await ask(llama(server.url, { response_format: { type: 'json_object' } }))
    await ask(llama(server.url, { response_format: json }), { json: false })
    expect(server.asked.map(({ body }) => body.format)).toMatchObject(['json', json, json, 'json', undefined])
  })

  test('sends the settings of its config, those beside the options among them', async () => {
    await using server = await scriptedServer(says('ok'))
    const settings = { options: { num_ctx: 4096 }, temperature: 0.5, keep_alive: '5m', think: false }
    await ask(llama(server.url, { ...settings, headers: { authorization: 'Bearer hush-hush' } }))
    const { body, headers } = server.asked[0]!
    expect(body).toMatchObject({
      options: { num_ctx: 4096, temperature: 0.5 },
      keep_alive: '5m',
      think: false
    })
    expect(headers.authorization).toBe('Bearer hush-hush')
  })

  test('is found without a scheme, and where the environment of the call says', async () => {
    await using server = await scriptedServer(says('ok'))
    const { host } = new URL(server.url)
    await ask(llama(host))
    await ask(llama(''), {}, callOf({ env: { OLLAMA_HOST: host } }).call)
    expect(server.asked).toHaveLength(2)
    await server[Symbol.asyncDispose]()
    const { message } = await failure(ask(llama(`https://${host}`, { max_retries: 0 })))
    expect(message).toMatch(/at https:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/)
  })

  test('needs model_info when nobody knows its name', () => {
    expect(() => llama('', { model: 'my-model' })).toThrow('model_info is required')
    expect(llama('', { model: 'llama3.2-vision:11b' }).info).toMatchObject({ vision: true })
  })
})

describe('a failing Ollama model', () => {
  test('says what is wrong with the key without naming it, and is not asked again', async () => {
    await using server = await scriptedServer(fails(401, 'unauthorized: hush-hush'))
    const model = llama(server.url, { headers: { authorization: 'Bearer hush-hush' } })
    const { message } = await failure(ask(model))
    expect(message).toContain('did not accept the API key (HTTP 401): unauthorized: ***')
    expect(message).toContain('Check the headers')
    expect(server.asked).toHaveLength(1)
  })

  test('says so when there is no such model', async () => {
    await using server = await scriptedServer(fails(404, 'model "qwen3:8b" not found'))
    const { message } = await failure(ask(llama(server.url)))
    expect(message).toMatch(/does not exist there \(HTTP 404\): model "qwen3:8b" not found$/)
  })

  test.each([429, 500, 503])('is asked again after %i', async (status) => {
    await using server = await scriptedServer(fails(status, 'no', { 'retry-after-ms': '1' }), says('ok'))
    expect((await ask(llama(server.url))).content).toBe('ok')
  })

  test('is asked again when the connection was cut before anything was handed on', async () => {
    const half = answers(200, { message: { content: 'Hello' } })
    await using server = await scriptedServer(
      (response, asked) => {
        response.setHeader('content-length', '1000')
        half(response, asked)
        response.destroy()
      },
      cuts(begins({ thinking: 'Hm' })),
      says('ok')
    )
    expect((await ask(llama(server.url))).content).toBe('ok')
    await using other = await scriptedServer(cuts(begins({ thinking: 'Hm' })), streams({ content: 'ok' }))
    expect((await ask(llama(other.url), { stream: true })).content).toBe('ok')
  })

  test('is not asked again once something was handed on: cut, ended or broken in its midst', async () => {
    const begin = begins({ content: 'Hel' }, { content: 'lo' })
    await using server = await scriptedServer(
      cuts(begin),
      async (response, asked) => {
        await begin(response, asked)
        response.end()
      },
      async (response, asked) => {
        await begin(response, asked)
        response.end('{"error": "the runner stopped"}\n')
      }
    )
    for (const index of [1, 2, 3]) {
      const { call, chunks, records } = callOf()
      const { message } = await failure(ask(llama(server.url), { stream: true }, call))
      expect(chunks.join('')).toBe('Hello')
      expect(message).toContain('was cut off after 5 characters, which have been handed on')
      if (index === 3) expect(message).toContain('the runner stopped')
      expect(records).toEqual([])
    }
    expect(server.asked).toHaveLength(3)
  })

  test.each([
    ['HTML', '<html><body>Welcome to nginx</body></html>'],
    ['something else', { hello: 'there' }],
    ['nothing', '']
  ])('says so when the answer is %s', async (_, body) => {
    await using server = await scriptedServer(answers(200, body))
    for (const stream of [false, true]) {
      const { message } = await failure(ask(llama(server.url, { max_retries: 0 }), { stream }))
      expect(message).toMatch(/^The (model|answer of the model) "qwen3:8b"/)
    }
  })

  test('is not waited for longer than its time-out, unless something comes', async () => {
    await using server = await scriptedServer(hangs, async (response) => {
      for (let count = 0; count < 6; count++) {
        await begins({ thinking: 'hm' })(
          Object.assign(response, count && { writeHead: () => {} }),
          server.asked[1]!
        )
        await new Promise((resolve) => setTimeout(resolve, 60))
      }
      response.end('{"done": true, "message": {"content": "ok"}}')
    })
    const { message } = await failure(ask(llama(server.url, { timeout: 0.05 })))
    expect(message).toMatch(/did not answer within 0\.05 s \(timeout\)\.$/)
    await server.asked[0]?.left
    expect((await ask(llama(server.url, { timeout: 0.2 }), { stream: true })).content).toBe('ok')
  })

  test('is left at once when the call is aborted, before the answer and in its midst', async () => {
    await using server = await scriptedServer(hangs, begins({ content: 'Hel' }))
    const reason = new Error('cancelled')
    const stops = [new AbortController(), new AbortController()]
    const first = ask(llama(server.url), {}, callOf({ signal: stops[0]!.signal }).call)
    const { left } = await server.request(1)
    stops[0]?.abort(reason)
    await expect(first).rejects.toBe(reason)
    await left
    const { call } = callOf({ signal: stops[1]!.signal, onChunk: () => stops[1]?.abort(reason) })
    await expect(ask(llama(server.url), { stream: true }, call)).rejects.toBe(reason)
    await server.asked[1]?.left
  })

  test('refuses what it cannot do before it asks', async () => {
    const model = llama('127.0.0.1:1', { model: 'phi4' })
    await expect(ask(model, { tools: [add] })).rejects.toThrow('Model does not support function calling')
    const messages = [{ ...user(''), content: [{ data: 'x' }] } as never]
    await expect(ask(model, { messages })).rejects.toThrow('Model does not support vision')
  })
})
