type Schema = Record<string, unknown>

/** The schema as services with strict output want it, all properties required and no others; or undefined when it cannot be. */
export function strictSchema(schema: Schema): Schema | undefined {
  try {
    return strict(schema) as Schema
  } catch (error) {
    if (error === OPEN) return undefined
    throw error
  }
}

const OPEN = Symbol('an object whose keys are not fixed')

// What stands under these keys is a map of schemas or no schema at all.
const maps = new Set(['properties', '$defs', 'definitions'])
const values = new Set(['enum', 'const', 'default', 'examples', 'required'])

function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict)
  if (typeof node !== 'object' || node === null) return node
  const made: Schema = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === 'default' && value === null) continue
    if (maps.has(key)) made[key] = eachStrict(value as Schema)
    else made[key] = values.has(key) ? value : strict(value)
  }
  return made.type === 'object' || made.properties ? closed(made) : made
}

const eachStrict = (schemas: Schema) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(schema)]))

function closed(object: Schema): Schema {
  const { additionalProperties, properties } = object
  if (!properties || (additionalProperties !== undefined && additionalProperties !== false)) throw OPEN
  return { ...object, additionalProperties: false, required: Object.keys(properties) }
}
