import { describe, expect, test } from 'vitest'
import { chunk, events, openaiServer, says } from '../../support/openai-server.ts'
import { add, ask, openaiModel, user } from '../model-call.ts'

type Piece = { index?: number | string | null; id?: string | null; name?: string | null; args?: unknown }

const piece = ({ index, id, name, args }: Piece) => ({
  ...(index !== undefined && { index }),
  ...(id !== undefined && { id, type: 'function' }),
  function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) }
})

const sub = { ...add, name: 'sub' }
const weather = { ...add, name: 'get_weather' }

/** What streamed pieces come to, one chunk for each list. */
async function streamed(...chunks: Piece[][]) {
  await using server = await openaiServer(
    events(
      ...chunks.map((pieces) => chunk({ tool_calls: pieces.map(piece) })),
      chunk({}, 'tool_calls'),
      '[DONE]'
    )
  )
  const { content } = await ask(openaiModel(server.url), { tools: [add, sub, weather], stream: true })
  return content as { id: string; name: string; arguments: string }[]
}

const called = (calls: { name: string; arguments: string }[]) =>
  calls.map((call) => `${call.name} ${call.arguments}`)
const one = 'add {"a": 1}'
const two = ['add {"a": 1}', 'sub {"a": 2}']

describe('streamed tool calls are put together when', () => {
  test.each([
    [
      'the name comes late',
      [[{ index: 0, id: 'c', args: '{"a"' }], [{ index: 0, name: 'add', args: ': 1}' }]]
    ],
    ['the name comes last', [[{ index: 0, id: 'c', args: '{"a": 1}' }], [{ index: 0, name: 'add' }]]],
    [
      'the name comes with each piece',
      [
        [{ index: 0, id: 'c', name: 'add', args: '{"a"' }],
        [{ index: 0, id: 'c', name: 'add', args: ': 1}' }],
        [{ index: 0, name: 'add', args: '' }]
      ]
    ],
    [
      'the name is empty or null afterwards',
      [
        [{ index: 0, id: 'c', name: 'add', args: '{"a"' }],
        [{ index: 0, id: '', name: '', args: ': ' }],
        [{ index: 0, id: null, name: null, args: '1}' }]
      ]
    ],
    [
      'each piece has an id of its own',
      [[{ index: 0, id: 'r1', name: 'add', args: '{"a"' }], [{ index: 0, id: 'r2', args: ': 1}' }]]
    ],
    [
      'each piece has an id of its own and the name',
      [
        [{ index: 0, id: 'r1', name: 'add', args: '{"a"' }],
        [{ index: 0, id: 'r2', name: 'add', args: ': 1}' }]
      ]
    ],
    ['there is no index', [[{ id: 'c', name: 'add', args: '' }], [{ args: '{"a"' }], [{ args: ': 1}' }]]],
    [
      'there is no index and each piece has an id of its own',
      [[{ id: 'r1', name: 'add', args: '{"a"' }], [{ id: 'r2', args: ': 1}' }]]
    ],
    [
      'there is an index only afterwards',
      [[{ id: 'c', name: 'add', args: '' }], [{ index: 0, args: '{"a": 1}' }]]
    ],
    [
      'the index is a text or begins elsewhere',
      [[{ index: '7', id: 'c', name: 'add', args: '{"a"' }], [{ index: 7, args: ': 1}' }]]
    ],
    [
      'the arguments come once more at the end',
      [
        [{ index: 0, id: 'c', name: 'add', args: '{"a"' }],
        [{ index: 0, args: ': 1}' }],
        [{ index: 0, args: '{"a": 1}' }]
      ]
    ],
    [
      'each piece has all of the arguments so far',
      [
        [{ index: 0, id: 'c', name: 'add', args: '{"a"' }],
        [{ index: 0, args: '{"a": 1' }],
        [{ index: 0, args: '{"a": 1}' }]
      ]
    ],
    [
      'the arguments begin with an empty object',
      [[{ index: 0, id: 'c', name: 'add', args: '{}' }], [{ index: 0, args: '{"a": 1}' }]]
    ],
    ['there are empty calls beside it', [[{ index: 0, id: 'c', name: 'add', args: '{"a": 1}' }, {}], [{}]]]
  ] as [string, Piece[][]][])('%s', async (_, chunks) => {
    expect(called(await streamed(...chunks))).toEqual([one])
  })

  test.each([
    ['in pieces', [[{ index: 0, id: 'c', name: 'get_' }], [{ index: 0, name: 'weather', args: '{}' }]]],
    ['in pieces without an index', [[{ id: 'c', name: 'get_' }], [{ name: 'weather', args: '{}' }]]],
    [
      'more and more of it',
      [[{ index: 0, id: 'c', name: 'get_' }], [{ index: 0, name: 'get_weather', args: '{}' }]]
    ]
  ] as [string, Piece[][]][])('the name comes %s', async (_, chunks) => {
    expect(called(await streamed(...chunks))).toEqual(['get_weather {}'])
  })
})

