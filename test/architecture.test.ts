import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'

interface Source {
  path: string
  text: string
  /** What it imports: packages by name, files by path. */
  imports: string[]
}

const sources: Source[] = globSync('src/**/*.ts').map((file) => {
  const path = file.replaceAll('\\', '/')
  const text = readFileSync(file, 'utf8')
  return { path, text, imports: importsOf(path, text) }
})

function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(
    /^(?:(?:import|export)\b[^'\n]*|\}) from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm
  )
  return [...found].map(([, from, bare, lazy]) => {
    const name = (from ?? bare ?? lazy)!
    return name.startsWith('.') ? posix.join(posix.dirname(path), name) : name
  })
}

const isFile = (name: string) => name.startsWith('src/')
const isNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name)
const isOf = (name: string, packages: readonly string[]) =>
  packages.some((one) => name === one || name.startsWith(`${one}/`))

/** Those who import something that is not for them: `file imports name`. */
const strays = (folder: string, mayImport: (name: string) => boolean) =>
  sources
    .filter(({ path }) => path.startsWith(`src/${folder}/`))
    .flatMap(({ path, imports }) =>
      imports.filter((name) => !mayImport(name)).map((name) => `${path} imports ${name}`)
    )

/** Those outside of some places who import a package. */
const users = (packages: readonly string[], places: readonly string[]) =>
  sources
    .filter(({ path }) => !places.some((place) => path.startsWith(place)))
    .flatMap(({ path, imports }) =>
      imports.filter((name) => isOf(name, packages)).map((name) => `${path} imports ${name}`)
    )

describe('imports lead from server to runtime to machines', () => {
  test('machines import themselves, xstate and zod, and nothing else', () => {
    expect(
      strays('machines', (name) => name.startsWith('src/machines/') || isOf(name, ['xstate', 'zod']))
    ).toEqual([])
  })
  test('the runtime imports machines and the protocol, and nothing of the server or the command line', () => {
    const own = (name: string) => /^src\/(machines|protocol|runtime)\//.test(name)
    expect(strays('runtime', (name) => !isFile(name) || own(name))).toEqual([])
  })
  test('the server imports nothing of the command line', () => {
    expect(strays('server', (name) => !name.startsWith('src/cli'))).toEqual([])
  })
})

describe('a package has one place', () => {
  const places: Record<string, readonly [packages: string[], places: string[]]> = {
    µWebSockets: [['uWebSockets.js'], ['src/server/uws/']],
    'the database': [['@mikro-orm', 'better-sqlite3', 'kysely'], ['src/runtime/store/']],
    'the AI SDK': [['ai', '@ai-sdk'], ['src/runtime/models/']],
    'the command line parser': [['commander'], ['src/cli']],
    'the browser': [['playwright-core'], ['src/runtime/agents/web-surfer/']],
    'the maker of PDF files': [['pdfkit'], ['src/runtime/tools/built-in/']],
    'the reader of HTML': [['turndown'], ['src/runtime/shared/markdown/']]
  }
  for (const [subject, [packages, allowed]] of Object.entries(places))
    test(`${subject} is imported by ${allowed.join(', ')} only`, () => {
      expect(users(packages, allowed)).toEqual([])
    })
})

describe('machines are pure', () => {
  const impure = [
    /\bDate\.now\b/,
    /\bnew Date\(\)/,
    /\bMath\.random\b/,
    /\bcrypto\b/,
    /\bprocess\b\./,
    /\bperformance\b\./,
    /\bset(?:Timeout|Interval|Immediate)\b/,
    /\bfetch\(/,
    /\bconsole\b\./,
    /\basync\b/
  ]
  test('they have no clock, no chance, no input and no output', () => {
    const found = sources
      .filter(({ path }) => path.startsWith('src/machines/'))
      .flatMap(({ path, text }) =>
        impure.filter((word) => word.test(codeOf(text))).map((word) => `${path}: ${word}`)
      )
    expect(found).toEqual([])
  })
  test('they import nothing of Node', () => {
    expect(strays('machines', (name) => !isNode(name))).toEqual([])
  })
})

describe('files are small and explained', () => {
  test('no file has more than 400 lines', () => {
    const long = sources.map(({ path, text }) => [path, text.split('\n').length - 1] as const)
    expect(long.filter(([, lines]) => lines > 400)).toEqual([])
  })
  test('a file is named in kebab case', () => {
    expect(sources.map(({ path }) => path).filter((path) => !/^[a-z0-9/-]+\.ts$/.test(path))).toEqual([])
  })
  test('every exported function and class has a sentence', () => {
    const bare = sources.flatMap(({ path, text }) => undocumented(text).map((name) => `${path}: ${name}`))
    expect(bare).toEqual([])
  })
})

/** The text without comments and strings. */
const codeOf = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '')

/** The exported functions and classes before which there is no doc comment; of overloads the first counts. */
function undocumented(text: string): string[] {
  const lines = text.split('\n')
  const declared =
    /^export (?:abstract |async )*(?:function\*?|class) (\w+)|^export const (\w+)[^=]*= (?:async )?(?:<.*>)?\(/
  const names = lines.flatMap((line, index) => {
    const found = line.match(declared)
    const name = found?.[1] ?? found?.[2]
    return name === undefined ? [] : [{ name, explained: isExplained(lines, index) }]
  })
  return names
    .filter(({ name, explained }, index) => !explained && names[index - 1]?.name !== name)
    .map(({ name }) => name)
}

function isExplained(lines: readonly string[], index: number): boolean {
  let above = index - 1
  while (/^\/\/ /.test(lines[above] ?? '')) above--
  return /\*\/$/.test(lines[above] ?? '')
}
