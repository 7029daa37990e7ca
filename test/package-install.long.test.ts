import { execFileSync } from 'node:child_process'
import { existsSync, globSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, runChild } from './support/child.ts'
import { temporary } from './support/run-server.ts'

/** A folder in which the package was installed without what is optional, beside compilers, bundlers and kinds of zod. */
let app: string
let remove: () => Promise<void>
let refused = ''

const compilers = { 'ts5.4': 'typescript@5.4', 'ts5.9': 'typescript@5.9', 'ts7.0': 'typescript@7.0' }
const zods = ['4.4.3', '4.5.0', '4.6.5', '4.6.7']

/** Installs into a folder of its own; an error of the registry is kept, so that what needs it is skipped visibly. */
function install(folder: string, args: string[]): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--silent']
  execFileSync('npm', ['install', ...quiet, ...args], { cwd: folder, stdio: 'pipe', timeout: 300_000 })
}

const lean = () => join(app, 'lean')
const tools = () => join(app, 'tools')
const packed = (...path: string[]) => join(lean(), 'node_modules/troupe', ...path)

beforeAll(async () => {
  const made = await temporary()
  app = made.folder
  remove = made.remove
  const { code, stderr } = await runChild(process.execPath, [join(root, 'build/pack.ts'), app])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const archive = globSync('*.tgz', { cwd: app })[0]!
  try {
    install(lean(), ['--omit=optional', join(app, archive), `zod@${zods.at(-1)}`])
    const aliases = Object.entries(compilers).map(([alias, name]) => `${alias}@npm:${name}`)
    const named = zods.map((version) => `zod-${version}@npm:zod@${version}`)
    install(tools(), [...aliases, ...named, 'esbuild', '@types/node@22'])
  } catch (error) {
    refused = String((error as Error).message)
  }
}, 700_000)
afterAll(() => remove())

const program = `
  import { AssistantAgent, maxMessages, openai, RoundRobinGroupChat, textOf, tool } from 'troupe'
  import { openTroupe, type RunEvent, sqlite, type Store } from 'troupe/runtime'
  import { attachWebSocket, toNode } from 'troupe/http'
  import { serve } from 'troupe/server'
  import { connect, textOf as shown } from 'troupe/client'
  import { ManualClock, playUntil, scripted, storeContract } from 'troupe/testing'
  import { z } from 'zod'
  const lookup = tool({
    name: 'lookup', description: 'Looks up.', parameters: z.object({ word: z.string() }),
    run: ({ word }) => word.toUpperCase()
  })
  const outputType = z.object({ line: z.string() })
  const writer = new AssistantAgent({ name: 'writer', model: openai('gpt-4o-mini', { apiKey: 'k' }), tools: [lookup], outputType })
  const team = new RoundRobinGroupChat([writer], { until: maxMessages(2) })
  export async function main(store: Store) {
    const first: string = textOf((await team.run('Write')).messages[0]!)
    const troupe = await openTroupe({ store, teams: { desk: team } })
    const run = await troupe.start('desk', first, { user: 'ann' })
    for await (const event of run.events({ after: 0 })) { const one: RunEvent = event; console.log(one.type) }
    const handler = troupe.handler({ user: async () => 'ann' })
    const remote = await connect('http://127.0.0.1:1', { token: 't' }).start({ team: 'desk', task: 'x' })
    return [ManualClock, playUntil, scripted, storeContract, toNode(handler), attachWebSocket, serve, sqlite, remote.messages().map(shown)]
  }`

/** Bytes that a folder takes on the disk. */
const sizeOf = (folder: string): number =>
  globSync('**/*', { cwd: folder }).reduce((sum, name) => sum + lstatSync(join(folder, name)).blocks * 512, 0)

describe('the package, installed without what is optional', () => {
  test('takes at most 60 MB', ({ skip }) => {
    skip(refused !== '', refused)
    expect(sizeOf(join(lean(), 'node_modules'))).toBeLessThanOrEqual(60 * 1024 * 1024)
  })

  // Those of TypeScript are slow: with each there is the oldest or the newest zod, and with the fast one each.
  for (const [compiler, kinds] of [
    ['ts5.4', [zods[0]]],
    ['ts5.9', [zods.at(-1)]],
    ['ts7.0', zods]
  ] as const)
    for (const zod of kinds)
      test(`type-checks for every entry with ${compiler} and zod ${zod}`, { timeout: 120_000 }, async ({
        skip
      }) => {
        skip(refused !== '', refused)
        writeFileSync(join(lean(), 'program.ts'), program)
        const paths = { zod: [join(tools(), `node_modules/zod-${zod}`)] }
        const compilerOptions = {
          ...{ noEmit: true, strict: true, module: 'nodenext', target: 'es2022', skipLibCheck: true, paths },
          ...{ types: ['node'], typeRoots: [join(tools(), 'node_modules/@types')] }
        }
        const config = join(lean(), `tsconfig-${compiler}-${zod}.json`)
        writeFileSync(config, JSON.stringify({ compilerOptions, files: ['program.ts'] }))
        const tsc = globSync(join(tools(), 'node_modules', compiler, 'bin/tsc'))[0]!
        expect(await runChild(process.execPath, [tsc, '-p', config])).toEqual({
          code: 0,
          stdout: '',
          stderr: ''
        })
      })

  test('is a client for browsers below 20 KB, bundled without a word', async ({ skip }) => {
    skip(refused !== '', refused)
    const page = join(lean(), 'page.js')
    writeFileSync(page, "import { connect, textOf } from 'troupe/client'\nconsole.log(connect, textOf)")
    const { build } = await import(join(tools(), 'node_modules/esbuild/lib/main.js'))
    const made = await build({ entryPoints: [page], bundle: true, minify: true, format: 'esm', write: false })
    expect(made.warnings).toEqual([])
    expect(gzipSync(made.outputFiles[0].contents).length).toBeLessThan(20_000)
  })

  test('says what to install where a program keeps its runs in SQLite', async ({ skip }) => {
    skip(refused !== '', refused)
    const file = join(lean(), 'sqlite.js')
    writeFileSync(
      file,
      `import { openTroupe, sqlite } from 'troupe/runtime'
       await openTroupe({ store: sqlite(':memory:'), teams: {} }).catch(({ message }) => console.log(message))`
    )
    const { stdout } = await runChild(process.execPath, [file])
    expect(stdout).toContain('npm install')
    expect(stdout).toContain('better-sqlite3')
  })

  test('shows the sources of its types, and has no link in its README that leads nowhere', ({ skip }) => {
    skip(refused !== '', refused)
    const lost = globSync('lib/**/*.d.ts.map', { cwd: packed() }).filter((name) => {
      const { sources } = JSON.parse(readFileSync(packed(name), 'utf8')) as { sources: string[] }
      return sources.some((source) => !existsSync(resolve(dirname(packed(name)), source)))
    })
    expect(lost).toEqual([])
    const links = [...readFileSync(packed('README.md'), 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(
      ([, to]) => to!
    )
    const local = links.filter((to) => !/^https?:/.test(to))
    expect(local.length).toBeGreaterThan(5)
    expect(local.filter((to) => !existsSync(packed(to)))).toEqual([])
  })

  test('is public, has no side effects, and takes zod from the program', ({ skip }) => {
    skip(refused !== '', refused)
    const manifest = JSON.parse(readFileSync(packed('package.json'), 'utf8'))
    expect(manifest).toMatchObject({ sideEffects: false, peerDependencies: { zod: '^4.4.3' } })
    expect(manifest.private).toBeUndefined()
    expect(manifest.dependencies.zod).toBeUndefined()
  })
})
