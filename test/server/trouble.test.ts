import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { type Server, serve } from '../../src/server/app.ts'
import { databaseIn, onPostgres } from '../support/database.ts'
import { query } from '../support/database-contents.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, newSession, rest, temporary } from '../support/run-server.ts'
import { asker, talkers } from '../support/some-teams.ts'

/** A server whose database others can get at. */
async function start(): Promise<Server & { database: string }> {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  const server = await serve({ host: '127.0.0.1', port: 0, database, version: '0' })
  onTestFinished(async () => {
    await server.close()
    await remove()
  })
  return { ...server, database }
}

/** Keeps a server from writing; gives how it may again. */
async function lock(database: string): Promise<() => Promise<unknown>> {
  if (onPostgres()) {
    const raise = `raise exception using errcode = 'disk_full', message = 'No space left on device'`
    await query(
      database,
      `create function full_disk() returns trigger language plpgsql as $$ begin ${raise}; end $$`
    )
    await query(database, 'create trigger full_disk before insert on frame execute function full_disk()')
    return () => query(database, 'drop function full_disk() cascade')
  }
  const thief = new Database(database.slice('sqlite:'.length))
  thief.exec('begin immediate')
  return async () => thief.close()
}

async function starting(
  url: string,
  session: number,
  team: unknown
): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(url, session)
  const client = await RunClient.connect(url, run)
  onTestFinished(() => client.leave())
  client.start(team)
  return { run, client }
}

test('deleting a session ends its runs, and all others go on [REST-18]', async () => {
  const { url } = await start()
  const [doomed, other] = [await newSession(url), await newSession(url)]
  const { client: waiting } = await starting(url, doomed, asker())
  const { client: talking } = await starting(url, doomed, talkers(100, 20))
  const { client: spared } = await starting(url, other, talkers(30, 20))
  await waiting.next('input_request')
  await talking.next('message')
  const answer = await fetch(`${url}/api/sessions/${doomed}?user_id=guestuser@gmail.com`, {
    method: 'DELETE'
  })
  expect(answer.status).toBe(200)
  for (const client of [waiting, talking]) {
    expect(await client.next('completion')).toMatchObject({ status: 'cancelled' })
    expect(await client.end()).toMatchObject({ code: 1000 })
  }
  await spared.next('result')
  const late = await starting(url, other, talkers(1))
  await late.client.next('result')
})

test('while nothing can be stored nothing is sent, and afterwards all of it [FAIL-1] [REST-11]', async () => {
  const { url, database } = await start()
  const session = await newSession(url)
  const { client } = await starting(url, session, talkers(40, 10))
  await client.next('message')
  const unlock = await lock(database)
  await client.settled()
  const told = client.log.length
  await expect
    .poll(() => fetch(`${url}/api/health`).then(({ status }) => status), { timeout: 8_000 })
    .toBe(503)
  await client.settled()
  expect(client.log.length).toBe(told)
  await unlock()
  await client.next('result')
  expect(client.log.map(({ seq }) => seq)).toEqual(client.log.map((_, i) => i + 1))
  expect(await rest(url, '/health')).toMatchObject({ status: true })
})

test('a command by REST that cannot be stored is answered with not_stored after a while [FAIL-15]', {
  timeout: 40_000
}, async () => {
  const { url, database } = await start()
  const session = await newSession(url)
  const { run, client } = await starting(url, session, talkers(1000, 10))
  await client.next('message')
  const unlock = await lock(database)
  const answer = await fetch(`${url}/api/runs/${run}/pause`, { method: 'POST', body: '{}' })
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'not_stored' })
  await unlock()
  await client.next(({ type, status }) => type === 'status' && status === 'paused')
})
