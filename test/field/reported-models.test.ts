import { describe, expect, test } from 'vitest'
import { make } from '../../src/machines/component/component.ts'
import type { ModelMessage } from '../../src/machines/messages/index.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import { AnthropicConfig, anthropic } from '../../src/runtime/models/anthropic/anthropic.ts'
import type { Model } from '../../src/runtime/models/model.ts'
import { add, ask, callOf, openaiModel, user } from '../models/model-call.ts'
import * as claude from '../support/anthropic-server.ts'
import * as ollama from '../support/ollama-server.ts'
import { fails, openaiServer, says, streams } from '../support/openai-server.ts'
import { answers, bytes, scriptedServer } from '../support/scripted-server.ts'

// Each test holds what was wrong in a public bug report; the number in its title is that of microsoft/autogen.

const assistant = (content: string): ModelMessage => ({
  type: 'AssistantMessage',
  source: 'a',
  thought: null,
  content
})
const load = (provider: string, config: object) => new Registry().load<Model>({ provider, config }, 'model')
const azure = (url: string) =>
  load('autogen_ext.models.openai.AzureOpenAIChatCompletionClient', {
    ...{
      model: 'gpt-4o',
      azure_endpoint: url,
      azure_deployment: 'd',
      api_version: '2024-08-01-preview',
      api_key: 'k'
    }
  })
const anthropicModel = (url: string, config: object = {}) =>
  make(
    anthropic,
    AnthropicConfig.parse({ model: 'claude-sonnet-4-6', api_key: 'k', base_url: url, ...config })
  )
const event = (chunk: object) => `data: ${JSON.stringify(chunk)}\n\n`

describe('a stream of Azure', () => {
  const filter = { hate: { filtered: false, severity: 'safe' } }
  const delta = (content: string) => ({
    id: 'x',
    choices: [{ index: 0, delta: { content }, finish_reason: null }]
  })

  test('may hold a chunk with offsets of its content filter and no delta (6465)', async () => {
    const offsets = { check_offset: 1, start_offset: 1, end_offset: 9 }
    const rogue = {
      ...{ id: '', created: 0, model: '', object: '' },
      choices: [
        { finish_reason: null, index: 0, content_filter_offsets: offsets, content_filter_results: filter }
      ]
    }
    const end = { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    const parts = [delta('Hel'), delta('lo'), end, rogue].map(event)
    await using server = await scriptedServer(bytes('text/event-stream', [...parts, 'data: [DONE]\n\n']))
    const result = await ask(azure(server.url), { stream: true })
    expect(result).toMatchObject({ content: 'Hello', finish_reason: 'stop' })
  })

  test('may begin with results of its filter and no choices, and end without a reason (4213)', async () => {
    const first = {
      id: '',
      choices: [],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: filter }]
    }
    const parts = [first, delta('Leaves.')].map(event)
    await using server = await scriptedServer(bytes('text/event-stream', [...parts, 'data: [DONE]\n\n']))
    const result = await ask(azure(server.url), { stream: true })
    expect(result).toMatchObject({ content: 'Leaves.' })
  })

  test('that is refused by its filter fails with the words of the service, and is not asked again', async () => {
    const message =
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    const refusal = answers(400, {
      error: { message, type: null, param: 'prompt', code: 'content_filter', status: 400 }
    })
    await using server = await scriptedServer(refusal)
    await expect(ask(azure(server.url), { stream: true })).rejects.toThrow(/content management policy/)
    expect(server.asked).toHaveLength(1)
  })
})

describe('a model of Anthropic', () => {
  test('is not sent white space at the end of what an assistant said last (6167)', async () => {
    await using server = await scriptedServer(claude.says('ok'))
    await ask(anthropicModel(server.url), { messages: [user('say'), assistant('Say : ')] })
    expect(server.asked[0]?.body.messages.at(-1)).toMatchObject({ content: [{ text: 'Say :' }] })
  })

  test('that wants the user to have the last word is given one (7768)', async () => {
    const message =
      'This model does not support assistant message prefill. The conversation must end with a user message.'
    await using server = await scriptedServer(claude.fails(400, message), claude.says('ok'))
    const model = anthropicModel(server.url)
    const result = await ask(model, { messages: [user('say'), assistant('Half.')] })
    expect(result.content).toBe('ok')
    expect(server.asked[1]?.body.messages.at(-1)).toMatchObject({ role: 'user' })
    await ask(model, { messages: [user('say'), assistant('Half.')] })
    expect(server.asked).toHaveLength(3)
  })

  test('that streams a call without arguments calls the tool with none (6661)', async () => {
    const call = { type: 'tool_use', id: 'c1', name: 'add', input: {} }
    await using server = await scriptedServer(
      claude.streams(claude.block(0, call, { type: 'input_json_delta', partial_json: '' }), 'tool_use')
    )
    const result = await ask(anthropicModel(server.url), { stream: true, tools: [add] })
    expect(result).toMatchObject({
      finish_reason: 'function_calls',
      content: [{ id: 'c1', name: 'add', arguments: '{}' }]
    })
  })
})

