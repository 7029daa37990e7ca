import { z } from 'zod'

/** A JSON Schema as a config has it. */
export type JsonSchema = Record<string, unknown>

/**
 * Reads a JSON Schema of an object as AutoGen does: what is not required and has no default is null where it is
 * missing, and what the schema does not name is left out. Throws where the schema is not one of an object.
 */
export function objectSchema(schema: JsonSchema): z.ZodObject {
  const read = z.fromJSONSchema(nullable(schema) as z.core.JSONSchema.JSONSchema)
  if (!(read instanceof z.ZodObject)) throw new Error('The JSON Schema is not that of an object.')
  return z.object(read.shape)
}

/** Fills in, at every depth, that what may be missing may be null. */
function nullable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nullable)
  if (!isObject(schema)) return schema
  const deep = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, values.has(key) ? value : nullable(value)])
  )
  if (!isObject(deep.properties)) return deep
  const required = new Set(Array.isArray(deep.required) ? deep.required : [])
  const properties = Object.entries(deep.properties).map(([key, property]) => [
    key,
    required.has(key) || (isObject(property) && 'default' in property)
      ? property
      : { anyOf: [property, { type: 'null' }], default: null }
  ])
  return { ...deep, properties: Object.fromEntries(properties) }
}

// What stands under these is data, not a schema.
const values = new Set(['default', 'enum', 'const', 'examples', 'required'])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
