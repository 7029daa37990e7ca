import { z } from 'zod'
import { checkSchema, isObject, type JsonSchema, referred } from './json-schema.ts'

/** A `pattern` of a JSON Schema that takes no longer for a hostile text than for another one. */
export interface Pattern {
  test(text: string): boolean
  /** What looking at one character costs at most, in steps. */
  readonly cost: number
}

/** Makes a pattern of its text; undefined for one that is not checked. */
export type Patterns = (source: string) => Pattern | undefined

/** There is more to check of a value than is done for one. */
export class TooMuchToCheck extends Error {
  constructor() {
    super('There is too much to check: the value is too large for a schema with so many choices.')
  }
}

/** Counts what is done for one value, in steps of about a microsecond, and throws once that is too much. */
export class Steps {
  #left = 100_000

  take(steps = 1): void {
    this.#left -= steps
    if (this.#left < 0) throw new TooMuchToCheck()
  }
}

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/**
 * Reads values by a JSON Schema of an object as AutoGen does: what is not required and has no default is null where it
 * is missing, and what the schema does not name is left out. However the schema branches and refers to itself, and
 * whatever the value is, reading comes to an end soon: it counts its steps.
 */
export class ObjectReader {
  readonly #root: JsonSchema
  readonly #patterns: Patterns
  readonly #leaves = new Map<JsonSchema, Map<unknown, z.ZodType>>()
  readonly #compiled = new Map<string, Pattern | undefined>()
  readonly #referred = new Map<string, JsonSchema | boolean>()

  /** Throws where the schema is not one of an object, too large, or not understood. */
  constructor(root: JsonSchema, patterns: Patterns = () => undefined) {
    checkSchema(root)
    this.#root = root
    this.#patterns = patterns
    const own = this.resolve(root, new Steps())
    if (typeof own === 'boolean' || own.type !== 'object') {
      throw new Error('The JSON Schema is not that of an object.')
    }
  }

