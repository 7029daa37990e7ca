import { z } from 'zod'

/** Schemas that are shown by a name wherever they occur. */
export type Names = ReadonlyMap<z.core.$ZodType, string>

/** Whether a schema is shown as what is given to be parsed (`input`) or as what comes of it (`output`). */
export type Direction = 'input' | 'output'

/** The width of a line of code in a document. */
const WIDTH = 110
/** The longest object or union on one line. */
const SHORT = 90

/**
 * Writes a zod schema as a TypeScript declaration, with its descriptions as comments: an `interface` for an object, a
 * `type` for anything else.
 * @param bases Objects that an interface extends where it has all of their fields.
 * @param names Schemas that are referred to by name.
 * @throws for a kind of schema that it does not know.
 */
export function declaration(
  name: string,
  schema: z.core.$ZodType,
  { names, bases, io }: { names: Names; bases: readonly z.core.$ZodObject[]; io: Direction }
): string {
  const printer = new Printer(new Map([...names].filter(([, other]) => other !== name)), io)
  const comment = descriptionOf(schema)
  const head = comment ? `/** ${comment} */\n` : ''
  if (!isObject(schema) || envelopeData(schema))
    return `${head}type ${name} = ${printer.print(schema, '')}`.replace(' = \n', ' =\n')
  const { shape } = schema._zod.def
  const base = bases.find((one) => one !== schema && has(shape, one._zod.def.shape))
  const inherited = new Set(Object.keys(base?._zod.def.shape ?? {}))
  const from = base ? ` extends ${names.get(base)}` : ''
  return `${head}interface ${name}${from} {\n${printer.fields(schema, inherited, '  ')}}`
}

const descriptionOf = (schema: z.core.$ZodType): string | undefined =>
  z.globalRegistry.get(schema)?.description

const isSchema = (part: unknown): part is z.core.$ZodType =>
  typeof part === 'object' && part !== null && '_zod' in part

const isObject = (schema: z.core.$ZodType): schema is z.core.$ZodObject => schema._zod.def.type === 'object'

const isLoose = (schema: z.core.$ZodObject): boolean => schema._zod.def.catchall?._zod.def.type === 'unknown'

const has = (shape: z.core.$ZodShape, base: z.core.$ZodShape): boolean =>
  Object.entries(base).every(([key, value]) => shape[key] === value)

/** The data of an answer's envelope `{status: true, data, message?}`; undefined for any other object. */
function envelopeData({ _zod: { def } }: z.core.$ZodObject): z.core.$ZodType | undefined {
  const isEnvelope = Object.keys(def.shape).join() === 'status,data,message'
  return isEnvelope && def.shape.status?._zod.def.type === 'literal' ? def.shape.data : undefined
}

const quoted = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))

class Printer {
  readonly #names: Names
  readonly #io: Direction

  constructor(names: Names, io: Direction) {
    this.#names = names
    this.#io = io
  }

  print(schema: z.core.$ZodType, indent: string): string {
    const named = this.#named(schema)
    if (named) return this.#names.get(named)!
    const { def } = (schema as z.core.$ZodTypes)._zod
    switch (def.type) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
      case 'unknown':
        return def.type
      case 'literal':
        return def.values.map(quoted).join(' | ')
      case 'enum':
        return Object.values(def.entries).map(quoted).join(' | ')
      case 'template_literal':
        return `\`${def.parts.map((part) => (isSchema(part) ? `\${${this.print(part, indent)}}` : part)).join('')}\``
      case 'array':
        return this.#array(def.element, indent)
      case 'record':
        return `Record<${this.print(def.keyType, indent)}, ${this.print(def.valueType, indent)}>`
      case 'union':
        return this.#union(this.#options(schema), indent)
      case 'object':
        return this.#object(schema as z.core.$ZodObject, indent)
      case 'nullable':
        return `${this.print(def.innerType, indent)} | null`
      case 'optional':
      case 'default':
      case 'prefault':
      case 'readonly':
        return this.print(def.innerType, indent)
      case 'pipe':
        return this.print(this.#io === 'input' ? def.in : def.out, indent)
      default:
        throw new Error(`There is no TypeScript for a schema of the type "${def.type}" yet.`)
    }
  }

  /** The lines of an object's fields, but for those that it inherits. */
  fields(schema: z.core.$ZodObject, inherited: ReadonlySet<string>, indent: string): string {
    const lines = this.#fields(schema, indent)
      .filter(({ key }) => !inherited.has(key))
      .map(({ text, comment }) => commented(indent, text, comment))
    if (isLoose(schema)) lines.push(`${indent}[field: string]: unknown\n`)
    return lines.join('')
  }

  /** Braces with the fields in them: on one line where they have no comments and fit. */
  #object(schema: z.core.$ZodObject, indent: string): string {
    const data = envelopeData(schema)
    if (data) return `Envelope<${this.print(data, indent)}>`
    const fields = this.#fields(schema, indent)
    const line = `{ ${fields.map(({ text }) => text).join('; ')} }`
    const isPlain = !isLoose(schema) && fields.every(({ comment }) => comment === undefined)
    if (isPlain && line.length <= SHORT && !line.includes('\n')) return line
    return `{\n${this.fields(schema, new Set(), `${indent}  `)}${indent}}`
  }

  #fields(
    schema: z.core.$ZodObject,
    indent: string
  ): { key: string; text: string; comment: string | undefined }[] {
    const { required = [] } = z.toJSONSchema(schema, { io: this.#io, unrepresentable: 'any' })
    return Object.entries(schema._zod.def.shape).map(([key, value]) => ({
      ...{ key, text: `${key}${required.includes(key) ? '' : '?'}: ${this.print(value, indent)}` },
      comment: this.#comment(value)
    }))
  }

  /** What is said of a field itself; what is said of its type stands there. */
  #comment(value: z.core.$ZodType): string | undefined {
    const comment = descriptionOf(value)
    const named = this.#named(value)
    return named && descriptionOf(named) === comment ? undefined : comment
  }

  #array(element: z.core.$ZodType, indent: string): string {
    const item = this.print(element, indent)
    return item.includes(' | ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`
  }

  #union(options: readonly z.core.$ZodType[], indent: string): string {
    const parts = options.map((option) => this.print(option, `${indent}    `))
    const line = parts.join(' | ')
    return line.length <= SHORT ? line : parts.map((part) => `\n${indent}  | ${part}`).join('')
  }

  /** The members of a union, those of unions without a name in it too. */
  #options(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
    const { def } = (schema as z.core.$ZodTypes)._zod
    if (def.type !== 'union') return [schema]
    return def.options.flatMap((option) => (this.#named(option) ? [option] : this.#options(option)))
  }

  /** The schema with a name that this is, or a copy of with another description. */
  #named(schema: z.core.$ZodType): z.core.$ZodType | undefined {
    for (let at: z.core.$ZodType | undefined = schema; at; at = at._zod.parent)
      if (this.#names.has(at)) return at
    return undefined
  }
}

/** A field with its comment: behind it, or above it where the line would be too long. */
function commented(indent: string, text: string, comment: string | undefined): string {
  if (comment === undefined) return `${indent}${text}\n`
  const line = `${indent}${text} // ${comment}`
  return line.length <= WIDTH && !text.includes('\n')
    ? `${line}\n`
    : `${indent}// ${comment}\n${indent}${text}\n`
}
