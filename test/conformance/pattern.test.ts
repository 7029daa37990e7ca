import { describe, expect, test } from 'vitest'
import { explain, type Fields } from '../support/matcher.ts'
import { WirePattern } from '../support/pattern.ts'
import { misnumbered } from '../support/wire-numbering.ts'

const id = '0b6f1f9e-3c1f-4d53-9b0e-2f1f6a0c9d11'
const other = '5a2c7a34-8f7e-4b60-8a44-0d9f3a1b7c22'
const record = { source: 'llm_call_event' }

/** Pattern, values that fit, values that do not. */
const table: [pattern: unknown, fits: unknown[], differs: unknown[]][] = [
  ['plain', ['plain'], ['other', null, 1]],
  [3, [3], ['3', 4, null]],
  [null, [null], [undefined, 0, '', {}]],
  [{ a: 1 }, [{ a: 1 }, { a: 1, b: 2 }], [{}, { a: 2 }, { b: 1 }, null, [1], 'a']],
  [{ a: null }, [{ a: null }], [{}, { a: 0 }]],
  [{}, [{}, { a: 1 }], [null, [], 'x']],
  [[1, 2], [[1, 2]], [[2, 1], [1], [1, 2, 3], {}, '1,2']],
  [[], [[]], [[1], {}]],
  [{ api_key: 'x' }, [{}, { api_key: 'y' }], [null]],
  ['<run:1>', [1, 20], ['1', 1.5, null, id]],
  ['<run:1 as string>', ['1', '20'], [1, 'x', '', null]],
  ['<uuid:1>', [id], ['x', 1, null, `${id}0`]],
  [
    '<time>',
    ['2025-01-02T03:04:05.678901', '2025-01-02T03:04:05Z'],
    ['yesterday', '2025-13-02T03:04:05Z', 5, null]
  ],
  ['<seconds>', [0, 1.5], [-1, '1', null]],
  ['<number>', [-1, 0.5], ['1', null]],
  ['<text>', ['a'], ['', ' \n', 1, null]],
  ['<string>', ['', 'a'], [1, null]],
  ['<boolean>', [true, false], [0, 'true', null]],
  ['<list>', [[], [1]], [{}, 'x', null]],
  ['<object>', [{}, { a: 1 }], [[], 'x', null]],
  ['<any>', [null, 1, [], {}], []],
  ['<image url>', ['data:image/png;base64,AAAA'], ['data:text/plain;base64,AAAA', 'AAAA', null]],
  ['<base64>', ['AAAA', 'AA=='], ['A', 'A*AA', '', null]],
  ['<repeat:x:3>', ['xxx'], ['xx', 'xxxx', '<repeat:x:3>']],
  ['<nobody knows>', ['<nobody knows>'], ['x', null]],
  [{ '<contains>': ['a', 'b'] }, ['xbya'], ['a', 'b', '', null]],
  [{ '<first line>': 'a' }, ['a', 'a\nb'], ['b\na', 'ab', null]],
  [{ '<json>': { a: '<number>' } }, ['{"a":1}'], ['{"a":"1"}', '{', { a: 1 }, null]],
  [{ '<one of>': [200, { a: 1 }] }, [200, { a: 1 }], [404, { a: 2 }, null]],
  [
    { '<includes>': [{ a: 1 }, { a: 2 }] },
    [[{ a: 3 }, { a: 2 }, { a: 1 }]],
    [[{ a: 1 }], [], { a: 1 }, null]
  ],
  [
    [{ config: record, n: 1 }, { n: 2 }, { n: 3 }],
    [[{ n: 2 }, { n: 3 }, { config: record, n: 1 }]],
    [
      [{ n: 2 }, { n: 3 }],
      [{ config: record, n: 1 }, { n: 3 }, { n: 2 }],
      [{ config: record, n: 2 }, { n: 2 }, { n: 3 }]
    ]
  ]
]

