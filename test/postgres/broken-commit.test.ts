import { UniqueConstraintViolationException } from '@mikro-orm/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DatabaseUnreachable } from '../../src/runtime/store/commit-errors.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { databaseIn } from '../support/database.ts'
import { temporary } from '../support/run-server.ts'
import { ann, change, entries, frames, state } from '../support/store-context.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

/** A store that reaches its database through a line that a test may break, with a run in it. */
async function throughLine() {
  const { folder, remove } = await temporary()
  const url = new URL(await databaseIn(folder))
  const line = await TcpProxy.to(Number(url.port))
  url.port = String(line.port)
  const store = await openStore({ database: url.href })
  onTestFinished(async () => {
    await store.close()
    await remove()
  })
  const session = await store.sessions.insert({ name: '', team_id: null, user_id: ann })
  const { id: run } = await store.runs.create({ session_id: session.id, user_id: ann })
  return { store, line, run }
}

/** Whether PostgreSQL says that a transaction is over. */
const isDone = (answer: Buffer) => answer.includes('SELECT 0\0')

describe('a commit that was answered by a broken line', () => {
  test('is stored once, however often it is tried again [FAIL-21]', async () => {
    const { store, line, run } = await throughLine()
    const changes = [
      change(run, { frames: frames(1, 2), journal: entries(1), state: state(2), row: { status: 'active' } })
    ]
    line.swallow((answer) => {
      if (isDone(answer)) line.cut()
      return isDone(answer)
    })
    await expect(store.runs.commit(changes)).rejects.toThrow(DatabaseUnreachable)
    line.swallow(() => false)
    await store.runs.commit(changes, true)
    await store.runs.commit(changes, true)
    expect(await store.runs.frames(run)).toHaveLength(2)
    expect(await store.runs.journal(run)).toEqual(entries(1))
    await store.runs.commit([change(run, { frames: frames(3) })])
    expect(await store.runs.frames(run)).toHaveLength(3)
  })

  test('is stored when the line broke before it', async () => {
    const { store, line, run } = await throughLine()
    await store.runs.commit([change(run, { frames: frames(1) })])
    line.cut()
    const changes = [change(run, { frames: frames(2) })]
    const tried = await store.runs.commit(changes).then(
      () => true,
      () => false
    )
    if (!tried) await store.runs.commit(changes, true)
    expect(await store.runs.frames(run)).toHaveLength(2)
  })

  test('is refused where something else stands in its place', async () => {
    const { store, run } = await throughLine()
    await store.runs.commit([change(run, { frames: frames(1), journal: entries(1) })])
    const others = [
      change(run, { frames: [{ seq: 1, type: 'message', text: 'other' }] }),
      change(run, { journal: [{ n: 1, kind: 'command', body: '"other"' }] }),
      change(run, { frames: frames(1, 2) })
    ]
    for (const other of others)
      await expect(store.runs.commit([other], true)).rejects.toThrow(UniqueConstraintViolationException)
  })
})

test('a read whose line broke is tried once more', async () => {
  const { store, line, run } = await throughLine()
  await store.runs.commit([change(run, { frames: frames(1) })])
  const reads: (() => Promise<unknown>)[] = [
    () => store.runs.get(run),
    () => store.runs.saved(run),
    () => store.runs.frames(run),
    () => store.runs.journal(run),
    () => store.runs.overview({ limit: 1 }),
    () => store.runs.ofSession(1),
    () => store.runs.withStatus('active'),
    () => store.runs.due('2000-01-01T00:00:00.000Z', 1),
    () => store.sessions.list(ann),
    () => store.sessions.get(1),
    () => store.settings.list(ann),
    () => store.secrets.get('none'),
    () => store.imports.importedAs('run', 'x')
  ]
  for (const read of reads) {
    await read()
    line.cut()
    await read()
  }
})
