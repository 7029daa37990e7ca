import { describe, expect, test } from 'vitest'
import type { ModelMessage } from '../../src/machines/messages/index.ts'
import { countWords, PromptCounter, words } from '../../src/runtime/models/replay/token-texts.ts'
import { ask, callOf, replayModel, user } from './model-call.ts'

const whole = {
  finish_reason: 'length',
  content: 'cut off he',
  usage: { prompt_tokens: 100, completion_tokens: 200 },
  cached: false,
  thought: 'Let me think.'
}

describe('a replay model', () => {
  test('gives its answers one after the other and then says that there are no more', async () => {
    const model = replayModel(['one', 'two'])
    expect((await ask(model)).content).toBe('one')
    expect((await ask(model)).content).toBe('two')
    const failure = await ask(model).catch(String)
    expect(failure).toBe('ValueError: No more mock responses available')
  })

  test('counts the words of all messages that are plain text and of its answer', async () => {
    const messages = [
      { type: 'SystemMessage', content: ' Reply\tbriefly.\n' },
      user('Go now.'),
      { type: 'UserMessage', source: 'user', content: ['not counted', { data: 'x' }] },
      { type: 'AssistantMessage', source: 'a', content: [{ id: '1', name: 'add', arguments: '{}' }] },
      user(`${'long '.repeat(100)}end`)
    ] as const
    const { usage } = await ask(replayModel(['y z']), { messages: messages as never })
    expect(usage).toEqual({ prompt_tokens: 105, completion_tokens: 2 })
  })

  test('gives a whole result as it stands, with its own usage, and does not stream it', async () => {
    const { call, chunks } = callOf()
    expect(await ask(replayModel([whole]), { stream: true }, call)).toEqual(whole)
    expect(chunks).toEqual([])
  })

  test('has no thought where a result has none', async () => {
    const { thought: _, ...silent } = whole
    expect((await ask(replayModel([silent]))).thought).toBeNull()
  })

  test('streams a text word by word with one space between, and gives the text as it was', async () => {
    const { call, chunks } = callOf()
    const result = await ask(replayModel(['These  are\nthree']), { stream: true }, call)
    expect(chunks).toEqual(['These ', 'are ', 'three'])
    expect(result).toMatchObject({ content: 'These  are\nthree', finish_reason: 'stop', cached: true })
  })

  test('moves on when a journaled answer is used again', async () => {
    const model = replayModel(['one', 'two', 'three'])
    model.replayed?.()
    model.replayed?.()
    expect((await ask(model)).content).toBe('three')
  })

  test('rejects at once with the reason when it is aborted while it waits, and keeps the answer', async () => {
    const model = replayModel(['one', 'two'], { delay_ms: 60_000 })
    const stop = new AbortController()
    const first = ask(model, {}, callOf({ signal: stop.signal }).call)
    const reason = new Error('paused')
    stop.abort(reason)
    await expect(first).rejects.toBe(reason)
    await expect(ask(model, {}, callOf({ signal: stop.signal }).call)).rejects.toBe(reason)
    const quick = replayModel(['one', 'two'], { delay_ms: 1 })
    const again = new AbortController()
    const calls = [again.signal, new AbortController().signal].map((signal) =>
      ask(quick, {}, callOf({ signal }).call)
    )
    again.abort(reason)
    await expect(calls[0]).rejects.toBe(reason)
    expect((await calls[1])?.content).toBe('two')
    expect((await ask(quick)).content).toBe('one')
    await expect(ask(quick)).rejects.toThrow('No more mock responses available')
  })

  test('takes delay_ms for a call and chunk_delay_ms between chunks', async () => {
    const { call, chunks } = callOf()
    const began = performance.now()
    await ask(replayModel(['a b c'], { delay_ms: 20, chunk_delay_ms: 20 }), { stream: true }, call)
    expect(performance.now() - began).toBeGreaterThanOrEqual(58)
    expect(chunks).toEqual(['a ', 'b ', 'c'])
  })

  test('can be aborted between two chunks', async () => {
    const stop = new AbortController()
    const chunks: string[] = []
    const onChunk = (text: string) => {
      chunks.push(text)
      queueMicrotask(() => stop.abort(new Error('enough')))
    }
    const { call } = callOf({ signal: stop.signal, onChunk })
    const model = replayModel(['a b'], { chunk_delay_ms: 60_000 })
    await expect(ask(model, { stream: true }, call)).rejects.toThrow('enough')
    expect(chunks).toEqual(['a '])
  })

  test('can nothing special unless its config says so, and keeps keys it does not know', () => {
    expect(replayModel([]).info).toMatchObject({ vision: false, function_calling: false, family: 'unknown' })
    const info = { vision: true, function_calling: true, json_output: false, family: 'r1', extra: 1 }
    expect(replayModel([], { model_info: info }).info).toEqual({ ...info, structured_output: false })
  })
})

test('the words of each prompt are counted as they are, whatever the one before was', () => {
  const prompts = new PromptCounter()
  const said = (content: string): ModelMessage => ({ type: 'UserMessage', content, source: 'user' })
  const pictures: ModelMessage = { type: 'UserMessage', content: ['one', 'two'], source: 'user' }
  expect(prompts.count([said('a b'), said('c')])).toBe(3)
  expect(prompts.count([said('a b'), said('c'), said('d e f')])).toBe(6)
  expect(prompts.count([said('a'), pictures, said('d e f')])).toBe(4)
  expect(prompts.count([said('a b')])).toBe(2)
})

test('words are what stands between white space as Python sees it', () => {
  const text = '\u001f a\u0085b\u00a0c\ufeffd\u2003e '
  expect(words(text)).toEqual(['a', 'b', 'c\ufeffd', 'e'])
  expect(countWords(text)).toBe(4)
  expect(words(' ')).toEqual([])
})