  read(value: unknown): z.ZodSafeParseResult<unknown> {
    const reading = new Reading(this)
    try {
      const data = reading.visit(this.#root, value, [], true)
      if (reading.issues.length === 0) return { success: true, data }
    } catch (error) {
      // A RangeError is a stack that is full: the value, or what refers to itself, goes too deep.
      if (!(error instanceof TooMuchToCheck || error instanceof RangeError)) throw error
      reading.issues.push(issue(new TooMuchToCheck().message, []))
    }
    return { success: false, error: new z.ZodError(reading.issues) as z.ZodError<unknown> }
  }

  /** The schema itself, or the one that it refers to. */
  resolve(schema: JsonSchema, steps: Steps): JsonSchema | boolean {
    let found: JsonSchema | boolean = schema
    while (typeof found === 'object' && typeof found.$ref === 'string') {
      steps.take()
      const known: JsonSchema | boolean =
        this.#referred.get(found.$ref) ?? referred(found.$ref, this.#root) ?? true
      this.#referred.set(found.$ref, known)
      found = known
    }
    return found
  }

  /** What a text, a number, a truth value or nothing at all has to be by a schema's own words. */
  leaf(schema: JsonSchema, type: unknown): z.ZodType {
    const known = this.#leaves.get(schema) ?? new Map<unknown, z.ZodType>()
    this.#leaves.set(schema, known)
    const words = leafWords.filter((word) => schema[word] !== undefined)
    const own = Object.fromEntries(words.map((word) => [word, schema[word]]))
    const made = known.get(type) ?? z.fromJSONSchema({ ...own, type } as z.core.JSONSchema.JSONSchema)
    known.set(type, made)
    return made
  }

  pattern(source: string, steps: Steps): Pattern | undefined {
    if (this.#compiled.has(source)) return this.#compiled.get(source)
    steps.take(source.length * 8)
    const made = this.#patterns(source)
    this.#compiled.set(source, made)
    return made
  }
}

const leafWords = [
  ...['format', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  'multipleOf'
]

/** One value as it is read. */
class Reading {
  issues: Issue[] = []
  readonly #steps = new Steps()
  readonly #reader: ObjectReader

  constructor(reader: ObjectReader) {
    this.#reader = reader
  }

  /** The value as the schema has it; what does not fit is among the issues. `top`: what is not named is left out. */
  visit(given: unknown, value: unknown, path: Path, top = false): unknown {
    this.#steps.take()
    const schema = isObject(given) ? this.#reader.resolve(given, this.#steps) : given !== false
    if (schema === true) return value
    if (schema === false || schema.not !== undefined) return this.#wrong('never', value, path)
    if (value === undefined && schema.default !== undefined) return structuredClone(schema.default)
    let read = this.#own(schema, value, path, top)
    if (Array.isArray(schema.anyOf)) read = merged(value, read, this.#anyOf(schema.anyOf, value, path))
    if (Array.isArray(schema.oneOf)) read = merged(value, read, this.#oneOf(schema.oneOf, value, path))
    if (Array.isArray(schema.allOf)) {
      for (const part of schema.allOf) read = merged(value, read, this.visit(part, value, path))
    }
    return read
  }

  #own(schema: JsonSchema, value: unknown, path: Path, top: boolean): unknown {
    const { type } = schema
    if (schema.enum !== undefined || schema.const !== undefined) return this.#chosen(schema, value, path)
    if (!Array.isArray(type)) return this.#ofType(schema, type, value, path, top)
    const fitting = type.find((one) => fits(one, value))
    if (fitting === undefined) return this.#wrong(type.join(' or '), value, path)
    return this.#ofType(schema, fitting, value, path, top)
  }

  #ofType(schema: JsonSchema, type: unknown, value: unknown, path: Path, top: boolean): unknown {
    if (type === undefined) return value
    if (type === 'object') {
      return isObject(value) ? this.#object(schema, value, path, top) : this.#wrong('object', value, path)
    }
    if (type === 'array') {
      return Array.isArray(value) ? this.#array(schema, value, path) : this.#wrong('array', value, path)
    }
    if (typeof value === 'string' && type === 'string') this.#text(schema, value, path)
    return this.#leaf(schema, type, value, path)
  }

  #leaf(schema: JsonSchema, type: unknown, value: unknown, path: Path): unknown {
    if (typeof value === 'string' && schema.format !== undefined) this.#steps.take(value.length >> 3)
    try {
      const parsed = this.#reader.leaf(schema, type).safeParse(value)
      if (parsed.success) return parsed.data
      for (const found of parsed.error.issues) this.issues.push({ ...found, path: [...path, ...found.path] })
    } catch (error) {
      // A step of 1e-200 between numbers, and the like.
      this.issues.push(issue(`Cannot be checked: ${(error as Error).message}`, path))
    }
    return value
  }

  #chosen(schema: JsonSchema, value: unknown, path: Path): unknown {
    const choices: unknown[] = Array.isArray(schema.enum) ? schema.enum : [schema.const]
    this.#steps.take(choices.length >> 4)
    if (choices.includes(value)) return value
    if (typeof value === 'object' && value !== null) {
      const own = canonical(value, this.#steps)
      const equal = (choice: unknown) =>
        typeof choice === 'object' && choice !== null && canonical(choice, this.#steps) === own
      if (choices.some(equal)) return value
    }
    const listed = choices
      .slice(0, 100)
      .map((choice) => JSON.stringify(choice))
      .join('|')
    const words = choices.length === 1 ? `input: expected ${listed}` : `option: expected one of ${listed}`
    this.issues.push(issue(`Invalid ${words}`, path))
    return value
  }

  #text({ pattern: source }: JsonSchema, value: string, path: Path): void {
    if (typeof source !== 'string' || this.#matches(source, value)) return
    this.issues.push(issue(`Invalid string: must match pattern /${source}/`, path))
  }

  #matches(source: string, text: string): boolean {
    const pattern = this.#reader.pattern(source, this.#steps)
    if (!pattern) return true
    this.#steps.take(Math.ceil(text.length * pattern.cost))
    return pattern.test(text)
  }

  #object(schema: JsonSchema, value: JsonSchema, path: Path, top: boolean): JsonSchema {
    const properties = isObject(schema.properties) ? schema.properties : {}
    const required = new Set<unknown>(Array.isArray(schema.required) ? schema.required : [])
    const read: [string, unknown][] = []
    for (const [key, property] of Object.entries(properties)) {
      const item = Object.hasOwn(value, key) ? value[key] : undefined
      const optional = !required.has(key) && !(isObject(property) && property.default !== undefined)
      this.#steps.take()
      const none = optional && (item === undefined || item === null)
      read.push([key, none ? null : this.visit(property, item, [...path, key])])
    }
    for (const [key, item] of Object.entries(value)) {
      if (!Object.hasOwn(properties, key)) this.#unnamed(schema, key, item, path, top, read)
    }
    this.#count(schema, 'Properties', Object.keys(value).length, path)
    return Object.fromEntries(read)
  }

  /** A key that is none of the properties: what its pattern or all further ones have to be. */
  #unnamed(
    { patternProperties, additionalProperties, propertyNames }: JsonSchema,
    key: string,
    item: unknown,
    path: Path,
    top: boolean,
    read: [string, unknown][]
  ): void {
    this.#steps.take()
    if (propertyNames !== undefined) this.visit(propertyNames, key, [...path, key])
    const patterns = Object.entries(isObject(patternProperties) ? patternProperties : {})
    const matching = patterns.filter(([source]) => this.#matches(source, key))
    if (matching.length > 0) {
      const parts = matching.map(([, schema]) => this.visit(schema, item, [...path, key]))
      read.push([key, parts.reduce((known, part) => merged(item, known, part))])
    } else if (top) return
    else if (additionalProperties === false) {
      this.issues.push(issue(`Unrecognized key: ${JSON.stringify(key.slice(0, 100))}`, path))
    } else
      read.push([
        key,
        isObject(additionalProperties) ? this.visit(additionalProperties, item, [...path, key]) : item
      ])
  }

  #array(schema: JsonSchema, value: readonly unknown[], path: Path): unknown[] {
    const { items, prefixItems, additionalItems, contains, uniqueItems } = schema
    const first = [prefixItems, items].find(Array.isArray) ?? []
    const further = Array.isArray(items) ? additionalItems : items
    const read = value.map((item, at) =>
      this.visit(at < first.length ? first[at] : further, item, [...path, at])
    )
    this.#count(schema, 'Items', value.length, path)
    if (uniqueItems === true) this.#unique(value, path)
    if (contains !== undefined) {
      const { minContains = 1, maxContains } = schema
      const fitting = value.filter((item) => this.#try(contains, item, path).issues.length === 0).length
      this.#between({ least: minContains, most: maxContains }, fitting, 'items that are asked for', path)
    }
    return read
  }

  #unique(value: readonly unknown[], path: Path): void {
    const texts = value.map((item) => canonical(item, this.#steps))
    if (new Set(texts).size < texts.length) this.issues.push(issue('Array items must be unique', path))
  }

  #count(schema: JsonSchema, what: 'Properties' | 'Items', count: number, path: Path): void {
    const limits = { least: schema[`min${what}`], most: schema[`max${what}`] }
    this.#between(limits, count, what.toLowerCase(), path)
  }

  #between(
    { least, most }: { least: unknown; most: unknown },
    count: number,
    what: string,
    path: Path
  ): void {
    if (typeof least === 'number' && count < least)
      this.issues.push(issue(`Too small: expected to have >=${least} ${what}`, path))
    if (typeof most === 'number' && count > most)
      this.issues.push(issue(`Too big: expected to have <=${most} ${what}`, path))
  }

