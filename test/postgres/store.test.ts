import { MikroORM } from '@mikro-orm/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { entities } from '../../src/runtime/store/entities.ts'
import type { ForeignRow } from '../../src/runtime/store/foreign-row.ts'
import { migrationOptions } from '../../src/runtime/store/migrations/run-migrations.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { Driver } from '../../src/runtime/store/postgres/driver.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import { databaseIn } from '../support/database.ts'
import { query } from '../support/database-contents.ts'
import { temporary } from '../support/run-server.ts'
import { ann, bob, change, frames } from '../support/store-context.ts'
import { storeContract } from '../support/store-contract.ts'

/** A store on a database of its own, closed after the test. */
async function withStore(): Promise<{ store: Store; database: string; create(): Promise<number> }> {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  const store = await openStore({ database })
  onTestFinished(async () => {
    await store.close()
    await remove()
  })
  const session = await store.sessions.insert({ name: '', team_id: null, user_id: ann })
  const create = async () => (await store.runs.create({ session_id: session.id, user_id: ann })).id
  return { store, database, create }
}

storeContract('PostgreSQL', async () => {
  const { folder, remove } = await temporary()
  const store = await openStore({ database: await databaseIn(folder) })
  const { close } = store
  store.close = async () => {
    await close()
    await remove()
  }
  return store
})

describe('ids', () => {
  test('may be larger than 2^31, everywhere', async () => {
    const { store, database, create } = await withStore()
    const large = 2 ** 40
    for (const table of ['run', 'session', 'team', 'frame'])
      await query(database, `select setval('${table}_id_seq', ${large})`)
    const team = await store.teams.insert({ component: { provider: 'x', config: {} }, user_id: ann })
    const session = await store.sessions.insert({ name: '', team_id: team.id, user_id: ann })
    const run = await create()
    await store.runs.commit([change(run, { frames: frames(1), row: { status: 'active' } })])
    expect([team.id, session.id, run, (await store.runs.frames(run))[0]?.id]).toEqual(
      Array(4).fill(large + 1)
    )
    expect((await store.runs.get(run))?.id).toBe(run)
    expect(await store.sessions.get(session.id)).toEqual(session)
    expect(await store.runs.withStatus('active')).toEqual([run])
    expect((await store.runs.overview({ limit: 1, before: run + 1 }))[0]?.id).toBe(run)
    expect(await store.runs.get(999_999_999_999_999)).toBeUndefined()
    expect(await store.sessions.get(999_999_999_999_999)).toBeUndefined()
  })
  test('of imported rows are never given again', async () => {
    const { store } = await withStore()
    const at = '2026-01-02T03:04:05.678901Z'
    const row = { user_id: ann, created_at: at, updated_at: at, name: '', team_id: null }
    const import_ = (id: number, source: string) =>
      store.imports.insert({ kind: 'session', source, id, ...row } as ForeignRow)
    expect(await import_(70, 'a')).toBe(70)
    expect((await store.sessions.insert({ name: '', team_id: null, user_id: ann })).id).toBe(71)
    expect(await import_(71, 'b')).toBe(72)
    await store.sessions.delete(72)
    expect(await import_(72, 'c')).toBe(73)
  })
})

describe('a user id of two million characters', () => {
  const long = (tail: string) => 'x'.repeat(2_000_000) + tail

  test('has rows of its own, and settings once', async () => {
    const { store } = await withStore()
    const [one, other] = [long('1'), long('2')]
    const session = await store.sessions.insert({ name: '', team_id: null, user_id: one })
    const run = await store.runs.create({ session_id: session.id, user_id: one })
    await store.runs.create({ session_id: session.id, user_id: bob })
    await store.settings.insert({ user_id: one, config: {} })
    await store.settings.insert({ user_id: other, config: {} })
    await expect(store.settings.insert({ user_id: one, config: {} })).rejects.toThrow()
    expect((await store.sessions.list(one)).map(({ id }) => id)).toEqual([session.id])
    expect(await store.sessions.list(other)).toEqual([])
    expect((await store.runs.overview({ user: one, limit: 9 })).map(({ id }) => id)).toEqual([run.id])
    expect(await store.runs.overview({ user: other, limit: 9 })).toEqual([])
  })
})

describe('the tables', () => {
  test('have the columns that the entities have', async () => {
    const { database } = await withStore()
    const orm = new MikroORM({
      ...{ driver: Driver, dbName: new URL(database).pathname.slice(1), entities },
      ...{ migrations: migrationOptions, driverOptions: { connectionString: database } }
    })
    const sql = await orm.schema.getUpdateSchemaSQL({ safe: true })
    await orm.close()
    // Indexes and foreign keys are others here, and `frame` and `journal` are divided.
    const columns = sql
      .split('\n')
      .filter((line) => /\b(add|drop|alter|rename) column|create table/.test(line))
    expect(columns).toEqual([])
  })
  test('may be made by several servers at once', async () => {
    const { database } = await withStore()
    const schema = `${database}?options=${encodeURIComponent('-c search_path=other')}`
    await query(database, 'drop schema if exists other cascade')
    await query(database, 'create schema other')
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ database: schema })))
    const own = await stores[0]!.sessions.insert({ name: 'own', team_id: null, user_id: ann })
    expect(await Promise.all(stores.map((store) => store.sessions.list(ann)))).toEqual([[own], [own], [own]])
    for (const store of stores) await store.close()
    await query(database, 'drop schema other cascade')
  })
  test('of a newer program are left alone', async () => {
    const { database } = await withStore()
    await query(database, `insert into migration (name) values ('9999-later')`)
    const opened = openStore({ database }).finally(() =>
      query(database, `delete from migration where name = '9999-later'`)
    )
    await expect(opened).rejects.toThrow(/written by a newer Troupe: it has the migration "9999-later"/)
  })
  test('of another program are left alone where they have a name of ours, and said by name', async () => {
    const { database } = await withStore()
    await query(database, 'create schema other')
    await query(database, 'create table other.session (id int)')
    const schema = `${database}?options=${encodeURIComponent('-c search_path=other')}`
    const opened = openStore({ database: schema }).finally(() => query(database, 'drop schema other cascade'))
    await expect(opened).rejects.toThrow(/holds the tables of another program: session/)
  })
})

test.each([
  ['a port where nothing listens', (url: URL) => (url.port = '1'), /ECONNREFUSED/],
  ['a wrong password', (url: URL) => (url.password = 'wrong-word'), /password authentication failed/],
  ['no such database', (url: URL) => (url.pathname = '/nowhere'), /database "nowhere" does not exist/]
])(
  'a database that cannot be opened, because of %s, is named without its password',
  async (_, change, why) => {
    const { database } = await withStore()
    const url = new URL(database)
    change(url)
    const error = await openStore({ database: url.href }).then(
      () => undefined,
      (error: Error) => error
    )
    expect(error?.message).toMatch(why)
    expect(error?.message).toMatch(
      /^The database "postgres:\/\/troupe@127\.0\.0\.1:\d+\/\w+" cannot be opened/
    )
    expect(error?.message).not.toMatch(/secret|wrong-word/)
  }
)
