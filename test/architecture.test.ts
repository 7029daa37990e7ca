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

/** The room of a file: its folder below src, two levels deep; of a loose file the folder or the file itself. */
const roomOf = (path: string): string => {
  const [, ...parts] = path.split('/')
  return parts.length > 2
    ? parts.slice(0, 2).join('/')
    : parts.length > 1
      ? parts[0]!
      : parts[0]!.slice(0, -3)
}

/**
 * The rooms in their order, floor by floor from the ground up: a room imports only rooms on floors below it, types
 * included. `machines` and `server` are the loose files there: the charts, and what puts the server together.
 */
const floors: readonly (readonly string[])[] = [
  ['machines/shared'],
  ['machines/component', 'machines/fast-transition'],
  ['machines/messages', 'server/gallery'],
  ['machines/conditions', 'machines/teams', 'protocol', 'runtime/memory', 'runtime/packages'],
  ['machines', 'runtime/network', 'runtime/shared', 'runtime/store'],
  ['runtime/models', 'server/http'],
  ['runtime/contexts', 'runtime/contract', 'runtime/journal', 'runtime/subscriptions', 'server/ws'],
  ['runtime/execution', 'runtime/tools', 'server/auth', 'server/gateway'],
  ['runtime/team', 'server/metrics', 'server/uws', 'server/web'],
  ['runtime/agents'],
  ['runtime/teams'],
  ['runtime/components', 'runtime/definitions', 'runtime/run'],
  ['index', 'runtime/host', 'server/mcp', 'server/openapi', 'server/validate'],
  ['runtime/inspection'],
  ['client', 'server/run-api'],
  ['react', 'server/rest'],
  ['server/doors'],
  ['server', 'server/import'],
  ['cli', 'embedded/handler', 'embedded/runs'],
  ['embedded', 'testing']
]
const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)))

