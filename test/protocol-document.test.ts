import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { protocolDocument, strayRoutes } from '../build/protocol.ts'
import { declaration } from '../build/typescript-of.ts'

const text = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8')

test('PROTOCOL.md shows each frame as its schema is: "npm run protocol" changes nothing', () => {
  expect(protocolDocument(text)).toBe(text)
})

test('PROTOCOL.md has each route in one table', () => {
  expect(strayRoutes(text)).toEqual([])
})

const Point = z.object({ x: z.number(), y: z.number() }).describe('A place.')
const bases = [Point]
const names = new Map<z.core.$ZodType, string>([[Point, 'Point']])

test.each([
  [
    'an object as an interface with its comments',
    z
      .object({ at: Point.nullable(), note: z.string().optional().describe('for people') })
      .describe('A mark.'),
    '/** A mark. */\ninterface Shown {\n  at: Point | null\n  note?: string // for people\n}'
  ],
  [
    'an object with the fields of another one as its extension',
    z.object({ kind: z.literal('ball'), ...Point.shape }),
    "interface Shown extends Point {\n  kind: 'ball'\n}"
  ],
  [
    'a list of several kinds in brackets',
    z.array(z.union([z.string(), Point])),
    'type Shown = (string | Point)[]'
  ],
  [
    'an envelope by its data',
    z.object({ status: z.literal(true), data: Point, message: z.string().optional() }),
    'type Shown = Envelope<Point>'
  ]
])('a schema is written in TypeScript: %s', (_, schema, shown) => {
  expect(declaration('Shown', schema, { names, bases, io: 'output' })).toBe(shown)
})

test('what has a default may be left out by a client and is there in an answer', () => {
  const schema = z.object({ limit: z.int().default(50) })
  expect(declaration('Shown', schema, { names, bases, io: 'input' })).toContain('limit?: number')
  expect(declaration('Shown', schema, { names, bases, io: 'output' })).toContain('limit: number')
})

test('a schema for which there is no TypeScript yet is refused by its type', () => {
  expect(() => declaration('Shown', z.bigint(), { names, bases, io: 'input' })).toThrow('"bigint"')
})
