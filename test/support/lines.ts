import { isDeepStrictEqual } from 'node:util'
import { isText, isUuid, isZonedTime } from './kinds.ts'
import { differ, type Fields, isFields, Matcher, nothingAfter, type Verdict } from './matcher.ts'

/** The notation of the team recordings; test/fixtures/agentchat/README.md describes it. */
export class LinePattern extends Matcher {
  #nullMayBeMissing = false

  protected override readonly operators = {
    set: (patterns: unknown, value: unknown, path: string) =>
      Array.isArray(value)
        ? this.#set(patterns as unknown[], value, path)
        : differ(path, { set: patterns }, value)
  }

  /** Compares what a run put out, without its closing line; chunks of one message count as one line. */
  lines(patterns: unknown[], lines: unknown[]): Verdict {
    return this.match(patterns, joinChunks(lines as Fields[]), 'lines')
  }

  /** Compares a saved state, where a key with `null` may be missing. */
  state(pattern: unknown, state: unknown): Verdict {
    this.#nullMayBeMissing = true
    try {
      return this.match(pattern, state, 'state')
    } finally {
      this.#nullMayBeMissing = false
    }
  }

  protected override mayBeMissing(pattern: unknown): boolean {
    return this.#nullMayBeMissing && pattern === null
  }

  protected override text(pattern: string, value: unknown, path: string): Verdict {
    return this.#fits(pattern, value) ? undefined : differ(path, pattern, value)
  }

  protected override list(patterns: unknown[], values: unknown[], path: string): Verdict {
    let index = 0
    for (const pattern of patterns) {
      if (isFields(pattern) && '<rest>' in pattern) return undefined
      const branches = isFields(pattern) ? (pattern['<unordered>'] as unknown[][] | undefined) : undefined
      const difference = branches
        ? this.#interleaved(branches, values, index, path)
        : this.#item(pattern, values, index, path)
      if (difference) return difference
      index += branches ? branches.flat().length : 1
    }
    return nothingAfter(index, values, path)
  }

  #item(pattern: unknown, values: unknown[], index: number, path: string): Verdict {
    const here = `${path}[${index}]`
    return index < values.length ? this.match(pattern, values[index], here) : differ(here, pattern, undefined)
  }

  #interleaved(branches: unknown[][], values: unknown[], index: number, path: string): Verdict {
    const open = branches.filter((branch) => branch.length > 0)
    if (open.length === 0) return undefined
    const differences = open.map((branch) =>
      this.bindings.attempt(
        () =>
          this.#item(branch[0], values, index, path) ??
          this.#interleaved(without(open, branch), values, index + 1, path)
      )
    )
    return differences.includes(undefined)
      ? undefined
      : this.#nearest(open, differences as never[], values[index])
  }

  #nearest(open: unknown[][], differences: Verdict[], value: unknown): Verdict {
    const same = open.findIndex(([head]) => isFields(head) && isFields(value) && head.source === value.source)
    return differences[Math.max(same, 0)]
  }

  #set(patterns: unknown[], values: unknown[], path: string): Verdict {
    const left = [...values]
    for (const pattern of patterns) {
      const index = left.findIndex((value) => !this.bindings.attempt(() => this.match(pattern, value, path)))
      if (index < 0) return differ(path, { 'in any order': pattern }, values)
      left.splice(index, 1)
    }
    return nothingAfter(0, left, path)
  }

  #fits(pattern: string, value: unknown): boolean {
    const [, kind, argument = ''] = /^<(any|time|uuid|int|re)(?::(.+))?>$/s.exec(pattern) ?? []
    if (kind === 'any') return true
    if (kind === 'time') return isZonedTime(value)
    if (kind === 'uuid') return isUuid(value) && this.bindings.bind(`uuid:${argument}`, value)
    if (kind === 'int') return isWithin(value, argument)
    if (kind === 're') return isText(value) && new RegExp(argument).test(value)
    return pattern === value
  }
}

/** Joins the chunks of one message that no other line of its source stands between. */
export function joinChunks(lines: Fields[]): Fields[] {
  const joined: Fields[] = []
  for (const line of lines) {
    const last = joined.findLast(({ source }) => source === line.source)
    if (isChunk(line) && last && isChunk(last) && last.full_message_id === line.full_message_id) {
      last.content = `${last.content}${line.content}`
    } else joined.push({ ...line })
  }
  return joined
}

/** Compares the messages of a result with the lines before it, which they have to be but for the chunks. */
export function resultMessages(lines: Fields[], messages: unknown): Verdict {
  const expected = lines.filter((line) => !isChunk(line))
  if (!Array.isArray(messages)) return differ('TaskResult.messages', expected, messages)
  for (const index of Array(Math.max(expected.length, messages.length)).keys()) {
    if (isDeepStrictEqual(expected[index], messages[index])) continue
    return differ(`TaskResult.messages[${index}]`, expected[index], messages[index])
  }
  return undefined
}

/** Compares a dumped component with the one loaded: it gives everything back but what names a component. */
export class ComponentPattern extends Matcher {
  protected override readonly operators = {}

  protected override compared(key: string, owner: Fields): boolean {
    return !(isText(owner.provider) && ['description', 'label', 'version', 'component_type'].includes(key))
  }

  protected override mayBeMissing(pattern: unknown): boolean {
    return pattern === null
  }

  protected override text(pattern: string, value: unknown, path: string): Verdict {
    return pattern === value ? undefined : differ(path, pattern, value)
  }
}

const isChunk = (line: Fields): boolean => line.type === 'ModelClientStreamingChunkEvent'

const without = (branches: unknown[][], branch: unknown[]): unknown[][] =>
  branches.map((other) => (other === branch ? other.slice(1) : other))

function isWithin(value: unknown, range: string): boolean {
  const [low, high] = range.split('..').map(Number)
  return Number.isInteger(value) && (value as number) >= low! && (value as number) <= high!
}
