import { describe, expect, test } from 'vitest'
import { SCHEMA_LIMITS } from '../../src/machines/component/json-schema.ts'
import { structuredType } from '../../src/machines/messages/index.ts'
import { linearPattern } from '../../src/runtime/shared/linear-pattern.ts'
import { coerce, fitTo } from '../../src/runtime/tools/fit.ts'

type Schema = Record<string, unknown>

/** Milliseconds of processor time, the best of three. */
function processorTime(act: () => void): number {
  const times = [0, 1, 2].map(() => {
    const start = process.cpuUsage()
    act()
    return process.cpuUsage(start).user / 1000
  })
  return Math.min(...times)
}

const object = (properties: Schema, more: Schema = {}): Schema => ({ type: 'object', properties, ...more })

/** Each definition refers to the next one `width` times, `depth` definitions deep. */
function doubling(word: string, depth: number, width = 2): Schema {
  const $defs: Schema = {}
  for (let at = 0; at < depth; at++)
    $defs[`d${at}`] = { [word]: Array.from({ length: width }, () => ({ $ref: `#/$defs/d${at + 1}` })) }
  $defs[`d${depth}`] = { type: 'integer' }
  return object({ a: { $ref: '#/$defs/d0' } }, { $defs, required: ['a'] })
}

function doublingProperties(depth: number): Schema {
  const $defs: Schema = {}
  for (let at = 0; at < depth; at++) {
    const next = { $ref: `#/$defs/d${at + 1}`, default: {} }
    $defs[`d${at}`] = object({ a: next, b: next })
  }
  $defs[`d${depth}`] = object({})
  return object({ a: { $ref: '#/$defs/d0' } }, { $defs, required: ['a'] })
}

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let at = 0; at < depth; at++) value = { a: value }
  return value
}

const recursive = object({ a: { $ref: '#' }, b: { $ref: '#' } }, { required: ['a'] })

const patterns = {
  'nested repeats': '^(a+)+$',
  'choices that overlap': '^(a|aa)+$',
  'choices within repeats': '^(([a-z])+.)+[A-Z]([a-z])+$',
  'a mail address': '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}$',
  'blanks twice': '\\s*\\s*\\s*$x'
}

