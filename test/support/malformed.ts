/** A JSON Schema, as far as it is looked at here. */
export interface Schema {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  minimum?: number
  exclusiveMinimum?: number
}

/** A value that does not fit, or that nobody expects, and what is wrong with it. */
export interface Malformed {
  what: string
  value: unknown
}

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = wrap(value)
  return value
}

/** Values that are of a wrong kind nearly everywhere, and strange ones that may be of the right kind. */
const strange: Record<string, unknown> = {
  null: null,
  true: true,
  'a number': 12,
  'a fraction': -0.5,
  'a huge number': 1e308,
  'a text': 'text',
  'no text': '',
  'a lone surrogate': 'a \ud800 b \udfff',
  NUL: 'a\u0000b',
  'a long text': 'x'.repeat(200_000),
  'a list': [],
  'a list of lists': [[[]], {}],
  'an object': {},
  'an object with the keys of objects': JSON.parse(
    '{"__proto__": {"a": 1}, "constructor": 1, "toString": null}'
  ),
  'deep lists': nested(2000, (inner) => [inner]),
  'deep objects': nested(2000, (inner) => ({ config: inner, provider: 'x' })),
  'many keys': Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i]))
}

/** A value that fits; `known` are values for fields by their names. */
export function sample(schema: Schema, known: Record<string, unknown> = {}): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choice = schema.anyOf ?? schema.oneOf
  if (choice) return sample(choice[0]!, known)
  if (schema.type === 'object') {
    const fields = Object.entries(schema.properties ?? {})
    return Object.fromEntries(
      fields.map(([name, field]) => [name, name in known ? known[name] : sample(field, known)])
    )
  }
  if (schema.type === 'array') return []
  if (schema.type === 'integer' || schema.type === 'number') return (schema.minimum ?? 0) + 1
  return schema.type === 'boolean' ? false : schema.type === 'null' ? null : 'text'
}

/** Everything that can be wrong with a value of a schema, its fields and theirs included. */
export function* malformed(schema: Schema, good: unknown): Generator<Malformed> {
  for (const [what, value] of Object.entries(strange)) yield { what, value }
  yield* spoiled(schema, good)
}

function* spoiled(schema: Schema, good: unknown): Generator<Malformed> {
  if (typeof good !== 'object' || good === null || Array.isArray(good)) return
  const whole = good as Record<string, unknown>
  yield { what: 'a field that nobody knows', value: { ...whole, nobody_knows: { deep: [1] } } }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const { [name]: _, ...rest } = whole
    yield { what: `without ${name}`, value: rest }
    for (const [what, value] of Object.entries(strange))
      yield { what: `${name}: ${what}`, value: { ...whole, [name]: value } }
    const inner = [field, ...(field.anyOf ?? []), ...(field.oneOf ?? [])].find(({ properties }) => properties)
    if (inner)
      for (const { what, value } of spoiled(inner, sample(inner)))
        yield { what: `${name}, ${what}`, value: { ...whole, [name]: value } }
  }
}

/** Texts that are no JSON, or not what they seem. */
export const texts: Record<string, string | Buffer> = {
  nothing: '',
  'white space': '  \n',
  'half an object': '{"type": "start", "task": ',
  'a plain word': 'hello',
  'two values': '{} {}',
  'a trailing comma': '{"a": 1,}',
  'single quotes': "{'a': 1}",
  NaN: '{"a": NaN}',
  'a byte order mark': '\ufeff{}',
  'the same key twice': '{"type": "ping", "type": "nope"}',
  'a deep list': '['.repeat(100_000),
  'a deep list that ends': '['.repeat(20_000) + ']'.repeat(20_000),
  'a bare surrogate': '"\\ud800"',
  'a bad escape': '{"a": "\\x"}'
}
