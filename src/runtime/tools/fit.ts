import type { z } from 'zod'
import { isObject, type JsonSchema, referred } from '../../machines/component/json-schema.ts'
import { numberOf, truthOf } from '../../machines/component/lax.ts'
import { ObjectReader, Steps, TooMuchToCheck } from '../../machines/component/object-reader.ts'
import { linearPattern } from '../shared/linear-pattern.ts'

/** Reads a value as a schema wants it. */
export type Fit = (value: unknown) => z.ZodSafeParseResult<unknown>

/**
 * Makes a reader of an object's JSON Schema that takes what AutoGen takes, whose schemas become pydantic models: the
 * text `"3"` is a number where one is wanted, unknown keys are dropped, optional ones that are missing are null.
 */
export function fitTo(schema: JsonSchema): Fit {
  const reader = new ObjectReader(schema, linearPattern)
  return (value) => reader.read(coerce(schema, value))
}

/**
 * A value with each text that stands for a number or a truth value made one, where its schema wants that. It stays as it
 * is where there is too much to look at: it is refused when it is read.
 */
export function coerce(schema: JsonSchema, value: unknown): unknown {
  try {
    return coerced(schema, value, { schema, steps: new Steps() })
  } catch (error) {
    if (error instanceof TooMuchToCheck || error instanceof RangeError) return value
    throw error
  }
}

/** The schema that references are within, and what may still be done. */
interface Root {
  readonly schema: JsonSchema
  readonly steps: Steps
}

function coerced(given: JsonSchema, value: unknown, root: Root): unknown {
  root.steps.take()
  const schema = resolve(given, root)
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray)?.filter(isObject)
  if (choices) return ofOne(choices, value, root)
  if (Array.isArray(value)) return value.map((item, index) => coerced(itemOf(schema, index), item, root))
  if (!isObject(value)) return scalar(schema.type, value)
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    coerced(propertyOf(schema, key), item, root)
  ])
  return Object.fromEntries(entries)
}

const nothingKnown: JsonSchema = {}

function itemOf({ items, prefixItems }: JsonSchema, index: number): JsonSchema {
  const own = Array.isArray(prefixItems) ? prefixItems[index] : undefined
  return [own, items].find(isObject) ?? nothingKnown
}

function propertyOf({ properties, additionalProperties }: JsonSchema, key: string): JsonSchema {
  const own = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  return [own, additionalProperties].find(isObject) ?? nothingKnown
}

/** Of several schemas one that the value fits as it is has the word, else the first by which it changes. */
function ofOne(choices: readonly JsonSchema[], value: unknown, root: Root): unknown {
  const types = choices.map((choice) => resolve(choice, root).type)
  if (types.some((type) => isOf(type, value) && !isObject(value) && !Array.isArray(value))) return value
  for (const choice of choices) {
    const changed = coerced(choice, value, root)
    if (isOf(resolve(choice, root).type, changed)) return changed
  }
  return value
}

function isOf(type: unknown, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    default:
      return typeof value === type
  }
}

function scalar(type: unknown, value: unknown): unknown {
  if (type === 'boolean') return truthOf(value) ?? value
  if (type === 'integer' || type === 'number') return numberOf(value, type) ?? value
  return value
}

/** What a reference within the schema points to: `#/$defs/Place`. */
function resolve(schema: JsonSchema, { schema: root, steps }: Root): JsonSchema {
  const reference = schema.$ref
  if (typeof reference !== 'string') return schema
  steps.take(1 + (reference.length >> 6))
  const found = referred(reference, root)
  return isObject(found) ? found : schema
}
