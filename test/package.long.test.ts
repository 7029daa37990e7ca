import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { root, runChild, startChild } from './support/child.ts'
import { childrenOf } from './support/processes.ts'
import { temporary } from './support/run-server.ts'

/** A folder of somebody who has installed the package, with nothing else beside it than what it asks for. */
let app: string
let remove: () => Promise<void>

beforeAll(async () => {
  const made = await temporary()
  app = made.folder
  remove = made.remove
  await done(process.execPath, [join(root, 'build/pack.ts'), app])
  await done('tar', ['-xzf', join(app, `troupe-${checkout.version}.tgz`), '-C', join(app, 'package/..')])
  mkdirSync(join(app, 'node_modules/.bin'), { recursive: true })
  renameSync(join(app, 'package'), installed())
  const { dependencies, optionalDependencies, peerDependencies } = manifest()
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
    if (name !== 'react') link(join(root, 'node_modules', name), name)
  link('../troupe/bin/troupe', '.bin/troupe')
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
}, 120_000)
afterAll(() => remove())

const checkout = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const installed = (...path: string[]) => join(app, 'node_modules/troupe', ...path)
const manifest = () => JSON.parse(readFileSync(installed('package.json'), 'utf8'))

function link(to: string, name: string): void {
  const at = join(app, 'node_modules', name)
  mkdirSync(dirname(at), { recursive: true })
  symlinkSync(to, at)
}

/** Runs a program to its good end; gives what it wrote. */
async function done(command: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runChild(command, args)
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
  return stdout
}

function write(name: string, text: string): string {
  writeFileSync(join(app, name), text)
  return join(app, name)
}

/** `node_modules/.bin/troupe`, with the Node of this test. */
const troupe = (...args: string[]): [string, string[]] => [
  '/usr/bin/env',
  [`PATH=${dirname(process.execPath)}:${process.env.PATH}`, join(app, 'node_modules/.bin/troupe'), ...args]
]

async function serve(data: string, ...more: string[]) {
  const args = ['serve', '--port', '0', '--data-dir', join(app, data), ...more]
  const child = await startChild(...troupe(...args), /^troupe listening on (http:\S+)$/, 30_000)
  onTestFinished(() => child[Symbol.asyncDispose]())
  return { child, url: child.ready[1]! }
}

/** All folders in a folder, by their paths in it. */
const folders = (at: string): string[] =>
  readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(at, name)).isDirectory()
  )

const program = `
  import { AssistantAgent, maxMessages, models, RoundRobinGroupChat, type TaskResult, textOf } from 'troupe'
  const writer = new AssistantAgent('writer', { modelClient: models.replay(['A lamp on the hill.']) })
  const team = new RoundRobinGroupChat([writer], { terminationCondition: maxMessages(2) })
  const result: TaskResult = await team.run({ task: 'Write a line.' })
  console.log(result.messages.map(textOf).join(' | '))`

const checkpoint = `
  import Database from 'better-sqlite3'
  import { startCheckpoints } from './node_modules/troupe/lib/runtime/store/sqlite/checkpoints.js'
  const db = new Database(process.argv[2])
  for (const setting of ['journal_mode = wal', 'wal_autocheckpoint = 0']) db.pragma(setting)
  db.exec('create table large (bytes)')
  const checkpoints = startCheckpoints(db, (work) => work())
  const insert = db.prepare('insert into large values (zeroblob(1000000))')
  for (let i = 0; i < 32; i++) {
    insert.run()
    checkpoints.committed()
  }
  await checkpoints.close()
  console.log(JSON.stringify({ moved: db.pragma('wal_checkpoint(noop)')[0].checkpointed > 0 }))`

describe('the package, installed', () => {
  test('is a library without anything that is not compiled', async () => {
    const file = write('program.js', program.replace('type TaskResult, ', '').replace(': TaskResult', ''))
    expect(await done(process.execPath, [file])).toBe('Write a line. | A lamp on the hill.\n')
    expect(JSON.stringify(manifest().exports)).not.toContain('src/')
  })

  test('has types that know what is wrong in a program', async () => {
    const right = write('right.ts', program)
    const wrong = write('wrong.ts', program.replace('[writer]', "['writer']").replace('.messages', '.words'))
    const options = '--ignoreConfig --noEmit --strict --module nodenext --target es2023'.split(' ')
    const check = (file: string) =>
      runChild(join(root, 'node_modules/.bin/tsc'), [...options, '--types', '', file])
    expect(await check(right)).toEqual({ code: 0, stdout: '', stderr: '' })
    const { code, stdout } = await check(wrong)
    expect(code).not.toBe(0)
    expect(stdout.match(/error TS\d+/g)).toEqual(['error TS2322', 'error TS2339'])
  })

  test('runs a team in the terminal', async () => {
    const text = await done(...troupe('run', join(root, 'examples/team.json'), '--task', 'What is 25 * 17?'))
    expect(text).toContain('25 * 17 is 425.')
  })

  test('serves its routes and the console, and knows its version', async () => {
    const { child, url } = await serve('alone')
    expect(await (await fetch(`${url}/api/health`)).json()).toMatchObject({ status: true })
    expect(await (await fetch(`${url}/api/version`)).text()).toContain(checkout.version)
    const page = await (await fetch(`${url}/console/`)).text()
    const script = /src="([^"]+\.js)"/.exec(page)?.[1]
    expect((await fetch(new URL(script!, `${url}/console/`))).status).toBe(200)
    expect(await child.end('SIGTERM')).toBe(0)
    expect(existsSync(installed('.cache'))).toBe(true)
  })

  test('moves its log into its database in a thread of its own', async () => {
    const file = write('checkpoint.js', checkpoint)
    expect(JSON.parse(await done(process.execPath, [file, join(app, 'some.db')]))).toEqual({ moved: true })
  })

  test.runIf(process.platform === 'linux')('serves from several processes', async () => {
    const { child, url } = await serve('workers', '--workers', '2')
    expect(childrenOf(child.pid)).toHaveLength(1)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${url}/api/health`, { headers: { connection: 'close' } }))
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(await child.end('SIGTERM')).toBe(0)
    // One folder for the flags of each kind of process, side by side.
    expect(folders(installed('.cache'))).toEqual(readdirSync(installed('.cache')))
  })
})