describe('the notation of the wire recordings', () => {
  for (const [pattern, fits, differs] of table) {
    test(`${JSON.stringify(pattern)} takes what fits and refuses the rest`, () => {
      for (const value of fits) expect(new WirePattern().match(pattern, value)).toBeUndefined()
      for (const value of differs) expect(new WirePattern().match(pattern, value), `${value}`).toBeDefined()
    })
  }

  test('a number stands for one value everywhere, and two numbers of a kind for two', () => {
    const pattern = new WirePattern()
    expect(pattern.match(['<uuid:1>', '<run:1>', '<session:1>'], [id, 7, 7])).toBeUndefined()
    expect(pattern.match({ a: '<uuid:1>', b: '<run:1 as string>' }, { a: id, b: '7' })).toBeUndefined()
    expect(pattern.match('<uuid:1>', other)).toEqual({ path: '$', expected: id, got: other })
    expect(pattern.match('<run:2>', 7)).toBeDefined()
    expect(pattern.match('<uuid:2>', id)).toBeDefined()
    expect(pattern.match('<run:1 as string>', '8')).toEqual({ path: '$', expected: '7', got: '8' })
  })

  test('what did not fit binds nothing', () => {
    const pattern = new WirePattern()
    expect(pattern.fits({ a: '<run:1>', b: 1 }, { a: 5, b: 2 })).toBe(false)
    expect(
      pattern.match({ '<one of>': [{ a: '<run:1>', b: 1 }, '<object>'] }, { a: 5, b: 2 })
    ).toBeUndefined()
    expect(pattern.match('<run:1>', 6)).toBeUndefined()
  })

  test('what is sent has the values of the names in it', () => {
    const pattern = new WirePattern()
    pattern.bindings.define('tool_port', 81)
    pattern.bindings.define('team_config', { port: '<tool_port>', url: 'http://127.0.0.1:<tool_port>/' })
    pattern.bindings.define('user', 'somebody')
    pattern.match('<run:1>', 7)
    expect(
      pattern.fill({ a: ['<run:1>', '/<run:1>?u=<user>', '<run:1 as string>', '<b>'], b: '<team_config>' })
    ).toEqual({
      a: [7, '/7?u=somebody', '7', '<b>'],
      b: { port: 81, url: 'http://127.0.0.1:81/' }
    })
    expect(pattern.match('<team_config>', { port: 81, url: 'http://127.0.0.1:81/' })).toBeUndefined()
    expect(pattern.match('<team_config>', { port: 82, url: 'http://127.0.0.1:81/' })).toBeDefined()
    expect(() => pattern.fill('/<run:2>')).toThrow('used before')
  })

  test('an operator nobody knows is an error, not a fit', () => {
    expect(() => new WirePattern().match({ '<sorted>': [] }, [])).toThrow('no operator "<sorted>"')
  })

  test('a difference says where it is, what was expected and what came', () => {
    const difference = new WirePattern().match({ a: [{ b: 'x' }] }, { a: [{ b: 'y' }] })
    expect(explain(difference!)).toBe('at $.a[0].b\n  expected: "x"\n  got:      "y"')
  })
})

describe('the numbers of frames', () => {
  const message = (seq: number, extra = {}) => ({ type: 'message', run_id: 1, seq, ...extra })
  const verdict = (...connections: Fields[][]) =>
    misnumbered(connections.map((frames) => ({ run: 1, frames })))

  test('run on without a gap and are the same for all clients', () => {
    const first = [{ type: 'system' }, message(1), { type: 'pong' }, message(2), message(3)]
    expect(verdict(first, [message(1, { replay: true }), message(3)])).toBeUndefined()
    expect(verdict([message(1), message(3)])).toContain('After seq 1 comes 3')
    expect(verdict([message(2), message(2)])).toContain('After seq 2 comes 2')
    expect(verdict([message(1)], [message(1, { data: 'x' })])).toContain('Two frames of run 1, seq 1')
  })

  test('stand on each frame that is kept and on no other', () => {
    expect(verdict([{ type: 'result' }])).toContain('without its run_id or seq')
    expect(verdict([message(0)])).toContain('without its run_id or seq')
    expect(verdict([message(1, { run_id: 2 })])).toContain('without its run_id or seq')
    expect(verdict([{ type: 'pong', seq: 1 }])).toContain('carries no seq')
  })
})
