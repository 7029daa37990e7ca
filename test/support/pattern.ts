import { identities, isText, kinds } from './kinds.ts'
import { differ, first, isFields, Matcher, nothingAfter, type Verdict } from './matcher.ts'

const identity = new RegExp(`^(${Object.keys(identities).join('|')})(:\\d+)?( as string)?$`)

/** The notation of the wire recordings; test/fixtures/wire/README.md describes it. */
export class WirePattern extends Matcher {
  protected override readonly operators = {
    contains: (texts: unknown, value: unknown, path: string) =>
      first(texts as string[], (text) => {
        const piece = String(this.fill(text))
        return isText(value) && value.includes(piece) ? undefined : differ(path, { contains: piece }, value)
      }),
    'first line': (line: unknown, value: unknown, path: string) =>
      this.match(line, isText(value) ? value.split('\n', 1)[0] : value, path),
    json: (pattern: unknown, value: unknown, path: string) => this.#json(pattern, value, path),
    'one of': (patterns: unknown, value: unknown, path: string) =>
      (patterns as unknown[]).some((pattern) => this.fits(pattern, value))
        ? undefined
        : differ(path, { 'one of': patterns }, value),
    includes: (patterns: unknown, value: unknown, path: string) =>
      first(patterns as unknown[], (pattern) =>
        Array.isArray(value) && value.some((item) => this.fits(pattern, item))
          ? undefined
          : differ(path, { includes: pattern }, value)
      )
  }

  /** Whether a value fits; what it binds counts only then. */
  fits(pattern: unknown, value: unknown): boolean {
    return this.bindings.attempt(() => this.match(pattern, value)) === undefined
  }

  /** What is sent: the pattern with each name replaced by what it stands for. */
  fill(pattern: unknown): unknown {
    if (isText(pattern)) return this.#fillText(pattern)
    if (Array.isArray(pattern)) return pattern.map((item) => this.fill(item))
    if (!isFields(pattern)) return pattern
    return Object.fromEntries(Object.entries(pattern).map(([key, value]) => [key, this.fill(value)]))
  }

  protected override compared(key: string): boolean {
    return key !== 'api_key'
  }

  protected override text(pattern: string, value: unknown, path: string): Verdict {
    const name = placeholder(pattern)
    if (name !== undefined) {
      if (Object.hasOwn(kinds, name)) return kinds[name]!(value) ? undefined : differ(path, pattern, value)
      if (identity.test(name)) return this.#identity(name, value, path)
      const component = this.bindings.value(name)
      if (isFields(component)) return this.match(component, value, path)
    }
    const expected = this.fill(pattern)
    return expected === value ? undefined : differ(path, expected, value)
  }

  /** Rows that record model calls may stand anywhere among the rows. */
  protected override list(patterns: unknown[], values: unknown[], path: string): Verdict {
    if (!patterns.some(isModelCallRow)) return super.list(patterns, values, path)
    const others = (list: unknown[]): unknown[] => list.filter((item) => !isModelCallRow(item))
    return (
      super.list(others(patterns), others(values), `${path}(without model calls)`) ??
      this.#inAnyOrder(patterns.filter(isModelCallRow), values.filter(isModelCallRow), `${path}(model calls)`)
    )
  }

  #inAnyOrder(patterns: unknown[], values: unknown[], path: string): Verdict {
    const left = [...values]
    const missing = first(patterns, (pattern) => {
      const index = left.findIndex((value) => this.fits(pattern, value))
      if (index < 0) return differ(path, pattern, left)
      left.splice(index, 1)
      return undefined
    })
    return missing ?? nothingAfter(0, left, path)
  }

  #identity(name: string, value: unknown, path: string): Verdict {
    const { kind, key, asText } = parts(name)!
    const id = asText ? idInText(value) : value
    if (!identities[kind]!(id)) return differ(path, `<${name}>`, value)
    if (key === undefined || this.bindings.bind(key, id)) return undefined
    const bound = this.bindings.value(key) ?? `<${name}>, another one than those before`
    return differ(path, asText ? String(bound) : bound, value)
  }

  #json(pattern: unknown, value: unknown, path: string): Verdict {
    try {
      return this.match(pattern, JSON.parse(value as string), `${path}(as JSON)`)
    } catch (error) {
      if (error instanceof SyntaxError) return differ(path, { json: pattern }, value)
      throw error
    }
  }

  #fillText(text: string): unknown {
    const name = placeholder(text)
    const whole = name === undefined ? undefined : this.#standsFor(name)
    if (whole !== undefined) return isFields(whole) ? this.fill(whole) : whole
    return text.replace(/<([^<>]+)>/g, (found, inner) => String(this.#standsFor(inner) ?? found))
  }

  #standsFor(name: string): unknown {
    const repeat = /^repeat:(.+):(\d+)$/.exec(name)
    if (repeat) return repeat[1]!.repeat(Number(repeat[2]))
    const { key, asText } = parts(name) ?? {}
    if (key === undefined) return this.bindings.value(name)
    if (!this.bindings.has(key)) throw new Error(`"<${name}>" is used before an answer has shown it.`)
    return asText ? String(this.bindings.value(key)) : this.bindings.value(key)
  }
}

const placeholder = (text: string): string | undefined => /^<([^<>]+)>$/.exec(text)?.[1]

const idInText = (value: unknown): number | undefined =>
  isText(value) && /^\d+$/.test(value) ? Number(value) : undefined

const isModelCallRow = (row: unknown): boolean =>
  isFields(row) && isFields(row.config) && row.config.source === 'llm_call_event'

function parts(name: string): { kind: string; key?: string; asText: boolean } | undefined {
  const found = identity.exec(name)
  if (!found) return undefined
  const [, kind, number, asText] = found
  return { kind: kind!, ...(number && { key: kind! + number }), asText: asText !== undefined }
}
