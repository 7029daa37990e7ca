import { createOpenAI } from '@ai-sdk/openai'
import { expect, test } from 'vitest'
import {
  AssistantAgent,
  anthropic,
  azureOpenAI,
  fromAiSdk,
  google,
  type Model,
  ModelError,
  models,
  ollama,
  openai,
  openaiCompatible
} from '../../src/index.ts'
import { says as saysAnthropic } from '../support/anthropic-server.ts'
import { says as saysOllama } from '../support/ollama-server.ts'
import { fails, says } from '../support/openai-server.ts'
import { answers, type Reply, scriptedServer } from '../support/scripted-server.ts'

const apiKey = 'sk-test-0123456789'
const saysGoogle = (text: string): Reply =>
  answers(200, {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 }
  })

/** Asks a model by an agent, of a server that answers so; gives what was answered and what the server was asked. */
async function asked(answer: Reply, make: (url: string) => Model) {
  await using server = await scriptedServer(answer)
  const agent = new AssistantAgent({ name: 'writer', model: make(server.url), instructions: 'Write.' })
  const { output, usage } = await agent.run('Hello?', { env: {} })
  return { output, usage, ...server.asked[0]! }
}

const used = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, calls: 1 }

test('each short form asks its service at the given address with the given key', async () => {
  const ofOpenai = await asked(says('Hi.'), (url) =>
    openai('gpt-4o-mini', { baseUrl: `${url}/v1`, apiKey, maxTokens: 9, temperature: 0 })
  )
  expect(ofOpenai).toMatchObject({ output: 'Hi.', usage: used, path: '/v1/chat/completions' })
  expect(ofOpenai.headers.authorization).toBe(`Bearer ${apiKey}`)
  expect(ofOpenai.body).toMatchObject({ model: 'gpt-4o-mini', max_tokens: 9, temperature: 0 })

  const inAzure = await asked(says('Hi.'), (azureEndpoint) =>
    azureOpenAI('gpt-4o', { azureEndpoint, apiKey, apiVersion: '2024-10-21' })
  )
  expect(inAzure.path).toBe('/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21')

  const ofAnthropic = await asked(saysAnthropic('Hi.'), (baseUrl) =>
    anthropic('claude-sonnet-4', { baseUrl, apiKey, maxTokens: 9 })
  )
  expect(ofAnthropic).toMatchObject({ output: 'Hi.', path: '/v1/messages', body: { max_tokens: 9 } })

  const ofOllama = await asked(saysOllama('Hi.'), (host) => ollama('qwen3', { host, keepAlive: '5m' }))
  expect(ofOllama).toMatchObject({ output: 'Hi.', path: '/api/chat', body: { keep_alive: '5m' } })

  const ofGoogle = await asked(saysGoogle('Hi.'), (url) =>
    google('gemini-2.5-flash', { baseUrl: `${url}/v1beta`, apiKey, maxTokens: 9 })
  )
  expect(ofGoogle.path).toBe('/v1beta/models/gemini-2.5-flash:generateContent')
  expect(ofGoogle.body).toMatchObject({ generationConfig: { maxOutputTokens: 9 } })
})

test('a compatible server needs no key, and may have a model of which nothing is known', async () => {
  const { output, body } = await asked(says('Hi.'), (url) =>
    openaiCompatible('my/model', { baseUrl: `${url}/v1`, extraBody: { top_k: 3 } })
  )
  expect([output, body.model, body.top_k]).toEqual(['Hi.', 'my/model', 3])
})

test('what a model can do follows from its name, from its options, or is taken for granted', () => {
  expect(openai('gpt-4-turbo', { apiKey }).info.structured_output).toBe(false)
  expect(openai('gpt-4-turbo', { apiKey, modelInfo: { structured_output: true } }).info).toMatchObject({
    structured_output: true,
    family: 'gpt-4'
  })
  expect(openai('my-model', { apiKey }).info).toMatchObject({ structured_output: true, family: 'unknown' })
})

test('the forms of component files ask the same', async () => {
  const { body } = await asked(says('Hi.'), (url) =>
    models.openai({ model: 'gpt-4o', base_url: `${url}/v1`, api_key: apiKey, top_p: 0.5 })
  )
  expect(body.top_p).toBe(0.5)
})

test('the error of a service keeps its class and its HTTP status', async () => {
  await using server = await scriptedServer(fails(401, 'Wrong key.'))
  const model = openai('gpt-4o-mini', { baseUrl: `${server.url}/v1`, apiKey })
  const error = await new AssistantAgent({ name: 'writer', model }).run('Hello?').catch((error) => error)
  expect(error).toBeInstanceOf(ModelError)
  expect(error).toMatchObject({ status: 401, model: 'gpt-4o-mini' })
})

test('a model of a provider of the AI SDK is asked as any other', async () => {
  const { output, usage, body } = await asked(says('Hi.'), (url) =>
    fromAiSdk(createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat('gpt-4o'))
  )
  expect({ output, usage }).toEqual({ output: 'Hi.', usage: used })
  expect(body.messages).toMatchObject([{ role: 'system', content: 'Write.' }, { role: 'user' }])
})

test.each(['v2', 'v3'])(
  'a model of an older provider of the AI SDK too: %s',
  async (specificationVersion) => {
    const isOld = specificationVersion === 'v2'
    const finishReason = isOld ? 'stop' : { unified: 'stop', raw: 'stop' }
    const usage = isOld
      ? { inputTokens: 11, outputTokens: 7 }
      : { inputTokens: { total: 11 }, outputTokens: { total: 7 } }
    const prompts: unknown[] = []
    const model = {
      ...{ specificationVersion, provider: 'old', modelId: 'one' },
      async doGenerate({ prompt }: { prompt: unknown }) {
        prompts.push(prompt)
        return { content: [{ type: 'text', text: 'Hi.' }], finishReason, usage, warnings: [] }
      },
      async doStream() {
        const parts = [
          { type: 'text-delta', id: '1', delta: 'Hi' },
          { type: 'text-delta', id: '1', delta: '!' },
          { type: 'finish', finishReason, usage }
        ]
        return { stream: ReadableStream.from(parts) }
      }
    }
    const picture = {
      type: 'MultiModalMessage',
      source: 'user',
      content: ['See.', { data: 'iVBORw0KGgo=' }]
    } as const
    const agent = new AssistantAgent({ name: 'writer', model: fromAiSdk(model) })
    expect(await agent.run(picture as never)).toMatchObject({ output: 'Hi.', usage: used })
    expect(prompts[0]).toMatchObject([
      { role: 'system' },
      { content: [{ text: 'See.' }, { type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' }] }
    ])
    const streaming = new AssistantAgent({ name: 'writer', model: fromAiSdk(model), stream: true })
    const pieces: unknown[] = []
    for await (const item of streaming.runStream('Hello?'))
      if (item.type === 'ModelClientStreamingChunkEvent') pieces.push(item.content)
      else if (item.type === 'TaskResult') expect(item).toMatchObject({ output: 'Hi!', usage: used })
    expect(pieces).toEqual(['Hi', '!'])
  }
)
