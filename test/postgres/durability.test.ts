import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { databaseIn } from '../support/database.ts'
import { query } from '../support/database-contents.ts'
import { temporary } from '../support/run-server.ts'
import { ann, change, frames } from '../support/store-context.ts'
import { startCluster } from './cluster.ts'

async function aDatabase(): Promise<string> {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  return databaseIn(folder)
}

const set = (database: string, how: string) =>
  query(database, `alter database ${new URL(database).pathname.slice(1)} ${how}`)

describe('a database that would lose commits', () => {
  test('is refused by the name of the setting: synchronous_commit of the database [POWER-3]', async () => {
    const database = await aDatabase()
    await set(database, 'set synchronous_commit = off')
    onTestFinished(() => void set(database, 'reset synchronous_commit'))
    await expect(openStore({ database })).rejects.toThrow(/setting synchronous_commit is "off"/)
  })

  test('is refused: synchronous_commit of the address', async () => {
    const options = encodeURIComponent('-c synchronous_commit=off')
    const database = `${await aDatabase()}?options=${options}`
    await expect(openStore({ database })).rejects.toThrow(/setting synchronous_commit is "off"/)
  })

  test('is refused: fsync of the server', { timeout: 60_000 }, async () => {
    const cluster = await startCluster(['-c', 'fsync=off'])
    onTestFinished(() => cluster.stop())
    const database = `${cluster.url}/postgres`
    await expect(openStore({ database })).rejects.toThrow(/setting fsync is "off"/)
    expect(await query(database, `select 1 from pg_tables where tablename = 'run'`)).toEqual([])
  })

  test.each(['local', 'remote_write', 'on', 'remote_apply'])(
    'is taken: synchronous_commit = %s',
    async (value) => {
      const database = await aDatabase()
      await set(database, `set synchronous_commit = ${value}`)
      onTestFinished(() => void set(database, 'reset synchronous_commit'))
      await (await openStore({ database })).close()
    }
  )

  test('is written to no more where that was changed, from the next connection on', async () => {
    const database = await aDatabase()
    const store = await openStore({ database })
    onTestFinished(() => store.close())
    const session = await store.sessions.insert({ name: '', team_id: null, user_id: ann })
    const { id } = await store.runs.create({ session_id: session.id, user_id: ann })
    await set(database, 'set synchronous_commit = off')
    await query(
      database,
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()'
    )
    await expect
      .poll(() => store.runs.commit([change(id, { frames: frames(1) })]).then(String, String))
      .toMatch(/setting synchronous_commit is "off"/)
    expect(store.trouble).toMatch(/synchronous_commit/)
    await set(database, 'reset synchronous_commit')
    await vi.waitFor(() => expect(store.trouble).toBeNull(), 5_000)
    await store.runs.commit([change(id, { frames: frames(1) })])
  })
})