describe('rooms', () => {
  test('import only rooms on floors below them', () => {
    const upwards = sources.flatMap(({ path, imports }) =>
      imports
        .filter(isFile)
        .filter((name) => roomOf(name) !== roomOf(path))
        .filter((name) => floorOf.get(roomOf(name))! >= floorOf.get(roomOf(path))!)
        .map((name) => `${path} imports ${name}`)
    )
    expect(upwards).toEqual([])
  })
  test('stand in the table of floors, each of them and no other', () => {
    expect([...new Set(sources.map(({ path }) => roomOf(path)))].sort()).toEqual([...floorOf.keys()].sort())
  })
  test('of machines, the protocol and the runtime import nothing of the server or the command line', () => {
    const below = sources.filter(({ path }) => /^src\/(machines|protocol|runtime)\//.test(path))
    const strays = below.flatMap(({ path, imports }) =>
      imports.filter((name) => /^src\/(server|cli)\b/.test(name)).map((name) => `${path} imports ${name}`)
    )
    expect(strays).toEqual([])
  })
  test('of machines import machines, xstate and zod, and nothing else', () => {
    expect(
      strays('machines', (name) => name.startsWith('src/machines/') || isOf(name, ['xstate', 'zod']))
    ).toEqual([])
  })
  test('of the runtime have no loose file beside them', () => {
    expect(sources.map(({ path }) => path).filter((path) => /^src\/runtime\/[^/]+\.ts$/.test(path))).toEqual(
      []
    )
  })
  test('hold at most 14 files, where they do not hold one for each condition, resource or command', () => {
    const lists = ['src/machines/conditions', 'src/server/rest', 'src/cli', 'src/runtime/tools']
    const counts = Map.groupBy(sources, ({ path }) => posix.dirname(path))
    const crowded = [...counts].filter(([folder, files]) => files.length > 14 && !lists.includes(folder))
    expect(crowded.map(([folder, { length }]) => `${folder}: ${length} files`)).toEqual([])
  })
})

describe('files', () => {
  test('import each other in no circle, types included', () => {
    expect(circlesIn(new Map(sources.map(({ path, imports }) => [path, imports.filter(isFile)])))).toEqual([])
  })
  test('of the bench import each other in no circle either', () => {
    const bench = globSync('bench/**/*.ts').map((path) => [path, importsOf(path, readFileSync(path, 'utf8'))])
    expect(circlesIn(new Map(bench as [string, string[]][]))).toEqual([])
  })
})

/** The circles of a graph: groups of nodes that reach each other. Tarjan's algorithm. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!))
    }
    if (low.get(node) !== index.get(node)) return
    const group = stack.splice(stack.indexOf(node))
    if (group.length > 1 || graph.get(node)?.includes(node)) circles.push(group)
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return circles
}

describe('a package has one place', () => {
  const places: Record<string, readonly [packages: string[], places: string[]]> = {
    µWebSockets: [['uWebSockets.js'], ['src/server/uws/']],
    ws: [['ws'], ['src/server/web/']],
    'the database': [['@mikro-orm', 'better-sqlite3', 'kysely'], ['src/runtime/store/']],
    'the AI SDK': [['@ai-sdk'], ['src/runtime/models/']],
    undici: [['undici'], ['src/runtime/network/']],
    'the command line parser': [['commander'], ['src/cli']],
    'the format of Prometheus': [['prom-client'], ['src/server/metrics/']],
    'the log': [['pino'], ['src/cli/log.ts']],
    'the browser': [['playwright-core'], ['src/runtime/agents/web-surfer/']],
    'the maker of PDF files': [['pdfkit'], ['src/runtime/tools/built-in/']],
    'the readers of documents': [
      ['turndown', 'unpdf', 'mammoth', 'read-excel-file', '@xmldom', 'fflate'],
      ['src/runtime/shared/markdown/']
    ]
  }
  for (const [subject, [packages, allowed]] of Object.entries(places))
    test(`${subject} is imported by ${allowed.join(', ')} only`, () => {
      expect(users(packages, allowed)).toEqual([])
    })
})

test('optional packages are installed by an npm that runs on Node 20, which passes over those for newer ones', () => {
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
    packages: Record<string, { optional?: boolean; os?: string[]; engines?: { node?: string } }>
  }
  const newer = Object.entries(packages).filter(
    ([, { optional, os, engines }]) =>
      optional && !os && /^\s*(?:>=|\^|~)?\s*2[1-9]/.test(engines?.node ?? '')
  )
  expect(newer.map(([name]) => name)).toEqual([])
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

describe('comments are plain', () => {
  test('they name the caller, client, user or actor instead of somebody, nobody or whoever', () => {
    const riddles = sources.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => {
        const comment = /^\s*(?:\/\*\*|\*|\/\/).*/.exec(line)?.[0] ?? ''
        return /\b(?:somebody|nobody|whoever|is told)\b/i.test(comment) ? [`${path}:${at + 1}`] : []
      })
    )
    expect(riddles).toEqual([])
  })
})

describe('files are small', () => {
  test('no file has more than 400 lines', () => {
    const long = sources.map(({ path, text }) => [path, text.split('\n').length - 1] as const)
    expect(long.filter(([, lines]) => lines > 400)).toEqual([])
  })
  test('a file is named in kebab case', () => {
    expect(sources.map(({ path }) => path).filter((path) => !/^[a-z0-9/-]+\.ts$/.test(path))).toEqual([])
  })
  test('no function has more than 60 lines', () => {
    expect(sources.flatMap(({ path, text }) => longFunctions(text).map((at) => `${path}:${at}`))).toEqual([])
  })
})

/** Lines on which functions and methods begin that have more than 60 lines. The formatter's indentation shows their ends. */
function longFunctions(text: string): number[] {
  const lines = text.split('\n')
  const begins =
    /^(\s*)(?:export |default |async |static |override |get |set |\*|private |protected )*(?:function\b|(?:const|let) \w+[^=]*= (?:async )?(?:<.*>)?\(.*=> \{$|[#\w]+(?:<.*>)?\(.*\{$)/
  return lines.flatMap((line, at) => {
    const found = begins.exec(line)
    if (
      !found ||
      !line.endsWith('{') ||
      /^\s*(?:if|for|while|switch|catch|return|describe|else)\b/.test(line)
    )
      return []
    const end = lines.findIndex((other, i) => i > at && other.startsWith(`${found[1]}}`))
    return end - at > 60 ? [at + 1] : []
  })
}

/** The text without comments and strings. */
const codeOf = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '')
