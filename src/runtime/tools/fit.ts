import type { z } from 'zod'
import { type JsonSchema, objectSchema } from '../../machines/component/json-schema.ts'

/** Reads a value as a schema wants it. */
export type Fit = (value: unknown) => z.ZodSafeParseResult<unknown>

/**
 * Makes a reader of an object's JSON Schema that takes what AutoGen takes, whose schemas become pydantic models: the
 * text `"3"` is a number where one is wanted, unknown keys are dropped, optional ones that are missing are null.
 */
export function fitTo(schema: JsonSchema): Fit {
  const checked = objectSchema(schema)
  return (value) => checked.safeParse(coerced(schema, value, schema))
}

function coerced(schema: JsonSchema, value: unknown, root: JsonSchema): unknown {
  const { type, properties, items } = resolve(schema, root)
  if (Array.isArray(value)) {
    return isObject(items) ? value.map((item) => coerced(items, item, root)) : value
  }
  if (!isObject(value)) return scalar(type, value)
  if (!isObject(properties)) return value
  const entries = Object.entries(value).map(([key, item]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    return [key, isObject(property) ? coerced(property, item, root) : item]
  })
  return Object.fromEntries(entries)
}

const WHOLE = /^[+-]?\d+$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function scalar(type: unknown, value: unknown): unknown {
  if (type === 'boolean') return truths.get(String(value).trim().toLowerCase()) ?? value
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (type === 'integer' && WHOLE.test(text)) return Number(text)
  return type === 'number' && NUMBER.test(text) ? Number(text) : value
}

// What pydantic takes for a truth value.
const truths = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((word) => [word, false] as const)
])

/** What a reference within the schema points to: `#/$defs/Place`. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema.$ref
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema
  const steps = reference.slice(2).split('/')
  const found = steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), root)
  return isObject(found) ? found : schema
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
