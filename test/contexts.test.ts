import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModelMessage } from '../src/machines/messages/index.ts'
import { dump, Registry } from '../src/runtime/components/registry.ts'
import {
  buffered,
  headAndTail,
  type ModelContext,
  tokenLimited,
  unbounded
} from '../src/runtime/contexts/index.ts'
import type { Model } from '../src/runtime/models/model.ts'
import { unknownInfo } from '../src/runtime/models/model-info.ts'

const user = (content: string): ModelMessage => ({ type: 'UserMessage', source: 'user', content })
const said = (content: string): ModelMessage => ({
  type: 'AssistantMessage',
  source: 'a',
  content,
  thought: null
})
const call: ModelMessage = {
  type: 'AssistantMessage',
  source: 'a',
  content: [{ id: 'c', name: 'add', arguments: '{}' }],
  thought: null
}
const result: ModelMessage = {
  type: 'FunctionExecutionResultMessage',
  content: [{ content: '3', name: 'add', call_id: 'c', is_error: false }]
}
const history = [user('one'), call, result, said('two'), user('three')]
const words = () =>
  new Registry().load<Model>({
    provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
    config: { chat_completions: [] }
  })

/** What a context with a history sends. */
const sent = (context: ModelContext, messages: readonly ModelMessage[] = history) => {
  context.append(messages)
  return context.toSend()
}

describe('a context sends', () => {
  test('everything where it has no bounds', () => {
    expect(sent(unbounded())).toEqual(history)
  })
  test('the last messages where it has a buffer', () => {
    expect(sent(buffered(2))).toEqual(history.slice(3))
    expect(sent(buffered(9))).toEqual(history)
  })
  test('no tool result at the head of the buffer, because its call is not sent', () => {
    expect(sent(buffered(3))).toEqual(history.slice(3))
  })
  test('first and last messages with a word about those between', () => {
    const gap = user('[2 messages left out here]')
    expect(sent(headAndTail(1, 2))).toEqual([history[0], { ...gap, source: 'System' }, ...history.slice(3)])
  })
  test('no call at the end of the head and no result at the beginning of the tail', () => {
    const kept = sent(headAndTail(2, 2), [user('one'), call, user('x'), result, user('three')])
    expect(kept.map(({ type }) => type)).toEqual(['UserMessage', 'UserMessage', 'UserMessage'])
    expect(kept[1]!.content).toBe('[1 message left out here]')
  })
  test('all messages, calls included, where head and tail hold them', () => {
    expect(sent(headAndTail(2, 3))).toEqual(history)
  })
  test('what fits a number of tokens, the middle taken out first', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map(user)
    expect(sent(tokenLimited(words(), 3), five)).toEqual([five[0], five[1], five[4]])
    expect(sent(tokenLimited(words(), 5), five)).toEqual(five)
  })
  test('nothing where not even one message fits', () => {
    expect(sent(tokenLimited(words(), 1), [user('too long')])).toEqual([])
  })
  test('what its model can be given where no number of tokens is said', () => {
    const model = { info: { ...unknownInfo, family: 'gpt-4' } } as Model
    const long = ['a', 'b', 'c'].map((letter) => user(letter.repeat(20_000)))
    expect(sent(tokenLimited(model), long)).toEqual([long[0]])
    expect(sent(tokenLimited(words()), long)).toEqual(long)
  })
})

test('taking out the middle is what taking it out of the rest again and again comes to', () => {
  const lengths = fc.array(fc.nat({ max: 5 }), { maxLength: 12 })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 30 }), (counts, limit) => {
      const messages = counts.map((count, i) => said(Array(count).fill(`w${i}`).join(' ')))
      const left = messages.map((message, i) => ({ message, count: counts[i]! }))
      while (left.reduce((sum, { count }) => sum + count, 0) > limit)
        left.splice(Math.floor(left.length / 2), 1)
      expect(sent(tokenLimited(words(), limit), messages)).toEqual(left.map(({ message }) => message))
    })
  )
})

describe('what is appended', () => {
  test('is all kept and saved, whatever of it is sent', () => {
    const context = buffered(1)
    context.append(history)
    expect(context.messages).toEqual(history)
    expect(context.saveState()).toEqual({ messages: history })
  })
  test('is not what is only tried: news are trimmed together with it and then forgotten', () => {
    const context = buffered(2)
    context.append([user('old')])
    expect(context.toSend([user('new'), user('newer')])).toEqual([user('new'), user('newer')])
    expect(context.messages).toEqual([user('old')])
    expect(context.trim([user('a'), user('b'), user('c')])).toEqual([user('b'), user('c')])
  })
  test('does not change what was saved or sent before', () => {
    const context = unbounded()
    context.append([user('old')])
    const saved = context.saveState()
    const shown = context.toSend()
    context.append([user('new')])
    expect([saved.messages.length, shown.length]).toEqual([1, 1])
  })
  test('is gone after a clear, initial messages too', () => {
    const context = unbounded({ initialMessages: [user('first')] })
    expect(context.toSend()).toEqual([user('first')])
    context.clear()
    expect(context.saveState()).toEqual({ messages: [] })
  })
})

describe('a state', () => {
  test('takes the place of everything, initial messages too', () => {
    const context = buffered(9, { initialMessages: [user('first')] })
    const saved = JSON.parse(JSON.stringify({ messages: history }))
    context.loadState(saved)
    expect(context.toSend()).toEqual(history)
    context.append([user('more')])
    expect(saved.messages).toHaveLength(history.length)
  })
  test('that is none is refused, and nothing changes', () => {
    const context = unbounded({ initialMessages: [user('first')] })
    for (const state of [null, [], { messages: 'none' }, { messages: [{ type: 'Note', content: '' }] }]) {
      expect(() => context.loadState(state)).toThrow(expect.objectContaining({ code: 'bad_state' }))
    }
    expect(context.messages).toEqual([user('first')])
  })
})

describe('the component of a context', () => {
  test('gives the same context again', () => {
    const options = { initialMessages: [user('first')] }
    const limited = tokenLimited(words(), 4, options)
    for (const context of [unbounded(options), buffered(2, options), headAndTail(1, 1, options), limited]) {
      const component = JSON.parse(JSON.stringify(dump(context)))
      const loaded = new Registry().load<ModelContext>(component, 'chat_completion_context')
      expect(JSON.parse(JSON.stringify(dump(loaded)))).toEqual(component)
      expect(sent(loaded)).toEqual(sent(context))
    }
  })
  test('gives every loader a history of its own', () => {
    const component = dump(unbounded({ initialMessages: [user('first')] }))
    const [one, other] = [0, 1].map(() => new Registry().load<ModelContext>(component))
    one!.append([user('mine')])
    expect(other!.messages).toEqual([user('first')])
  })
  test('is refused where a size is not positive, in the library too', () => {
    const load = (name: string, config: object) => () =>
      new Registry().load({ provider: `autogen_core.model_context.${name}ChatCompletionContext`, config })
    expect(load('Buffered', { buffer_size: 0 })).toThrow('buffer_size must be greater than 0.')
    expect(load('HeadAndTail', { head_size: 1, tail_size: 0 })).toThrow('tail_size must be greater than 0.')
    const model_client = dump(words())
    expect(load('TokenLimited', { model_client, token_limit: 0 })).toThrow(
      'token_limit must be greater than 0.'
    )
    expect(() => buffered(0)).toThrow('buffer_size must be greater than 0.')
  })
})
