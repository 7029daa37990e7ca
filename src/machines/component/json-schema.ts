/** A JSON Schema as a config has it. */
export type JsonSchema = Record<string, unknown>

/** What one JSON Schema may hold: more would take long to read, and longer to check by. */
export const SCHEMA_LIMITS = {
  /** Schemas within it, itself among them. */
  schemas: 20_000,
  /** How deep they stand within each other. */
  depth: 100,
  references: 2_000,
  /** Characters of all of it. */
  text: 1 << 20,
  /** Characters of one `pattern`. */
  pattern: 4096
}

/** Values under these are data, and what stands in there is no schema. */
const data = new Set(['default', 'enum', 'const', 'examples', 'required', 'example'])
/** Objects under these map names to schemas. */
const named = new Set(['properties', 'patternProperties', '$defs', 'definitions'])

const unsupported = [
  ...['if', 'then', 'else', 'dependentSchemas', 'dependentRequired'],
  ...['unevaluatedItems', 'unevaluatedProperties', '$dynamicRef']
]

/**
 * Throws where a JSON Schema is too large to be checked by, holds what is not understood, a pattern that is none, or a
 * reference to nothing within it. Takes time in proportion to its size, and no deeper stack for a deeper one.
 */
export function checkSchema(root: JsonSchema): void {
  const count = { schemas: 0, references: 0, text: 0 }
  const add = (what: keyof typeof count, more: number) => {
    count[what] += more
    if (count[what] > SCHEMA_LIMITS[what]) throw tooLarge(what, what === 'text' ? 'characters' : what)
  }
  const checked = new Set<string>()
  const rest: Place[] = [{ value: root, depth: 0, holds: 'schemas' }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, depth, holds } = next
    if (typeof value === 'string') add('text', value.length)
    if (typeof value !== 'object' || value === null) continue
    if (depth > SCHEMA_LIMITS.depth) throw tooLarge('depth', 'levels')
    const isSchema = holds === 'schemas' && !Array.isArray(value)
    if (isSchema) {
      add('schemas', 1)
      add('references', checkOne(value as JsonSchema, root, checked))
    }
    for (const [key, item] of Object.entries(value)) {
      add('text', Array.isArray(value) ? 1 : key.length)
      rest.push({ value: item, depth: depth + 1, holds: isSchema ? holdsUnder(key) : held(holds) })
    }
  }
}

/** A place within a schema: a schema or a list of them, names of schemas, or data. */
interface Place {
  value: unknown
  depth: number
  holds: 'schemas' | 'names' | 'data'
}

function holdsUnder(key: string): Place['holds'] {
  if (data.has(key)) return 'data'
  return named.has(key) ? 'names' : 'schemas'
}

const held = (holds: Place['holds']) => (holds === 'data' ? 'data' : 'schemas')

const tooLarge = (limit: keyof typeof SCHEMA_LIMITS, what: string) =>
  new Error(`The JSON Schema is too large: it may have ${SCHEMA_LIMITS[limit].toLocaleString('en')} ${what}.`)

const types = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** Throws for what a single schema holds that cannot be checked by; how many references it has: none or one. */
function checkOne(schema: JsonSchema, root: JsonSchema, checked: Set<string>): number {
  for (const word of unsupported) {
    if (schema[word] !== undefined)
      throw new Error(`The JSON Schema holds "${word}", which is not supported.`)
  }
  const { not, type, pattern, patternProperties, $ref } = schema
  for (const one of Array.isArray(type) ? type : type === undefined ? [] : [type]) {
    if (!types.has(one))
      throw new Error(`The JSON Schema holds the type ${JSON.stringify(one)}, which is none.`)
  }
  if (not !== undefined && !(isObject(not) && Object.keys(not).length === 0)) {
    throw new Error('The JSON Schema holds "not", which is supported for {} only.')
  }
  const patterns = isObject(patternProperties) ? Object.keys(patternProperties) : []
  for (const text of [...patterns, ...(typeof pattern === 'string' ? [pattern] : [])]) {
    if (text.length > SCHEMA_LIMITS.pattern) throw tooLarge('pattern', 'characters in a pattern')
    if (!checked.has(text)) new RegExp(text)
    checked.add(text)
  }
  if ($ref === undefined) return 0
  const name = `$ref ${String($ref)}`
  if (!checked.has(name) && referred(String($ref), root) === undefined) {
    throw new Error(`The JSON Schema refers to "${String($ref).slice(0, 100)}", which is not within it.`)
  }
  checked.add(name)
  return 1
}

/** The schema within a schema to which a reference leads: `#/$defs/Place`; undefined where there is none. */
export function referred(reference: string, root: JsonSchema): JsonSchema | boolean | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined
  const steps = reference.slice(2).split('/').filter(Boolean)
  const found = steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (at, step) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, step)
          ? (at as JsonSchema)[step]
          : undefined,
      root
    )
  return typeof found === 'boolean' || isObject(found) ? found : undefined
}

export const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