describe('a model of Google', () => {
  test('is known by its name, with its address and what it can do (6258)', () => {
    const model = load('autogen_ext.models.openai.OpenAIChatCompletionClient', {
      ...{ model: 'gemini-2.0-flash-lite', api_key: 'k' }
    })
    expect(model.info).toMatchObject({ function_calling: true, vision: true })
  })

  const gemini = (url: string, config: object = {}) =>
    openaiModel(url, { model: 'gemini-2.0-flash', max_retries: 0, ...config })

  test('that refuses an empty text is asked without one (5762)', async () => {
    const message =
      'Unable to submit request because it has an empty text parameter. Add a value to the parameter.'
    await using server = await openaiServer(
      answers(400, [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }]),
      says('ok')
    )
    const result = await ask(gemini(server.url), { messages: [user('go'), assistant(''), user('on')] })
    expect(result.content).toBe('ok')
    expect(JSON.stringify(server.asked[1]?.body.messages)).not.toContain('"content":""')
  })

  test('is asked without names where the config says so, and where it finds an argument invalid (6069)', async () => {
    const invalid = {
      error: { code: 400, message: 'Request contains an invalid argument.', status: 'INVALID_ARGUMENT' }
    }
    await using server = await openaiServer(says('ok'), answers(400, [invalid]), says('ok'))
    await ask(gemini(server.url, { include_name_in_message: false }))
    await ask(gemini(server.url, { model: 'gemini-1.5-flash' }))
    expect(server.asked.map(({ body }) => body.messages[0].name)).toEqual([undefined, 'user', undefined])
  })

  test('is shown a tool without parameters as one that has none (4878)', async () => {
    const said = {
      candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }]
    }
    await using server = await scriptedServer(answers(200, said))
    const native = load('troupe.models.GeminiChatCompletionClient', {
      ...{ model: 'gemini-2.0-flash', api_key: 'k', base_url: `${server.url}/v1beta` }
    })
    const now = { name: 'now', description: 'Time.', parameters: { type: 'object', properties: {} } }
    expect((await ask(native, { tools: [now] })).content).toBe('ok')
    const [declared] = server.asked[0]!.body.tools.flatMap(
      (tool: { functionDeclarations: object[] }) => tool.functionDeclarations
    )
    expect(declared.parameters?.properties ?? 'none').not.toEqual({})
  })
})

describe('a model of Ollama', () => {
  test('that streams several calls, one after the other, has all of them made (6193)', async () => {
    const call = (name: string, args: object) => ({ function: { name, arguments: args } })
    const reply = ollama.streams(
      { content: 'I will add. ' },
      { content: '', tool_calls: [call('add', { a: 1 })] },
      { content: '', tool_calls: [call('add', { a: 2 })] }
    )
    await using server = await scriptedServer(reply)
    const model = load('autogen_ext.models.ollama.OllamaChatCompletionClient', {
      model: 'qwen3',
      host: server.url
    })
    const result = await ask(model, { stream: true, tools: [add] })
    expect((result.content as { arguments: string }[]).map((made) => JSON.parse(made.arguments))).toEqual([
      { a: 1 },
      { a: 2 }
    ])
  })
})

