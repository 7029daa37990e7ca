import { describe, expect, test } from 'vitest'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Model } from '../../src/runtime/models/model.ts'
import { add, ask } from '../models/model-call.ts'
import * as claude from '../support/anthropic-server.ts'
import * as ollama from '../support/ollama-server.ts'
import { answers, bytes, scriptedServer } from '../support/scripted-server.ts'

const load = (provider: string, config: object) => new Registry().load<Model>({ provider, config }, 'model')
const anthropic = (url: string) =>
  load('autogen_ext.models.anthropic.AnthropicChatCompletionClient', {
    ...{ model: 'claude-sonnet-4-5', api_key: 'k', base_url: url, max_retries: 0 }
  })
const llama = (url: string) =>
  load('autogen_ext.models.ollama.OllamaChatCompletionClient', { model: 'qwen3', host: url, max_retries: 0 })
const lines = (...given: object[]) =>
  bytes(
    'application/x-ndjson',
    given.map((line) => `${JSON.stringify(line)}\n`)
  )

describe('a server of Anthropic', () => {
  test('may send pings, and events and fields that are not known here', async () => {
    await using server = await scriptedServer(
      claude.streams([
        { type: 'ping' },
        { type: 'event_of_next_year', data: 1 },
        ...claude.block(0, { type: 'redacted_thinking', data: 'x' }),
        ...claude.text(1, 'Hel', 'lo')
      ])
    )
    expect(await ask(anthropic(server.url), { stream: true })).toMatchObject({
      content: 'Hello',
      finish_reason: 'stop'
    })
  })

  test.each([false, true])(
    'may give a block of a kind that is not known here beside its text (streamed: %s)',
    async (stream) => {
      const odd = { type: 'block_of_next_year', payload: { a: 1 } }
      await using server = await scriptedServer(
        stream
          ? claude.streams([...claude.block(0, odd), ...claude.text(1, 'Hello')])
          : claude.says([odd, { type: 'text', text: 'Hello' }])
      )
      expect(await ask(anthropic(server.url), { stream })).toMatchObject({ content: 'Hello' })
    }
  )

  test.each(['refusal', 'model_context_window_exceeded', 'pause_turn', 'stop_sequence'])(
    'may end for %s',
    async (reason) => {
      await using server = await scriptedServer(claude.says('Hello', reason))
      expect(await ask(anthropic(server.url))).toMatchObject({ content: 'Hello' })
    }
  )

  test('that is overloaded in the midst of a stream fails with its words', async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    await using server = await scriptedServer(claude.begins(...claude.text(0, 'Half '), overloaded))
    await expect(ask(anthropic(server.url), { stream: true })).rejects.toThrow(/Overloaded/)
  })
})

describe('a server of Ollama', () => {
  test('may think, leave out its usage, and give arguments as a text', async () => {
    const call = { function: { name: 'add', arguments: '{"a": 1}' } }
    await using server = await scriptedServer(
      lines(
        { message: { role: 'assistant', content: '', thinking: 'Hm.' }, done: false },
        { message: { role: 'assistant', content: null, tool_calls: [call] }, done: false },
        { done: true }
      )
    )
    const result = await ask(llama(server.url), { stream: true, tools: [add] })
    expect(result).toMatchObject({ thought: 'Hm.', finish_reason: 'function_calls' })
    expect(JSON.parse((result.content as { arguments: string }[])[0]!.arguments)).toEqual({ a: 1 })
  })

  test('that fails in the midst of a stream fails with its words', async () => {
    await using server = await scriptedServer(
      lines(
        { message: { role: 'assistant', content: 'Half ' }, done: false },
        { error: 'model runner has stopped' }
      )
    )
    await expect(ask(llama(server.url), { stream: true })).rejects.toThrow(/model runner has stopped/)
  })

  test('that has not the model says which, and how it is got', async () => {
    await using server = await scriptedServer(answers(404, { error: "model 'qwen3' not found" }))
    await expect(ask(llama(server.url))).rejects.toThrow(/qwen3/)
  })

  test('may answer whole where a stream was asked for', async () => {
    await using server = await scriptedServer(ollama.says('Hello'))
    expect(await ask(llama(server.url), { stream: true })).toMatchObject({ content: 'Hello' })
  })

  test('may cut its lines anywhere, between bytes of one letter too', async () => {
    const text = Buffer.from(
      `${JSON.stringify({ message: { role: 'assistant', content: 'Größe 😀' }, done: false })}\r\n\n${JSON.stringify({ message: { content: '' }, done: true, done_reason: 'stop' })}`
    )
    const parts = Array.from(text, (byte) => Buffer.from([byte]))
    await using server = await scriptedServer(bytes('application/x-ndjson', parts))
    expect(await ask(llama(server.url), { stream: true })).toMatchObject({ content: 'Größe 😀' })
  })
})
