import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  AgentEvent,
  ChatMessage,
  contentForModel,
  isChat,
  MessageTypes,
  messageType,
  modelTextOf,
  structuredType,
  type TeamMessage,
  textOf
} from '../src/machines/messages/index.ts'
import { formatText, repr } from '../src/machines/messages/python-repr.ts'

const common = { id: 'i', source: 'a', models_usage: null, metadata: {}, created_at: '2026-01-01T00:00:00Z' }
const make = (type: string, fields: object) => ({ ...common, ...fields, type })
const call = { id: 'c1', arguments: '{"q": "it\'s"}', name: 'ask' }
const result = { content: "it's\nfine", name: 'ask', call_id: 'c1', is_error: false }
const memory = { content: 'likes tea', mime_type: 'text/plain', metadata: { k: 'v' } }
const parts = ['Look: ', { data: 'iVBORw0=' }, 'there']

const texts: [type: string, fields: object, text: string][] = [
  ['TextMessage', { content: 'Hello.' }, 'Hello.'],
  ['MultiModalMessage', { content: parts }, 'Look: \n<image>\nthere'],
  ['StopMessage', { content: 'Enough.' }, 'Enough.'],
  ['HandoffMessage', { content: 'Yours.', target: 'b', context: [] }, 'Yours.'],
  ['ToolCallSummaryMessage', { content: '3', tool_calls: [call], results: [result] }, '3'],
  [
    'ToolCallRequestEvent',
    { content: [call] },
    `[FunctionCall(id='c1', arguments='{"q": "it\\'s"}', name='ask')]`
  ],
  [
    'ToolCallExecutionEvent',
    { content: [result, { ...result, content: 'x', is_error: null }] },
    `[FunctionExecutionResult(content="it's\\nfine", name='ask', call_id='c1', is_error=False), FunctionExecutionResult(content='x', name='ask', call_id='c1', is_error=None)]`
  ],
  ['UserInputRequestedEvent', { content: '', request_id: 'r' }, ''],
  [
    'MemoryQueryEvent',
    { content: [memory] },
    `[MemoryContent(content='likes tea', mime_type='text/plain', metadata={'k': 'v'})]`
  ],
  ['ModelClientStreamingChunkEvent', { content: 'He', full_message_id: 'm' }, 'He'],
  ['ThoughtEvent', { content: 'Hm.' }, 'Hm.'],
  ['SelectSpeakerEvent', { content: ['a', 'b'] }, "['a', 'b']"],
  ['SelectorEvent', { content: 'b, I think' }, 'b, I think'],
  [
    'CodeGenerationEvent',
    { content: 'Run this.', code_blocks: [{ code: '1', language: 'python' }], retry_attempt: 0 },
    'Run this.'
  ],
  ['CodeExecutionEvent', { result: { exit_code: 1, output: 'no' }, retry_attempt: 2 }, 'no']
]

describe('every message and event of AutoGen', () => {
  for (const [type, fields, text] of texts) {
    test(`${type} is read as it is written, and has AutoGen's text`, () => {
      const message = new MessageTypes().any.parse(JSON.parse(JSON.stringify(make(type, fields))))
      expect(message).toEqual(make(type, fields))
      expect(textOf(message)).toBe(text)
    })
  }
  test('is in this test', () => {
    const all = [...ChatMessage.options, ...AgentEvent.options].map(({ shape }) => shape.type.value)
    expect(texts.map(([type]) => type).toSorted()).toEqual(all.toSorted())
  })
  test('is a chat message or an event, and only chat messages are read where others are to hear', () => {
    const chat = new Set<string>(ChatMessage.options.map(({ shape }) => shape.type.value))
    for (const [type, fields] of texts) {
      const message = make(type, fields) as TeamMessage
      expect(isChat(message), type).toBe(chat.has(type))
      expect(new MessageTypes().chat.safeParse(message).success, type).toBe(chat.has(type))
    }
  })
})

describe('a picture', () => {
  const message = make('MultiModalMessage', { content: parts }) as ChatMessage
  test('stands for itself in what a model is given', () => {
    expect(contentForModel(message)).toEqual(parts)
  })
  test('is a word of its own in a prompt', () => {
    expect(modelTextOf(message)).toBe('Look:  [image]there')
  })
})

const answer = {
  type: 'object',
  properties: { city: { type: 'string' }, size: { type: 'integer' }, land: { type: 'string' } },
  required: ['city', 'size']
}
const structured = (content: object, format_string: string | null = null) =>
  make('StructuredMessage[Answer]', { content, format_string })