describe('a model behind a compatible server', () => {
  test('may stream an answer in a given structure (5568)', async () => {
    await using server = await openaiServer(streams([{ content: '{"mood":' }, { content: '"happy"}' }]))
    const json = { title: 'R', type: 'object', properties: { mood: { type: 'string' } }, required: ['mood'] }
    const result = await ask(openaiModel(server.url), { stream: true, json })
    expect(JSON.parse(String(result.content))).toEqual({ mood: 'happy' })
    expect(server.asked[0]?.body).toMatchObject({ stream: true, response_format: { type: 'json_schema' } })
  })

  test('is told in one message what its assistant said beside its calls', async () => {
    await using server = await openaiServer(says('ok'))
    const call = { id: 'c1', name: 'add', arguments: '{"a":1}' }
    await ask(openaiModel(server.url), {
      tools: [add],
      messages: [
        user('go'),
        { type: 'AssistantMessage', source: 'a', thought: 'I will add.', content: [call] },
        { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c1', name: 'add', content: '1' }] }
      ]
    })
    expect(
      server.asked[0]?.body.messages.map(({ role, content }: { role: string; content: string }) => [
        role,
        content
      ])
    ).toEqual([
      ['user', 'go'],
      ['assistant', 'I will add.'],
      ['tool', '1']
    ])
  })

  test('that refuses null beside calls, or a tool without a description, is given a text', async () => {
    const noNull = fails(400, "Invalid value for 'content': expected a string, got null.")
    const noText = answers(500, {
      detail:
        'Parameter validation failed:\nInvalid length for parameter toolConfig.tools[0].toolSpec.description, value: 0, valid min length: 1'
    })
    await using server = await openaiServer(noNull, noText, says('ok'))
    const call = { id: 'c1', name: 'add', arguments: '{"a":1}' }
    const result = await ask(openaiModel(server.url, { max_retries: 0 }), {
      tools: [{ ...add, description: '' }],
      messages: [
        user('go'),
        { type: 'AssistantMessage', source: 'a', thought: null, content: [call] },
        { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c1', name: 'add', content: '1' }] }
      ]
    })
    expect(result.content).toBe('ok')
    const { messages, tools } = server.asked[2]!.body
    expect([messages[1].content, tools[0].function.description]).toEqual(['', 'add'])
  })

  test('is heard whatever its stream says of usage: nothing, null, or on each chunk', async () => {
    const chunk = (more: object) => ({
      id: 'x',
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }],
      ...more
    })
    const end = { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null }
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
    await using server = await openaiServer(
      bytes('text/event-stream', [event(chunk({})), event(end), 'data: [DONE]\n\n']),
      bytes('text/event-stream', [
        event(chunk({ usage: { ...usage, completion_tokens: 1 } })),
        event({ ...end, usage })
      ])
    )
    const results = [
      await ask(openaiModel(server.url), { stream: true }),
      await ask(openaiModel(server.url), { stream: true })
    ]
    expect(results.map(({ content }) => content)).toEqual(['a', 'a'])
    expect(results[1]?.usage).toEqual({ prompt_tokens: 3, completion_tokens: 2 })
  })

  test('whose chunks are read once only, though the call keeps a record of them', async () => {
    await using server = await openaiServer(streams([{ content: 'one ' }, { content: 'two' }]))
    const { call, chunks, records } = callOf()
    await ask(openaiModel(server.url), { stream: true }, call)
    expect([chunks, records.length]).toEqual([['one ', 'two'], 1])
  })
})

describe('a model of Azure whose config has a token provider', () => {
  const withProvider = (url: string) =>
    load('autogen_ext.models.openai.AzureOpenAIChatCompletionClient', {
      ...{ model: 'gpt-4o', azure_endpoint: url, azure_deployment: 'd', api_version: '2024-06-01' },
      azure_ad_token_provider: {
        provider: 'autogen_ext.auth.azure.AzureTokenProvider',
        component_type: 'token_provider',
        config: {
          provider_kind: 'DefaultAzureCredential',
          scopes: ['https://cognitiveservices.azure.com/.default']
        }
      }
    })
  test('loads, and is asked with the token of the environment', async () => {
    await using server = await scriptedServer(says('ok'))
    const env = { AZURE_OPENAI_AD_TOKEN: 'token-1', AZURE_OPENAI_ENDPOINT: server.url }
    expect((await ask(withProvider(server.url), {}, callOf({ env }).call)).content).toBe('ok')
    expect(server.asked[0]?.headers.authorization).toBe('Bearer token-1')
  })
  test('says where the token is to be, where there is none', async () => {
    await using server = await scriptedServer(says('ok'))
    await expect(ask(withProvider(server.url))).rejects.toThrow(/AZURE_OPENAI_AD_TOKEN.*token provider/)
  })
})
