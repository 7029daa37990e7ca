import { describe, expect, test } from 'vitest'
import { make } from '../../../src/machines/component/component.ts'
import { AzureConfig, azureOpenai } from '../../../src/runtime/models/openai/azure-openai.ts'
import { begins, fails, says, streams } from '../../support/openai-server.ts'
import { cuts, hangs, scriptedServer } from '../../support/scripted-server.ts'
import { add, ask, callOf, failure, KEY } from '../model-call.ts'

const azureModel = (url: string, config: object = {}) => {
  const place = { azure_endpoint: url, azure_deployment: 'my-4o', api_version: '2024-06-01' }
  return make(azureOpenai, AzureConfig.parse({ model: 'gpt-4o', api_key: KEY, ...place, ...config }))
}

describe('an Azure model', () => {
  test('is asked at its deployment, with the version and the key of its config', async () => {
    await using server = await scriptedServer(says('Hello.'))
    const { call, records } = callOf()
    expect(await ask(azureModel(`${server.url}/`), {}, call)).toMatchObject({
      finish_reason: 'stop',
      content: 'Hello.',
      usage: { prompt_tokens: 11, completion_tokens: 7 }
    })
    expect(server.asked[0]).toMatchObject({
      path: '/openai/deployments/my-4o/chat/completions?api-version=2024-06-01',
      headers: { 'api-key': KEY, 'idempotency-key': 'run:1:1' },
      body: { messages: [{ role: 'user', name: 'user', content: 'Say hello.' }] }
    })
    expect(records).toMatchObject([{ type: 'LLMCall', prompt_tokens: 11 }])
    expect(JSON.stringify(records)).not.toContain(KEY)
  })

  test('is deployed under its own name where the config names no deployment', async () => {
    await using server = await scriptedServer(says('ok'))
    await ask(azureModel(server.url, { azure_deployment: null }))
    expect(server.asked[0]?.path).toContain('/deployments/gpt-4o/')
  })

  test('takes a token instead of a key, and either from the environment of the call', async () => {
    await using server = await scriptedServer(says('ok'))
    const bare = { api_key: null }
    await ask(azureModel(server.url, { ...bare, azure_ad_token: 'my-token' }))
    await ask(azureModel(server.url, bare), {}, callOf({ env: { AZURE_OPENAI_API_KEY: 'of-env' } }).call)
    await ask(azureModel(server.url, bare), {}, callOf({ env: { AZURE_OPENAI_AD_TOKEN: 'token-env' } }).call)
    expect(server.asked.map(({ headers }) => headers['api-key'] ?? headers.authorization)).toEqual([
      'Bearer my-token',
      'of-env',
      'Bearer token-env'
    ])
    expect((await failure(ask(azureModel(server.url, bare)))).message).toContain('AZURE_OPENAI_API_KEY')
  })

  test('streams, and gives reasoning as thought', async () => {
    await using server = await scriptedServer(
      streams([{ reasoning_content: 'Hm.' }, { content: 'Hel' }, { content: 'lo' }])
    )
    const { call, chunks } = callOf()
    const result = await ask(azureModel(server.url), { stream: true }, call)
    expect(chunks).toEqual(['<think>Hm.', '</think>', 'Hel', 'lo'])
    expect(result).toMatchObject({ content: 'Hello', thought: 'Hm.', usage: { completion_tokens: 7 } })
  })

  test('calls tools and is told what came of it', async () => {
    const asked = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a": 1}' } }
    await using server = await scriptedServer(
      says({ role: 'assistant', content: null, tool_calls: [asked] }, 'tool_calls'),
      says('2')
    )
    const model = azureModel(server.url)
    const { content } = await ask(model, { tools: [add] })
    expect(content).toEqual([{ id: 'c1', name: 'add', arguments: '{"a": 1}' }])
    await ask(model, {
      messages: [
        { type: 'AssistantMessage', source: 'a', thought: null, content: content as [] },
        { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c1', name: 'add', content: '2' }] }
      ]
    })
    expect(server.asked[1]?.body.messages).toEqual([
      { role: 'assistant', content: null, tool_calls: [asked] },
      { role: 'tool', tool_call_id: 'c1', content: '2' }
    ])
  })

  test('is shown pictures and asked for an answer in a shape', async () => {
    await using server = await scriptedServer(says('{"a":1}'))
    const json = { type: 'object', properties: { a: { type: 'number' } } }
    await ask(azureModel(server.url), {
      json,
      messages: [{ type: 'UserMessage', source: 'u', content: ['look', { data: 'iVBORw0KGgo=' }] }]
    })
    const { messages, response_format } = server.asked[0]!.body
    expect(messages[0].content[1].image_url.url).toBe('data:image/png;base64,iVBORw0KGgo=')
    expect(response_format.json_schema).toMatchObject({ strict: true, schema: { required: ['a'] } })
  })

  test('says what is wrong with the key without naming it', async () => {
    await using server = await scriptedServer(fails(401, `Access denied: ${KEY}`))
    const { message, status } = await failure(ask(azureModel(server.url)))
    expect(message).toContain('did not accept the API key (HTTP 401): Access denied: ***')
    expect(status).toBe(401)
    expect(server.asked).toHaveLength(1)
  })

  test('is asked again after 429, and not after a stream that was cut', async () => {
    await using server = await scriptedServer(fails(429, 'slow down', { 'retry-after-ms': '1' }), says('ok'))
    expect((await ask(azureModel(server.url))).content).toBe('ok')
    await using other = await scriptedServer(cuts(begins({ content: 'Hel' })))
    const { message } = await failure(ask(azureModel(other.url), { stream: true }))
    expect(message).toContain('was cut off after 3 characters')
    expect(other.asked).toHaveLength(1)
  })

  test('is left at once when the call is aborted', async () => {
    await using server = await scriptedServer(hangs)
    const stop = new AbortController()
    const call = ask(azureModel(server.url), {}, callOf({ signal: stop.signal }).call)
    const { left } = await server.request(1)
    stop.abort(new Error('cancelled'))
    await expect(call).rejects.toThrow('cancelled')
    await left
  })
})