describe('two calls are told apart when', () => {
  test.each([
    [
      'each has its index',
      [
        [{ index: 0, id: 'a', name: 'add', args: '{"a": 1}' }],
        [{ index: 1, id: 'b', name: 'sub', args: '{"a"' }],
        [{ index: 1, args: ': 2}' }]
      ]
    ],
    [
      'their pieces are mixed',
      [
        [
          { index: 0, id: 'a', name: 'add', args: '{"a"' },
          { index: 1, id: 'b', name: 'sub', args: '{"a"' }
        ],
        [{ index: 1, args: ': 2}' }],
        [{ index: 0, args: ': 1}' }]
      ]
    ],
    [
      'both have the same index',
      [
        [{ index: 0, id: 'a', name: 'add', args: '{"a": 1}' }],
        [{ index: 0, id: 'b', name: 'sub', args: '{"a": 2}' }]
      ]
    ],
    [
      'both have the same index and no id',
      [[{ index: 0, name: 'add', args: '{"a": 1}' }], [{ index: 0, name: 'sub', args: '{"a": 2}' }]]
    ],
    [
      'both have the same index and an empty id, in one chunk',
      [
        [
          { index: 0, id: '', name: 'add', args: '{"a": 1}' },
          { index: 0, id: '', name: 'sub', args: '{"a": 2}' }
        ]
      ]
    ],
    [
      'neither has an index',
      [
        [{ id: 'a', name: 'add', args: '{"a": 1}' }],
        [{ id: 'b', name: 'sub', args: '{"a"' }],
        [{ id: 'b', args: ': 2}' }]
      ]
    ],
    [
      'neither has an index or an id',
      [[{ name: 'add', args: '{"a": 1}' }], [{ name: 'sub', args: '{"a": 2}' }]]
    ],
    [
      'they stand in one chunk without an index',
      [
        [
          { name: 'add', args: { a: 1 } },
          { name: 'sub', args: '{"a": 2}' }
        ]
      ]
    ],
    [
      'they have the same id',
      [
        [
          { index: 0, id: 'c', name: 'add', args: '{"a": 1}' },
          { index: 1, id: 'c', name: 'sub', args: '{"a": 2}' }
        ]
      ]
    ]
  ] as [string, Piece[][]][])('%s', async (_, chunks) => {
    const calls = await streamed(...chunks)
    expect(called(calls).map((text) => text.replace('{"a":1}', '{"a": 1}'))).toEqual(two)
    const ids = calls.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id) => id !== '')).toBe(true)
  })

  test('they are of one tool without arguments', async () => {
    const now = (id: string) => ({ index: 0, id, name: 'add', args: '' })
    expect(called(await streamed([now('a')], [now('b')]))).toEqual(['add {}', 'add {}'])
    expect(
      called(
        await streamed([
          { name: 'add', args: '' },
          { name: 'add', args: '' }
        ])
      )
    ).toEqual(['add {}', 'add {}'])
  })
})

/** What a whole answer with these arguments comes to. */
async function answered(args: unknown, name: unknown = 'add') {
  await using server = await openaiServer(
    says(
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', function: { name, arguments: args } }] },
      'stop'
    )
  )
  const { content, finish_reason } = await ask(openaiModel(server.url), { tools: [add] })
  return { call: (content as { arguments: string; name: string }[])[0]!, finish_reason }
}

