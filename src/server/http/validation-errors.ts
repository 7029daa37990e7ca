import type { z } from 'zod'

/** One row of a 422, in the shape that AutoGen Studio's clients know. */
export interface ValidationError {
  type: string
  loc: (string | number)[]
  msg: string
  input: unknown
}

/** Which part of a request a problem is in. */
export type Part = 'path' | 'query' | 'body'

/** Turns what zod found into the rows of a 422. Parse with `reportInput: true`, or `input` is null. */
export const validationErrors = (part: Part, issues: readonly z.core.$ZodIssue[]): ValidationError[] =>
  issues.map((issue) => ({
    ...wording(issue),
    loc: [part, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))],
    input: echo(issue.input)
  }))

function wording(issue: z.core.$ZodIssue): { type: string; msg: string } {
  if (issue.code !== 'invalid_type') return { type: 'value_error', msg: issue.message }
  if (issue.input === undefined) return { type: 'missing', msg: 'Field required' }
  const [type, what] = kinds[issue.expected] ?? ['value_error', issue.expected]
  return { type, msg: `Input should be a valid ${what}` }
}

const kinds: Readonly<Record<string, readonly [type: string, what: string]>> = {
  int: ['int_parsing', 'integer'],
  number: ['float_parsing', 'number'],
  string: ['string_type', 'string'],
  boolean: ['bool_parsing', 'boolean'],
  array: ['list_type', 'list'],
  object: ['dict_type', 'dictionary'],
  record: ['dict_type', 'dictionary']
}

// Objects are not sent back: a team may hold a user's keys, and a start 20 MB of files.
function echo(input: unknown): unknown {
  if (typeof input === 'string') return input.slice(0, 200)
  return typeof input === 'number' || typeof input === 'boolean' ? input : null
}
