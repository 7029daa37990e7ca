import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { DatabaseInUse } from '../src/runtime/store/backend.ts'
import { openStore } from '../src/runtime/store/open-store.ts'
import { backup } from '../src/runtime/store/sqlite/backup.ts'
import { serve } from '../src/server/app.ts'
import { type Child, startChild } from './support/child.ts'
import { newRun, newSession, temporary } from './support/run-server.ts'

let folder: string
let file: string

beforeEach(async () => {
  const place = await temporary()
  folder = place.folder
  file = join(folder, 'troupe.db')
  onTestFinished(place.remove)
})

const open = (path = file) => openStore({ database: `sqlite:${path}`, alone: true })
const sessionsIn = async (path = file) => {
  const store = await open(path)
  try {
    return (await store.sessions.list('holder')).length
  } finally {
    await store.close()
  }
}
const script = join(import.meta.dirname, 'support/sqlite-holder.ts')

/** A process that has the database; `words` stand before it on the command line. */
async function holder(...words: string[]): Promise<Child> {
  const [command, ...args] = [...words, process.execPath, script, `sqlite:${file}`]
  const child = await startChild(command!, args, /^has it: /)
  onTestFinished(() => child[Symbol.asyncDispose]())
  return child
}

/** Whether a process may live in a pid namespace of its own here, as in a container. */
const namespaces = (() => {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const container = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']

describe('a database that a process has', () => {
  test('is refused to all others, by its name and that of the process, and can be read', async () => {
    const { pid } = await holder()
    await expect(open()).rejects.toThrow(new DatabaseInUse(`${file} is in use by the process ${pid}.`))
    const store = await openStore({ database: `sqlite:${file}` })
    expect(await store.sessions.list('holder')).toHaveLength(1)
    await store.close()
  })

  test('is refused by any of its names', async () => {
    await holder()
    symlinkSync(file, join(folder, 'other.db'))
    symlinkSync(folder, join(folder, 'there'))
    for (const name of ['other.db', 'there/troupe.db', './there/../troupe.db'])
      await expect(open(join(folder, name))).rejects.toThrow(DatabaseInUse)
  })

  test('is free at once after kill -9, and after an end in order [FAIL-16]', async () => {
    const child = await holder()
    await child.end('SIGKILL')
    expect(await sessionsIn()).toBe(1)
    expect(await sessionsIn()).toBe(1)
  })

  test('is refused within one process too', async () => {
    const store = await open()
    await expect(open()).rejects.toThrow(DatabaseInUse)
    // The one that was refused has not taken the lock of the other one away.
    await expect(open()).rejects.toThrow(DatabaseInUse)
    await store.close()
    await (await open()).close()
  })

  test.skipIf(!namespaces)('is refused in another container, where both have the same pid', async () => {
    const child = await holder(...container)
    const second = await startChild(
      container[0]!,
      [...container.slice(1), process.execPath, script, `sqlite:${file}`],
      /^has it( not)?: /
    )
    onTestFinished(() => second[Symbol.asyncDispose]())
    expect(second.ready[0]).toBe('has it not: ')
    await child.end('SIGKILL')
    await expect.poll(() => sessionsIn().catch(() => 0), { timeout: 5000 }).toBe(1)
  })
})

describe('a log that is missing', () => {
  test('is said, and nothing is opened, until it is back [FAIL-18]', async () => {
    const child = await holder()
    await child.end('SIGKILL')
    const log = readFileSync(`${file}-wal`)
    rmSync(`${file}-wal`)
    const before = readFileSync(file)
    for (const alone of [true, false])
      await expect(openStore({ database: `sqlite:${file}`, alone })).rejects.toThrow(
        `was not closed, and its log ${file}-wal is missing`
      )
    expect(readFileSync(file)).toEqual(before)
    writeFileSync(`${file}-wal`, log)
    expect(await sessionsIn()).toBe(1)
  })

  test('may be given up by an empty file [FAIL-18]', async () => {
    await (await holder()).end('SIGKILL')
    writeFileSync(`${file}-wal`, '')
    await (await open()).close()
    expect(existsSync(`${file}-wal`)).toBe(false)
    await (await open()).close()
  })

  test('is said too where something else stands in its place', async () => {
    await (await holder()).end('SIGKILL')
    writeFileSync(`${file}-wal`, 'This is no log. '.repeat(100))
    await expect(open()).rejects.toThrow(`${file}-wal is no log of it`)
  })

  test('is no matter where the database was closed, or a backup made', async () => {
    const store = await open()
    await store.sessions.insert({ name: '', team_id: null, user_id: 'holder' })
    await backup(file, join(folder, 'copy.db'))
    await store.close()
    expect(await sessionsIn()).toBe(1)
    expect(await sessionsIn(join(folder, 'copy.db'))).toBe(1)
  })

  test('is said of a copy that was made of the file alone', async () => {
    const store = await open()
    copyFileSync(file, join(folder, 'copy.db'))
    await store.close()
    await expect(open(join(folder, 'copy.db'))).rejects.toThrow(/its log .*copy\.db-wal is missing/)
  })
})

test('a damaged database is told by health as soon as it is noticed [FAIL-17]', async () => {
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    database: `sqlite:${file}`,
    version: '0'
  })
  onTestFinished(() => server.close())
  const health = async () => {
    const answer = await fetch(`${server.url}/api/health`)
    return [answer.status, ((await answer.json()) as { message: string }).message]
  }
  const run = await newRun(server.url, await newSession(server.url))
  expect(await health()).toEqual([200, 'Service is healthy'])
  const db = new Database(file)
  db.pragma('wal_checkpoint(truncate)')
  const pages = db.pragma('page_count', { simple: true }) as number
  db.close()
  const bytes = openSync(file, 'r+')
  for (let page = 1; page < pages; page++) writeSync(bytes, Buffer.alloc(2000, 7), 0, 2000, page * 4096)
  for (const path of [`/runs/${run}`, '/overview/runs', `/runs/${run}/events`, '/sessions/?user_id=x'])
    await fetch(`${server.url}/api${path}`)
  expect(await health()).toEqual([
    503,
    expect.stringMatching(/^The database is damaged \(.*malformed.*\): put a backup/)
  ])
})

test('a database of a version that was never finished is left alone, and said why', async () => {
  await (await open()).close()
  const db = new Database(file)
  db.exec('drop index run_overview; alter table run drop column waits_for; alter table run drop column title')
  db.close()
  await expect(open()).rejects.toThrow(
    /written by an unfinished version of Troupe: its table run has no title, waits_for/
  )
})