describe('a structured message', () => {
  const types = new MessageTypes([structuredType('Answer', answer)])
  const read = (message: object) => types.chat.parse(message)

  test('is chat whose content fits its schema', () => {
    const content = { city: 'Rome', size: 3, land: null }
    expect(read(structured(content))).toEqual(structured(content))
    expect(isChat(read(structured(content)))).toBe(true)
    const wrong = types.any.safeParse(structured({ city: 'Rome', size: 'big' }))
    expect(wrong.error?.issues[0]?.path).toEqual(['content', 'size'])
  })
  test('has null for what it may lack, and nothing that its schema does not know', () => {
    const message = read(structured({ city: 'Rome', size: 3, rivers: 1 }))
    expect(message.content).toEqual({ city: 'Rome', size: 3, land: null })
    expect(read(JSON.parse(JSON.stringify(message)))).toEqual(message)
  })
  test('is read by a zod schema as well', () => {
    const own = structuredType('Answer', z.object({ city: z.string() }))
    expect(new MessageTypes([own]).any.safeParse(structured({ city: 4 })).success).toBe(false)
    expect(new MessageTypes([own]).any.safeParse(structured({ city: 'Rome' })).success).toBe(true)
  })
  test('is JSON for models, and for people what its format says', () => {
    const message = read(structured({ city: 'Rome', size: 3, land: 'Italy' }, '{city} has {size}'))
    expect(textOf(message)).toBe('Rome has 3')
    expect(modelTextOf(message)).toBe('Rome has 3')
    expect(contentForModel(message)).toBe('{"city":"Rome","size":3,"land":"Italy"}')
    expect(textOf(read(structured({ city: 'Rome', size: 3 })))).toBe('{"city":"Rome","size":3,"land":null}')
  })
  test('is refused with a format that names what it has not', () => {
    const wrong = types.any.safeParse(structured({ city: 'Rome', size: 3 }, '{river}'))
    expect(wrong.error?.issues[0]?.path).toEqual(['format_string'])
  })
  test('of two schemas of one name fits either', () => {
    const both = new MessageTypes([
      structuredType('Answer', answer),
      structuredType('Answer', z.object({ yes: z.boolean() }))
    ])
    expect(both.any.parse(structured({ yes: true }))).toEqual(structured({ yes: true }))
    expect(both.any.safeParse(structured({ city: 'Rome', size: 3 })).success).toBe(true)
    expect(both.any.safeParse(structured({ no: true })).success).toBe(false)
  })
})

describe("a message type of one's own", () => {
  const ping = messageType('Ping', z.object({ content: z.string(), times: z.int().default(1) }))
  const progress = messageType('ProgressEvent', {
    type: 'object',
    properties: { content: { type: 'number' } },
    required: ['content']
  })
  const types = new MessageTypes([ping, progress])

  test('is read with its own fields and the common ones', () => {
    const { models_usage: _, metadata: __, ...least } = make('Ping', { content: 'hi' })
    expect(types.chat.parse(least)).toEqual(make('Ping', { content: 'hi', times: 1 }))
    expect(types.any.safeParse(make('Ping', { content: 4 })).success).toBe(false)
    expect(types.any.safeParse({ ...make('Ping', { content: 'hi' }), source: undefined }).success).toBe(false)
  })
  test('is an event if its name says so, and chat otherwise', () => {
    expect(isChat(types.any.parse(make('Ping', { content: 'hi' })))).toBe(true)
    expect(isChat(types.any.parse(make('ProgressEvent', { content: 0.5 })))).toBe(false)
    expect(types.chat.safeParse(make('ProgressEvent', { content: 0.5 })).success).toBe(false)
  })
  test('has its content as its text', () => {
    expect(textOf(types.any.parse(make('Ping', { content: 'hi' })))).toBe('hi')
    expect(textOf(types.any.parse(make('ProgressEvent', { content: 0.5 })))).toBe('0.5')
  })
  test('that is not registered is an error that names it', () => {
    const unknown = z.object({ thread: z.array(new MessageTypes().any) })
    const { error } = unknown.safeParse({ thread: [make('Ping', { content: 'hi' })] })
    expect(error?.issues).toMatchObject([
      { message: 'Unknown message type: Ping', path: ['thread', 0, 'type'] }
    ])
  })
  test('does not replace one that is built in', () => {
    expect(() => new MessageTypes([messageType('TextMessage', z.object({}))])).toThrow('built in')
  })
})

describe('a value is written as Python does', () => {
  const values: [unknown, string][] = [
    ["it's", `"it's"`],
    [`"it's"`, `'"it\\'s"'`],
    ['a\\b\n\u0007\u00a0\u200b é 😀', `'a\\\\b\\n\\x07\\xa0\\u200b é 😀'`],
    [[1.5, true, null, { a: 'b' }], "[1.5, True, None, {'a': 'b'}]"]
  ]
  for (const [value, text] of values) test(text, () => expect(repr(value)).toBe(text))
})

describe('a format', () => {
  const values = { city: 'Rome', size: 2.5, river: { name: 'Tiber' }, old: true, seven: ['hills'] }
  const formats: [string, string][] = [
    ['{city} {size} {old} {seven}', "Rome 2.5 True ['hills']"],
    ['{river[name]}, {river.name}, {seven[0]}', 'Tiber, Tiber, hills'],
    ['{{{city}}} {size:.2f} {city!r}', "{Rome} 2.50 'Rome'"]
  ]
  for (const [format, text] of formats)
    test(`${format} gives ${text}`, () => expect(formatText(format, values)).toBe(text))
  for (const format of ['{', '}', '{}', '{land}', '{constructor}', '{city:>9}', '{river[length]}'])
    test(`${format} is refused`, () => expect(() => formatText(format, values)).toThrow(/format/))
})