  /** What becomes of a value by one of several schemas, and what is wrong with it then. */
  #try(schema: unknown, value: unknown, path: Path): { read: unknown; issues: Issue[] } {
    const outer = this.issues
    this.issues = []
    const read = this.visit(schema, value, path)
    const tried = { read, issues: this.issues }
    this.issues = outer
    return tried
  }

  #anyOf(choices: readonly unknown[], value: unknown, path: Path): unknown {
    const failed: Issue[][] = []
    for (const choice of choices) {
      const { read, issues } = this.#try(choice, value, path)
      if (issues.length === 0) return read
      failed.push(issues)
    }
    this.issues.push(...furthest(failed, path))
    return value
  }

  #oneOf(choices: readonly unknown[], value: unknown, path: Path): unknown {
    const tried = choices.map((choice) => this.#try(choice, value, path))
    const fitting = tried.filter(({ issues }) => issues.length === 0)
    if (fitting.length === 1) return fitting[0]!.read
    if (fitting.length > 1) this.issues.push(issue('Invalid input: fits more than one of the choices', path))
    else
      this.issues.push(
        ...furthest(
          tried.map(({ issues }) => issues),
          path
        )
      )
    return value
  }

  #wrong(expected: string, value: unknown, path: Path): unknown {
    this.issues.push(issue(`Invalid input: expected ${expected}, received ${kindOf(value)}`, path))
    return value
  }
}

const issue = (message: string, path: Path): Issue => ({ code: 'custom', message, path: [...path] }) as Issue

/** Of what is wrong by each choice that which goes furthest into the value: it is likely what was meant. */
function furthest(failed: readonly Issue[][], path: Path): Issue[] {
  const reach = (issues: readonly Issue[]) => Math.max(...issues.map((one) => one.path.length))
  const best = failed.toSorted((a, b) => reach(b) - reach(a))[0]
  return best && reach(best) > path.length ? best : (best ?? [issue('Invalid input', path)])
}

/** What two schemas make of one value, in one: each has filled in what only it knows of. */
function merged(value: unknown, a: unknown, b: unknown): unknown {
  if (!isObject(a) || !isObject(b) || a === b || a === value) return b === value ? a : b
  const given = isObject(value) ? value : {}
  const changed = Object.entries(b).filter(([key, item]) => !Object.hasOwn(a, key) || item !== given[key])
  return Object.fromEntries([...Object.entries(a), ...changed])
}

const kindOf = (value: unknown) => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function fits(type: unknown, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return kindOf(value) === type
}

/** A text that is the same for values that are equal as JSON. */
function canonical(value: unknown, steps: Steps): string {
  steps.take()
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, steps)).join()}]`
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key], steps)}`)
  return `{${entries.join()}}`
}
