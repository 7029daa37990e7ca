import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { MikroORM } from '@mikro-orm/core'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { entities } from '../src/runtime/store/entities.ts'
import { migrationOptions } from '../src/runtime/store/migrations/run-migrations.ts'
import { openStore } from '../src/runtime/store/open-store.ts'
import { startCheckpoints } from '../src/runtime/store/sqlite/checkpoints.ts'
import { Driver } from '../src/runtime/store/sqlite/driver.ts'
import type { Store } from '../src/runtime/store/store.ts'
import { ann, change, entries, frames, state } from './support/store-context.ts'
import { storeContract } from './support/store-contract.ts'
import { unfinished } from './support/unfinished.ts'

let folder: string
let file: string
const open = () => openStore({ database: `sqlite:${file}` })
const using = async <Result>(work: (store: Store) => Promise<Result>) => {
  const store = await open()
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
const aRun = async (store: Store) => {
  const session = await store.sessions.insert({ name: 'first', team_id: null, user_id: ann })
  return store.runs.create({ session_id: session.id, user_id: ann })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troupe-store-'))
  file = join(folder, 'in a new folder', 'troupe.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

storeContract('SQLite in memory', () => openStore({ database: 'sqlite::memory:' }))
storeContract('SQLite in a file', open)

describe('a file', () => {
  test('keeps everything when it is closed and opened again', async () => {
    const run = await using(async (store) => {
      const { id } = await aRun(store)
      const row = { status: 'active', task: 'go' } as const
      await store.runs.commit([
        change(id, { frames: frames(1, 2), journal: entries(1), state: state(2), row })
      ])
      return id
    })
    await using(async (store) => {
      expect(await unfinished(store)).toMatchObject([{ id: run, task: 'go', state: state(2) }])
      expect(await store.runs.frames(run)).toMatchObject(frames(1, 2))
      expect(await store.runs.journal(run)).toEqual(entries(1))
      expect(await store.sessions.list(ann)).toHaveLength(1)
    })
  })
  test('is written ahead, and whole in itself once closed', async () => {
    await using(async () => {
      const reader = new Database(file, { readonly: true })
      expect(reader.pragma('journal_mode', { simple: true })).toBe('wal')
      reader.close()
      expect(existsSync(`${file}-wal`)).toBe(true)
    })
    expect(existsSync(`${file}-wal`)).toBe(false)
  })
  test('takes over what was written ahead while it is open, in a thread beside', async () => {
    const run = await using(async (store) => {
      const { id } = await aRun(store)
      const text = 'x'.repeat(2 ** 20)
      for (let seq = 1; seq <= 16; seq++)
        await store.runs.commit([change(id, { frames: [{ seq, type: 'message', text }] })])
      await vi.waitFor(() => expect(statSync(file).size).toBeGreaterThan(15 * 2 ** 20), 10_000)
      return id
    })
    expect(await using((store) => store.runs.frames(run))).toHaveLength(16)
  })
  test('says when a row was changed', async () => {
    let now = Date.UTC(2030, 0, 1)
    const store = await openStore({ database: `sqlite:${file}`, now: () => now })
    const { id } = await store.sessions.insert({ name: 'first', team_id: null, user_id: ann })
    now += 1000
    const times = { created_at: '2030-01-01T00:00:00.000Z', updated_at: '2030-01-01T00:00:01.000Z' }
    expect(await store.sessions.update(id, { name: 'new' })).toMatchObject(times)
    await store.close()
  })
})

test('checkpoints without a thread are given up, and nobody waits for them', async () => {
  const statement = { get: () => ({ log: 1e6, checkpointed: 0 }) }
  const db = { name: join(folder, 'missing', 'troupe.db'), prepare: () => statement }
  const alone = vi.fn()
  const checkpoints = startCheckpoints(db as unknown as Database.Database, alone)
  for (let commits = 0; commits < 100; commits++) checkpoints.committed()
  await checkpoints.close()
  expect(alone).not.toHaveBeenCalled()
})

describe('the tables', () => {
  test('are what the entities say', async () => {
    await using(async () => {})
    const orm = new MikroORM({ driver: Driver, dbName: file, entities, migrations: migrationOptions })
    expect(await orm.schema.getUpdateSchemaSQL()).toBe('')
    await orm.close()
  })
  test('may be made by two processes at once', async () => {
    const stores = await Promise.all([open(), open(), open()])
    expect(await Promise.all(stores.map((store) => store.sessions.list(ann)))).toEqual([[], [], []])
    for (const store of stores) await store.close()
  })
  test('of a newer program are left alone', async () => {
    await using(async () => {})
    const db = new Database(file)
    db.exec(`insert into migration (name) values ('9999-later')`)
    db.close()
    await expect(open()).rejects.toThrow(/written by a newer Troupe: it has the migration "9999-later"/)
  })
  test('of another program are left alone', async () => {
    await using(async () => {})
    const db = new Database(file)
    db.exec('drop table migration')
    db.close()
    await expect(open()).rejects.toThrow(/holds the tables of another program/)
  })
  test('are not looked for in a file of another kind', async () => {
    file = join(folder, 'note.txt')
    writeFileSync(file, 'This is a text and no database. '.repeat(100))
    await expect(open()).rejects.toThrow(/note\.txt.*not a database/)
  })
  test('stand in SQLite or PostgreSQL only', async () => {
    for (const database of ['mysql://me:secret@host/name', 'postgres:me:secret', 'sqlite:', '/a/path'])
      await expect(openStore({ database })).rejects.toThrow(
        /^The database is "sqlite:<path>".*, not "[^"]*:…"$/
      )
  })
})

describe('a process killed while it commits', () => {
  test.each([1, 2, 3, 4])(
    'a process that is killed while it commits leaves whole commits, and all that it spoke of (kill %i) [POWER-2] [LOG-1]',
    async () => {
      const said = await killedWriter(3 + Math.floor(Math.random() * 10))
      await using(async (store) => {
        const runs = await unfinished(store)
        expect(runs).toHaveLength(10)
        const commits = Number(runs[0]?.state?.snapshot)
        expect(commits === said || commits === said + 1).toBe(true)
        for (const run of runs) {
          expect(run).toMatchObject({ task: commits, state: { seq: commits * perCommit, journal: commits } })
          const seqs = (await store.runs.frames(run.id)).map(({ seq }) => seq)
          expect(seqs).toEqual(Array.from({ length: commits * perCommit }, (_, i) => i + 1))
          expect(await store.runs.journal(run.id)).toHaveLength(commits)
        }
      })
    }
  )
})

const perCommit = 40

/** Lets a process write and kills it some time after its nth commit. The number of the last one it spoke of. */
async function killedWriter(n: number): Promise<number> {
  const script = join(import.meta.dirname, 'support/store-writer.ts')
  const child = spawn(process.execPath, [script, `sqlite:${file}`, `${perCommit}`], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const exit = once(child, 'exit')
  let said = 0
  for await (const line of createInterface({ input: child.stdout })) {
    said = Number(line)
    // The next commit takes some milliseconds: most kills fall into one.
    if (said === n) setTimeout(() => child.kill('SIGKILL'), Math.random() * 10)
  }
  expect(await exit).toEqual([null, 'SIGKILL'])
  return said
}