describe('what others write as a schema holds nothing up', () => {
  test.each([
    ['references that double, any of', doubling('anyOf', 40), { a: 'no' }],
    ['references that double, one of', doubling('oneOf', 40), { a: 'no' }],
    ['references that double, all of', doubling('allOf', 40), { a: 1 }],
    ['references that grow tenfold', doubling('anyOf', 20, 10), { a: 'no' }],
    ['properties that double', doublingProperties(40), { a: {} }],
    ['a schema within itself, and a value as deep', recursive, nested(5000)],
    [
      'a schema that is only itself',
      object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: { $ref: '#/$defs/a' } } }),
      { a: 1 }
    ],
    [
      'two that refer to each other',
      object(
        { a: { $ref: '#/$defs/a' } },
        { $defs: { a: { $ref: '#/$defs/b' }, b: { allOf: [{ $ref: '#/$defs/a' }] } } }
      ),
      { a: 1 }
    ],
    [
      'choices that all are looked at',
      object({ a: { enum: Array.from({ length: 19_000 }, (_, at) => ({ at })) } }),
      { a: { at: -1 } }
    ],
    [
      'items that are to be unique',
      object({ a: { type: 'array', uniqueItems: true } }),
      { a: Array.from({ length: 100_000 }, (_, at) => [at]) }
    ],
    ['a multiple of next to nothing', object({ a: { type: 'number', multipleOf: 1e-300 } }), { a: 1e300 }]
  ])('%s', (_, schema, value) => {
    const read = () => {
      try {
        return fitTo(schema)(value).success
      } catch {
        return false
      }
    }
    expect(processorTime(read)).toBeLessThan(500)
    expect(processorTime(() => coerce(schema, value))).toBeLessThan(500)
    const inMessage = () => {
      try {
        structuredType('Hostile', schema).schema.safeParse({
          source: 'a',
          content: value,
          type: 'StructuredMessage[Hostile]'
        })
      } catch {
        // It is refused.
      }
    }
    expect(processorTime(inMessage)).toBeLessThan(800)
  })

  test.each(Object.entries(patterns))('a pattern: %s', (_, pattern) => {
    const fits = fitTo(object({ a: { type: 'string', pattern } }, { required: ['a'] }))
    for (const text of [`${'a'.repeat(60)}!`, `${'a'.repeat(50_000)}!`, ' '.repeat(1 << 20)])
      expect(processorTime(() => fits({ a: text }))).toBeLessThan(500)
    const byName = fitTo(object({}, { patternProperties: { [pattern]: true } }))
    expect(processorTime(() => byName({ [`${'a'.repeat(50_000)}!`]: 1 }))).toBeLessThan(500)
  })

  test.each(['email', 'uri', 'date-time', 'ipv4', 'ipv6', 'uuid', 'duration', 'hostname', 'byte', 'time'])(
    'a text in the format %s',
    (format) => {
      const fits = fitTo(object({ a: { type: 'string', format } }, { required: ['a'] }))
      for (const piece of ['a', '1', ':', '.', 'a.', '@', 'a@', '-', 'P1', '1:', ' ', '=']) {
        const text = piece.repeat((1 << 19) / piece.length)
        expect(
          processorTime(() => fits({ a: text })),
          piece
        ).toBeLessThan(300)
      }
    }
  )

  test.each([
    ['deep', nested(SCHEMA_LIMITS.depth + 5) as Schema],
    ['very deep', nested(20_000) as Schema],
    ['many schemas', object(Object.fromEntries(Array.from({ length: 21_000 }, (_, at) => [`p${at}`, {}])))],
    [
      'many references',
      object(Object.fromEntries(Array.from({ length: 2100 }, (_, at) => [`p${at}`, { $ref: '#' }])))
    ],
    ['much text', object({ a: { description: 'x'.repeat(SCHEMA_LIMITS.text + 1) } })],
    ['a long pattern', object({ a: { type: 'string', pattern: 'a'.repeat(5000) } })]
  ])('one that is too large is refused in words: %s', (_, schema) => {
    const refused = () => fitTo({ ...schema, type: 'object' })
    expect(refused).toThrow(/too large: it may have [\d,]+ /)
    const start = process.cpuUsage()
    expect(refused).toThrow()
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(500)
  })

  test('one that refers to elsewhere is refused in words', () => {
    expect(() => fitTo(object({ a: { $ref: 'https://example.org/a.json' } }))).toThrow(
      'refers to "https://example.org/a.json", which is not within it'
    )
  })
})

describe('a pattern', () => {
  test.each([
    ['^\\d{3}-\\d{4}$', '555-1234', '5555-1234'],
    ['^[A-Z][a-z]+$', 'Paris', 'paris'],
    ['b', 'abc', 'ac'],
    ['^(?:red|green)$', 'red', 'blue'],
    ['^(?<year>\\d{4})$', '2024', '24'],
    ['^\\u0041/$', 'A/', 'B/'],
    ['^\\p{L}+$', 'straße', '12']
  ])('%s is still checked: %j fits and %j does not', (source, fitting, other) => {
    const pattern = linearPattern(source)
    expect([pattern?.test(fitting), pattern?.test(other)]).toEqual([true, false])
    const fits = fitTo(object({ a: { type: 'string', pattern: source } }, { required: ['a'] }))
    expect([fits({ a: fitting }).success, fits({ a: other }).success]).toEqual([true, false])
  })

  test('that looks around or back is taken, and not checked', () => {
    const fits = fitTo(object({ a: { type: 'string', pattern: '^(?=.*\\d)(a+)\\1$' } }, { required: ['a'] }))
    expect(fits({ a: 'x' }).success).toBe(true)
  })

  test('that is none is refused', () => {
    expect(() => fitTo(object({ a: { type: 'string', pattern: '(' } }))).toThrow('Invalid regular expression')
  })
})