describe('arguments', () => {
  test.each([
    ['an empty text', ''],
    ['white space', ' \n'],
    ['null', null],
    ['the text null', 'null'],
    ['nothing at all', undefined],
    ['an empty object', {}]
  ])('that are %s are {}', async (_, args) => {
    expect((await answered(args)).call.arguments).toBe('{}')
  })

  test.each([
    ['an object', { a: 1 }, '{"a":1}'],
    ['JSON in JSON', '"{\\"a\\":1}"', '{"a":1}'],
    ['an empty object before the real one', '{}{"a": 1}', '{"a": 1}'],
    ['broken', '{"a": ', '{"a": '],
    ['a list', '[1]', '[1]']
  ])('that are %s are told as they are meant', async (_, args, told) => {
    const { call, finish_reason } = await answered(args)
    expect(call.arguments).toBe(told)
    expect(finish_reason).toBe('function_calls')
  })
})

describe('names of tools', () => {
  const named = (name: string) => ({ ...add, name })
  const call = (name: string, id = 'c') => ({ id, type: 'function', function: { name, arguments: '{}' } })

  /** What a tool of this name is offered as, and what a call of `written` (by default that) is led to. */
  async function offered(names: string[], written?: (offered: string[]) => string) {
    let as: string[] = []
    await using server = await openaiServer((response, asked) => {
      as = asked.body.tools.map(({ function: tool }: { function: { name: string } }) => tool.name)
      return says({ role: 'assistant', content: null, tool_calls: [call(written?.(as) ?? as[0]!)] })(
        response,
        asked
      )
    })
    const { content } = await ask(openaiModel(server.url), { tools: names.map(named) })
    return { as, led: (content as { name: string }[])[0]!.name }
  }

  test.each([
    ['docs.get', 'docs_get'],
    ['look up', 'look_up'],
    ['files/read:all', 'files_read_all'],
    ['2nd', '_2nd'],
    ['größe', 'gr__e'],
    ['x'.repeat(80), 'x'.repeat(64)]
  ])('that services do not take are offered otherwise, and calls are led back: %s', async (name, other) => {
    expect(await offered([name])).toEqual({ as: [other], led: name })
  })

  test('that become the same are told apart', async () => {
    const names = ['docs.get', 'docs_get', 'docs get', '天气', '日期']
    const { as } = await offered(names)
    expect(new Set(as).size).toBe(5)
    expect(as[1]).toBe('docs_get')
    expect(as.every((name) => /^[A-Za-z_][\w-]{0,63}$/.test(name))).toBe(true)
    for (const [at, name] of names.entries()) expect((await offered(names, (all) => all[at]!)).led).toBe(name)
  })

  test.each([
    ['docs.get', 'docs.get'],
    ['docs.get', ' docs_get '],
    ['add', 'functions.add'],
    ['add', 'default_api:add'],
    ['add', 'add<|channel|>json']
  ])('are found however the model writes them: %s as "%s"', async (name, written) => {
    expect((await offered([name], () => written)).led).toBe(name)
  })

  test('stand in the history as they were offered', async () => {
    await using server = await openaiServer(says('ok'))
    await ask(openaiModel(server.url), {
      tools: [named('docs.get')],
      messages: [
        user('Look.'),
        {
          type: 'AssistantMessage',
          source: 'a',
          thought: null,
          content: [{ id: 'c', name: 'docs.get', arguments: '{}' }]
        },
        {
          type: 'FunctionExecutionResultMessage',
          content: [{ call_id: 'c', name: 'docs.get', content: 'found' }]
        }
      ]
    })
    expect(server.asked[0]?.body.messages[1].tool_calls[0].function.name).toBe('docs_get')
  })

  test('are offered with the schema of an object that says what is in it', async () => {
    await using server = await openaiServer(says('ok'))
    await ask(openaiModel(server.url), {
      tools: [
        { ...add, parameters: { type: 'object' } },
        { ...sub, parameters: {} }
      ]
    })
    expect(
      server.asked[0]?.body.tools.map(
        (tool: { function: { parameters: object } }) => tool.function.parameters
      )
    ).toEqual([
      { type: 'object', properties: {} },
      { type: 'object', properties: {} }
    ])
  })
})
