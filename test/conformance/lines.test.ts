import { describe, expect, test } from 'vitest'
import { ComponentPattern, joinChunks, LinePattern, resultMessages } from '../support/lines.ts'

const id = '0b6f1f9e-3c1f-4d53-9b0e-2f1f6a0c9d11'
const other = '5a2c7a34-8f7e-4b60-8a44-0d9f3a1b7c22'
const chunk = (source: string, content: string, full_message_id = id) => ({
  type: 'ModelClientStreamingChunkEvent',
  source,
  content,
  full_message_id
})
const line = (source: string, content: unknown) => ({ type: 'TextMessage', source, content })

/** Pattern, values that fit, values that do not. */
const table: [pattern: unknown, fits: unknown[], differs: unknown[]][] = [
  ['<any>', [null, 'x', {}], []],
  [
    '<time>',
    ['2025-01-02T03:04:05.678901Z', '2025-01-02T03:04:05+00:00'],
    ['2025-01-02T03:04:05', 'now', null]
  ],
  ['<uuid:1>', [id], ['x', null, 1]],
  ['<int:3..5>', [3, 4, 5], [2, 6, 3.5, '4', null]],
  ['<re:^Error: >', ['Error: x'], ['x Error: ', null, 1]],
  ['<run:1>', ['<run:1>'], [1, '1']],
  [{ a: 1 }, [{ a: 1, b: 2 }], [{}, { a: 2 }]],
  [{ '<set>': ['a', 'b'] }, [['b', 'a']], [['a'], ['a', 'b', 'c'], ['a', 'a'], 'ab']],
  [
    [1, { '<rest>': 'any' }],
    [[1], [1, 2, 3]],
    [[], [2]]
  ],
  [
    [0, { '<unordered>': [[1, 2], [3]] }, 4],
    [
      [0, 1, 2, 3, 4],
      [0, 1, 3, 2, 4],
      [0, 3, 1, 2, 4]
    ],
    [
      [0, 2, 1, 3, 4],
      [0, 1, 2, 4],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 3, 4],
      [1, 2, 3, 0, 4]
    ]
  ],
  [
    [
      {
        '<unordered>': [
          ['<any>', 1],
          ['x', 2]
        ]
      }
    ],
    [
      ['x', 'y', 1, 2],
      ['y', 'x', 2, 1]
    ],
    [['x', 'y', 2, 2]]
  ]
]

describe('the notation of the team recordings', () => {
  for (const [pattern, fits, differs] of table) {
    test(`${JSON.stringify(pattern)} takes what fits and refuses the rest`, () => {
      for (const value of fits) expect(new LinePattern().match(pattern, value)).toBeUndefined()
      for (const value of differs) expect(new LinePattern().match(pattern, value), `${value}`).toBeDefined()
    })
  }

  test('a UUID with a number is the same in lines and states, and no other number has it', () => {
    const pattern = new LinePattern()
    expect(pattern.lines([{ id: '<uuid:1>' }], [{ id }])).toBeUndefined()
    expect(pattern.state({ id: '<uuid:1>' }, { id })).toBeUndefined()
    expect(pattern.state({ id: '<uuid:1>' }, { id: other })).toBeDefined()
    expect(pattern.state({ id: '<uuid:2>' }, { id })).toBeDefined()
  })

  test('a key with null may be missing in a state, not in a line', () => {
    const pattern = new LinePattern()
    expect(pattern.state({ a: null }, {})).toBeUndefined()
    expect(pattern.state({ a: null }, { a: 1 })).toBeDefined()
    expect(pattern.state({ a: 1 }, {})).toBeDefined()
    expect(pattern.lines([{ a: null }], [{}])).toBeDefined()
  })

  test('chunks of one message are one line unless another line of their source stands between', () => {
    const joined = joinChunks([
      chunk('a', 'x'),
      chunk('b', 'z', other),
      chunk('a', 'y'),
      line('a', 'xy'),
      chunk('a', 'w')
    ])
    expect(joined.map(({ source, content }) => `${source}:${content}`)).toEqual([
      'a:xy',
      'b:z',
      'a:xy',
      'a:w'
    ])
    expect(joinChunks([chunk('a', 'x'), chunk('a', 'y', other)])).toHaveLength(2)
  })

  test('the messages of a result are the lines without the chunks, to the letter', () => {
    const lines = [line('user', 'Go.'), chunk('a', 'x'), line('a', 'x')]
    expect(resultMessages(lines, [lines[0], lines[2]])).toBeUndefined()
    expect(resultMessages(lines, lines)).toBeDefined()
    expect(resultMessages(lines, [lines[0]])).toBeDefined()
    expect(resultMessages(lines, [lines[0], { ...lines[2], id }])).toBeDefined()
    expect(resultMessages(lines, undefined)).toBeDefined()
  })

  test('a dump gives back everything but what only names the component', () => {
    const team = { provider: 'p', version: 1, label: 'l', config: { name: 'n', description: 'd', max: null } }
    const dump = (changes: object, config: object = {}) => ({
      ...team,
      ...changes,
      config: { ...team.config, ...config }
    })
    const verdict = (value: unknown) => new ComponentPattern().match(team, value)
    expect(verdict(dump({ version: 2, label: null, description: 'x' }, { more: 1 }))).toBeUndefined()
    expect(verdict(dump({ provider: 'q' }))).toBeDefined()
    expect(verdict(dump({}, { description: 'e' }))).toBeDefined()
    expect(verdict(dump({}, { max: 3 }))).toBeDefined()
    expect(verdict({ ...team, config: { name: 'n' } })).toBeDefined()
  })
})
