import { Bindings } from './bindings.ts'

/** Where a value first departs from its pattern. */
export interface Difference {
  path: string
  expected: unknown
  got: unknown
}

/** What comparing gives: nothing when the value fits. */
export type Verdict = Difference | undefined

export type Fields = Record<string, unknown>
type Operator = (argument: unknown, value: unknown, path: string) => Verdict

/** Compares values with patterns: further keys are allowed, lists have the same length and order. A notation adds
 * the texts and the `{"<operator>": …}` objects that stand for something else. */
export abstract class Matcher {
  readonly bindings = new Bindings()
  protected abstract readonly operators: Record<string, Operator>

  /** The first difference between a value and its pattern. */
  match(pattern: unknown, value: unknown, path = '$'): Verdict {
    if (typeof pattern === 'string') return this.text(pattern, value, path)
    if (Array.isArray(pattern)) {
      return Array.isArray(value) ? this.list(pattern, value, path) : differ(path, pattern, value)
    }
    if (isFields(pattern)) return this.#object(pattern, value, path)
    return pattern === value ? undefined : differ(path, pattern, value)
  }

  /** Throws the first difference in words, followed by what they are about. */
  demand(pattern: unknown, value: unknown, about: () => string): void {
    const difference = this.match(pattern, value)
    if (difference) throw new Error(`${explain(difference)}\n  in ${about()}`)
  }

  protected abstract text(pattern: string, value: unknown, path: string): Verdict

  protected list(patterns: unknown[], values: unknown[], path: string): Verdict {
    for (const [index, pattern] of patterns.entries()) {
      if (index >= values.length) return differ(`${path}[${index}]`, pattern, undefined)
      const difference = this.match(pattern, values[index], `${path}[${index}]`)
      if (difference) return difference
    }
    return nothingAfter(patterns.length, values, path)
  }

  /** Whether a key of a pattern counts at all. */
  protected compared(_key: string, _owner: Fields): boolean {
    return true
  }

  /** Whether a key with this pattern may be missing. */
  protected mayBeMissing(_pattern: unknown): boolean {
    return false
  }

  #object(pattern: Fields, value: unknown, path: string): Verdict {
    const name = operatorName(pattern)
    if (name !== undefined) return this.#operator(name)(pattern[`<${name}>`], value, path)
    if (!isFields(value)) return differ(path, pattern, value)
    return first(
      Object.keys(pattern).filter((key) => this.compared(key, pattern)),
      (key) => this.#field(pattern[key], value, key, path)
    )
  }

  #field(pattern: unknown, owner: Fields, key: string, path: string): Verdict {
    if (Object.hasOwn(owner, key)) return this.match(pattern, owner[key], `${path}.${key}`)
    return this.mayBeMissing(pattern) ? undefined : differ(`${path}.${key}`, pattern, undefined)
  }

  #operator(name: string): Operator {
    const operator = this.operators[name]
    if (!operator) throw new Error(`The notation has no operator "<${name}>".`)
    return operator
  }
}

export const differ = (path: string, expected: unknown, got: unknown): Difference => ({ path, expected, got })

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first difference that one of the items gives. */
export function first<Item>(items: Iterable<Item>, judge: (item: Item) => Verdict): Verdict {
  for (const item of items) {
    const difference = judge(item)
    if (difference) return difference
  }
  return undefined
}

/** A difference if a list goes on after as many items. */
export const nothingAfter = (count: number, values: unknown[], path: string): Verdict =>
  values.length > count ? differ(`${path}[${count}]`, undefined, values[count]) : undefined

/** A difference in words. */
export const explain = ({ path, expected, got }: Difference): string =>
  `at ${path}\n  expected: ${show(expected)}\n  got:      ${show(got)}`

/** A value as JSON, cut where it gets long. */
export function show(value: unknown, limit = 600): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text
}

function operatorName(pattern: Fields): string | undefined {
  const keys = Object.keys(pattern)
  return keys.length === 1 ? /^<(.+)>$/.exec(keys[0]!)?.[1] : undefined
}
