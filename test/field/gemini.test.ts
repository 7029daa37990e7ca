import { describe, expect, test } from 'vitest'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Model } from '../../src/runtime/models/model.ts'
import { add, ask, callOf, user } from '../models/model-call.ts'
import { answers, bytes, type Reply, scriptedServer } from '../support/scripted-server.ts'

const usageMetadata = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 }
const gemini = (url: string, config: object = {}) =>
  new Registry().load<Model>({
    provider: 'troupe.models.GeminiChatCompletionClient',
    config: {
      model: 'gemini-2.5-flash',
      api_key: 'AIza-test-key',
      base_url: `${url}/v1beta`,
      max_retries: 0,
      ...config
    }
  })
const body = (parts: object[] | undefined, finishReason: string | null = 'STOP', more: object = {}) => ({
  candidates: [
    { content: { role: 'model', ...(parts && { parts }) }, ...(finishReason && { finishReason }), index: 0 }
  ],
  usageMetadata,
  ...more
})
const says = (...given: Parameters<typeof body>): Reply => answers(200, body(...given))
const streams = (...chunks: object[]): Reply =>
  bytes(
    'text/event-stream',
    chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`)
  )
const problem = (code: number, message: string, status: string): Reply =>
  answers(code, { error: { code, message, status } })

describe("a model of Google's own protocol", () => {
  test('is asked at its address with its key in a header, and gives text, usage and the reason of the end', async () => {
    await using server = await scriptedServer(says([{ text: 'Hello.' }]))
    const result = await ask(gemini(server.url), {
      messages: [{ type: 'SystemMessage', content: 'Be brief.' }, user('Hi.')]
    })
    expect(result).toMatchObject({
      ...{ content: 'Hello.', finish_reason: 'stop', usage: { prompt_tokens: 11, completion_tokens: 7 } }
    })
    expect(server.asked[0]).toMatchObject({
      path: '/v1beta/models/gemini-2.5-flash:generateContent',
      headers: { 'x-goog-api-key': 'AIza-test-key' },
      body: {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [{ role: 'user', parts: [{ text: 'Hi.' }] }]
      }
    })
  })

  test('streams what it thinks as a thought, and what it says in pieces', async () => {
    await using server = await scriptedServer(
      streams(
        body([{ text: 'Hm.', thought: true }], null),
        body([{ text: 'Hel' }], null),
        body([{ text: 'lo' }])
      )
    )
    const { call, chunks } = callOf()
    const result = await ask(gemini(server.url, { include_thoughts: true }), { stream: true }, call)
    expect(result).toMatchObject({ content: 'Hello', thought: 'Hm.' })
    expect(chunks.join('')).toBe('<think>Hm.</think>Hello')
    expect(server.asked[0]?.body.generationConfig.thinkingConfig).toMatchObject({ includeThoughts: true })
  })

  test.each([false, true])(
    'calls several tools at once, with ids of their own (streamed: %s)',
    async (stream) => {
      const call = (args: object) => ({ functionCall: { name: 'add', args } })
      const said = body([call({ a: 1 }), call({ a: 2 }), { functionCall: { name: 'add' } }])
      await using server = await scriptedServer(stream ? streams(said) : answers(200, said))
      const { content, finish_reason } = await ask(gemini(server.url), { tools: [add], stream })
      const calls = content as { id: string; name: string; arguments: string }[]
      expect(finish_reason).toBe('function_calls')
      expect(calls.map(({ name, arguments: text }) => [name, JSON.parse(text)])).toEqual([
        ['add', { a: 1 }],
        ['add', { a: 2 }],
        ['add', {}]
      ])
      expect(new Set(calls.map(({ id }) => id)).size).toBe(3)
    }
  )

  test('is told the results of its calls under their names', async () => {
    await using server = await scriptedServer(says([{ text: 'ok' }]))
    await ask(gemini(server.url), {
      tools: [add],
      messages: [
        user('go'),
        {
          type: 'AssistantMessage',
          source: 'a',
          thought: null,
          content: [{ id: 'c1', name: 'add', arguments: '{"a":1}' }]
        },
        { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c1', name: 'add', content: '1' }] }
      ]
    })
    const { contents } = server.asked[0]!.body
    expect(contents[1]).toMatchObject({
      role: 'model',
      parts: [{ functionCall: { name: 'add', args: { a: 1 } } }]
    })
    expect(contents[2].parts[0]).toMatchObject({ functionResponse: { name: 'add' } })
  })

  test('that was cut by length says so, with what it had said', async () => {
    await using server = await scriptedServer(
      says([{ text: 'Once' }], 'MAX_TOKENS'),
      says(undefined, 'MAX_TOKENS')
    )
    expect(await ask(gemini(server.url))).toMatchObject({ content: 'Once', finish_reason: 'length' })
    await expect(ask(gemini(server.url))).rejects.toThrow(/before its first word; raise max_tokens/)
  })

  test.each(['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT'])(
    'whose answer was held back (%s) says so',
    async (reason) => {
      await using server = await scriptedServer(says(undefined, reason))
      await expect(ask(gemini(server.url))).rejects.toThrow('content filter has withheld it')
    }
  )

  test.each([false, true])(
    'that refuses the question itself fails with the reason (streamed: %s)',
    async (stream) => {
      const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata }
      await using server = await scriptedServer(stream ? streams(blocked) : answers(200, blocked))
      await expect(ask(gemini(server.url), { stream })).rejects.toThrow(/SAFETY|filter|blocked/i)
    }
  )

  test('that refuses a key fails with the words of the service, and without the key', async () => {
    const message = 'API key not valid. Please pass a valid API key.'
    await using server = await scriptedServer(problem(400, message, 'INVALID_ARGUMENT'))
    const error = await ask(gemini(server.url)).catch((error: Error) => error)
    expect(String(error)).toContain('API key not valid')
    expect(String(error)).not.toContain('AIza-test-key')
  })

  test.each([false, true])(
    'may give parts, reasons and fields that are not known here beside its text (streamed: %s)',
    async (stream) => {
      const odd = body([{ partOfNextYear: { a: 1 } }, { text: 'Hello' }], 'REASON_OF_NEXT_YEAR', {
        ...{ fieldOfNextYear: [1], modelVersion: 'x', responseId: null },
        usageMetadata: { ...usageMetadata, promptTokensDetails: [{ modality: 'SMELL', tokenCount: 3 }] }
      })
      await using server = await scriptedServer(stream ? streams(odd) : answers(200, odd))
      expect(await ask(gemini(server.url), { stream })).toMatchObject({ content: 'Hello' })
    }
  )

  test('is asked again after it was too busy', async () => {
    await using server = await scriptedServer(
      problem(503, 'The model is overloaded.', 'UNAVAILABLE'),
      says([{ text: 'ok' }])
    )
    expect((await ask(gemini(server.url, { max_retries: 1 }))).content).toBe('ok')
  })

  test('whose stream ends in the midst fails rather than give half an answer as a whole one', async () => {
    await using server = await scriptedServer(streams(body([{ text: 'Half ' }], null)))
    await expect(ask(gemini(server.url), { stream: true })).rejects.toThrow(/cut off|ended/)
  })
})
