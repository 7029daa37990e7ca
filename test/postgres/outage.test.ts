import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Server, serve } from '../../src/server/app.ts'
import { query } from '../support/database-contents.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, newSession, readRun } from '../support/run-server.ts'
import { asker, talkers } from '../support/some-teams.ts'
import { asAdmin, type Cluster, startCluster } from './cluster.ts'

/** A PostgreSQL that these tests may crash. */
let cluster: Cluster
let database: string
let server: Server
let number = 0

beforeAll(async () => {
  cluster = await startCluster()
}, 60_000)
afterAll(() => cluster?.stop())

beforeEach(async () => {
  const name = `outage_${++number}`
  await asAdmin(cluster.url, `create database ${name}`)
  database = `${cluster.url}/${name}`
  server = await serve({ host: '127.0.0.1', port: 0, database, version: '0' })
  onTestFinished(() => server.close())
})

const health = () => fetch(`${server.url}/api/health`).then(({ status }) => status)
const patience = { timeout: 15_000, interval: 50 }

async function started(session: number, team: unknown): Promise<{ run: number; client: RunClient }> {
  const run = await newRun(server.url, session)
  const client = await RunClient.connect(server.url, run)
  onTestFinished(() => client.leave())
  client.start(team)
  return { run, client }
}

/** Waits for a frame for longer than clients usually do: everything is slow while others use the machine. */
async function comes(client: RunClient, type: string): Promise<void> {
  await expect.poll(() => client.frames.some((frame) => frame.type === type), { timeout: 30_000 }).toBe(true)
}

describe('while PostgreSQL is down', { timeout: 60_000 }, () => {
  test('runs stay where they are, and go on when it is back: nothing is lost, told twice or done anew [FAIL-19]', async () => {
    const session = await newSession(server.url)
    const talking = await Promise.all(Array.from({ length: 20 }, () => started(session, talkers(60, 20))))
    const { client: waiting } = await started(session, asker())
    await waiting.next('input_request')
    for (const { client } of talking) await client.next(({ seq }) => seq > 5)
    const lengths = () => talking.map(({ client }) => client.log.length)
    const loaded = talking.map(({ run }) => server.runtime.loaded.get(run))
    await cluster.crash()
    await expect.poll(health, patience).toBe(503)
    // What was stored may still be on its way to clients.
    await sleep(200)
    const heard = lengths()
    await sleep(1500)
    expect(lengths()).toEqual(heard)
    expect(talking.some(({ client }) => client.closed)).toBe(false)
    // No run was brought back meanwhile: the same ones wait.
    expect(talking.map(({ run }) => server.runtime.loaded.get(run))).toEqual(loaded)
    await cluster.start()
    await expect.poll(health, patience).toBe(200)
    for (const { client } of talking) await comes(client, 'result')
    waiting.send({ type: 'input_response', response: 'Good.' })
    await comes(waiting, 'result')
    for (const { run, client } of talking) {
      expect(client.log.map(({ seq }) => seq)).toEqual(client.log.map((_, i) => i + 1))
      const stored = 'select text from frame where run_id = ? order by seq'
      const rows = await query<{ text: string }>(database, stored, run)
      expect(client.log).toEqual(rows.map(({ text }) => JSON.parse(text)))
    }
  })

  test('a run that has just begun loads its team when it is back', async () => {
    const session = await newSession(server.url)
    const runs = await Promise.all(Array.from({ length: 10 }, () => newRun(server.url, session)))
    const clients = await Promise.all(runs.map((run) => RunClient.connect(server.url, run)))
    onTestFinished(() => {
      for (const client of clients) client.leave()
    })
    for (const client of clients) client.start(talkers(3))
    await clients[0]!.next('status')
    await cluster.crash()
    await sleep(500)
    await cluster.start()
    await expect.poll(health, patience).toBe(200)
    for (const [i, client] of clients.entries()) {
      // One whose start was not taken before the crash was told so, and may be started again.
      if (client.frames.some(({ type }) => type === 'error')) client.start(talkers(3))
      await comes(client, 'result')
      expect((await readRun(server.url, runs[i]!)).status).toBe('complete')
    }
  })

  test('what is asked for meanwhile is refused, and may be asked for again [FAIL-20]', async () => {
    const session = await newSession(server.url)
    const run = await newRun(server.url, session)
    await cluster.crash()
    const ask = () => fetch(`${server.url}/api/runs/${run}`).then(({ status }) => status)
    expect(await ask()).toBe(503)
    await cluster.start()
    await expect.poll(ask, patience).toBe(200)
  })
})
