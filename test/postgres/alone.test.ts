import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { DatabaseInUse } from '../../src/runtime/store/backend.ts'
import { Fenced } from '../../src/runtime/store/commit-errors.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import { type Child, root, runChild } from '../support/child.ts'
import { databaseIn } from '../support/database.ts'
import { query } from '../support/database-contents.ts'
import { freePort, newSession, serveThere, temporary } from '../support/run-server.ts'
import { ann, change, frames } from '../support/store-context.ts'

async function aFolder(): Promise<{ folder: string; database: string }> {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  return { folder, database: await databaseIn(folder) }
}

/** A store that has its database alone, with a run in it. */
async function alone(
  database: string,
  taken?: (error: Error) => void
): Promise<{ store: Store; run: number }> {
  const store = await openStore({ database, alone: true, ...(taken && { taken }) })
  onTestFinished(() => store.close())
  const session = await store.sessions.insert({ name: '', team_id: null, user_id: ann })
  const { id: run } = await store.runs.create({ session_id: session.id, user_id: ann })
  return { store, run }
}

/** Ends the connections of a role, as somebody does who cuts a line. */
const cut = (database: string, role: string) =>
  query(
    database,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name like ?`,
    `troupe ${role} %`
  )

describe('a server on a database', () => {
  const serve = async (folder: string): Promise<Child> => {
    const child = await serveThere(folder, await freePort())
    onTestFinished(() => child[Symbol.asyncDispose]())
    return child
  }

  test('keeps a second one out while it lives, and none after kill -9 [FAIL-16]', {
    timeout: 60_000
  }, async () => {
    const { folder, database } = await aFolder()
    const other = await aFolder()
    const args = ['serve', '--port', '0', '--data-dir', other.folder, '--database', database]
    const first = await serve(folder)
    const { code, stdout, stderr } = await runChild(join(root, 'bin/troupe'), args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^troupe: postgres:\/\/troupe@\S+ is in use by another server \(process \d+ of PostgreSQL/
    )
    await newSession(first.ready[1]!)
    await first.end('SIGKILL')
    const began = performance.now()
    const second = await serve(folder)
    await newSession(second.ready[1]!)
    expect(await second.end('SIGTERM')).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  test('takes its lock again when the connection that held it was cut', async () => {
    const { database } = await aFolder()
    const taken = vi.fn()
    const { store, run } = await alone(database, taken)
    await cut(database, 'lock')
    await expect
      .poll(() => store.runs.commit([change(run, { frames: frames(1) })], true).then(() => 'stored', String))
      .toBe('stored')
    await expect(openStore({ database, alone: true })).rejects.toThrow(DatabaseInUse)
    expect(taken).not.toHaveBeenCalled()
  })

  test('writes nothing more once another one has taken its place, and is told [FAIL-22]', async () => {
    const { database } = await aFolder()
    const taken = vi.fn()
    const { store, run } = await alone(database, taken)
    await store.runs.commit([change(run, { frames: frames(1) })])
    // Another server takes the lock in the moment in which this one has lost it.
    await query(database, `update node set epoch = epoch + 1`)
    await expect(store.runs.commit([change(run, { frames: frames(2) })])).rejects.toThrow(Fenced)
    expect(taken).toHaveBeenCalledWith(expect.any(DatabaseInUse))
    expect(await store.runs.frames(run)).toHaveLength(1)
  })

  test('waits for what its predecessor has on its way', async () => {
    const { database } = await aFolder()
    const { store, run } = await alone(database)
    // The commit of a process that is gone, and that PostgreSQL still carries out: it waits for a lock on the run.
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: database })
    await client.connect()
    await client.query('begin')
    await client.query('select 1 from run for update')
    const late = store.runs.commit([change(run, { frames: frames(1), row: { status: 'active' } })])
    await expect
      .poll(() => query(database, `select 1 from pg_stat_activity where wait_event_type = 'Lock'`))
      .toHaveLength(1)
    await cut(database, 'lock')
    const next = openStore({ database, alone: true }).then(
      (store) => store,
      (error: Error) => error
    )
    await sleep(300)
    await client.query('commit')
    await client.end()
    await late
    const successor = await next
    // Either the first one had its lock again in time, or the second one has all that was on its way.
    if (successor instanceof Error) return expect(successor).toBeInstanceOf(DatabaseInUse)
    expect(await successor.runs.frames(run)).toHaveLength(1)
    await successor.close()
  })
})
