import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { steer } from '../support/asking.ts'
import { type Child, root, runChild } from '../support/child.ts'
import { databaseIn, onPostgres } from '../support/database.ts'
import { lockDatabase } from '../support/lock-database.ts'
import { type Frame, RunClient } from '../support/run-client.ts'
import {
  freePort,
  newRun,
  newSession,
  readMessages,
  readRun,
  serveThere,
  temporary
} from '../support/run-server.ts'
import { seeded } from '../support/seeded.ts'
import { asker, type Part, streamer, talkers } from '../support/some-teams.ts'

let folder: string
let remove: () => Promise<void>
let server: Child
const clients: RunClient[] = []

beforeEach(async () => {
  ;({ folder, remove } = await temporary())
  server = await serveThere(folder, await freePort())
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave()
  await server?.[Symbol.asyncDispose]()
  await remove()
})

const urlOf = (child: Child) => child.ready[1]!
const portOf = (child: Child) => Number(new URL(urlOf(child)).port)

async function follow(run: number, query = ''): Promise<RunClient> {
  const client = await RunClient.connect(urlOf(server), run, query)
  clients.push(client)
  return client
}

interface Watched {
  run: number
  clients: RunClient[]
}

/** Starts a run that several clients follow. */
async function watched(session: number, team: Part): Promise<Watched> {
  const run = await newRun(urlOf(server), session)
  const clients = [await follow(run), await follow(run, '?after=0'), await follow(run)]
  clients[0]!.start(team)
  return { run, clients }
}

/** The log of a run, read from its beginning by a client who comes now. */
async function readLog(run: number): Promise<Frame[]> {
  const client = await follow(run, '?after=0')
  const { run: info } = await client.next('system')
  if (info.seq > 0) await client.next(({ seq }) => seq === info.seq)
  client.leave()
  return client.log
}

/** Whether a run's log holds all that its clients have heard, and is whole. */
async function expectKept({ run, clients }: Watched): Promise<void> {
  const log = await readLog(run)
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1))
  for (const client of clients) expect(log.slice(0, client.log.length)).toEqual(client.log)
  const rows = await readMessages(urlOf(server), run)
  const messages = log.filter(({ type }) => type === 'message')
  // The run goes on meanwhile.
  expect(rows.slice(0, messages.length).map(({ config }) => config)).toEqual(messages.map(({ data }) => data))
}

describe('after kill -9 at any moment', () => {
  test('after kill -9 at any moment all that clients have received is in the log, and the port and the folder are free at once [CRASH-1] [SEQ-3]', {
    timeout: 60_000
  }, async () => {
    const seed = 8_231
    const random = seeded(seed)
    const session = await newSession(urlOf(server))
    const created = await newRun(urlOf(server), session)
    const all: Watched[] = []
    let interrupted = 0
    for (let round = 0; round < 3; round++) {
      const teams = [
        talkers(200, 2),
        talkers(200, 1),
        talkers(3),
        talkers(50, 10),
        streamer(Array(100).fill('word'), 5),
        asker()
      ]
      const now = await Promise.all(teams.map((team) => watched(session, team)))
      all.push(...now)
      const moment = 1 + Math.floor(random() * 120)
      await now[0]!.clients[0]!.next(({ seq }) => seq === moment)
      expect(await server.end('SIGKILL')).toBe('SIGKILL')
      for (const client of now.flatMap(({ clients }) => clients)) await client.end()
      server = await serveThere(folder, portOf(server))
      for (const run of all) await expectKept(run)
      for (const { run } of now) if ((await readRun(urlOf(server), run)).status !== 'complete') interrupted++
    }
    // What was created before all this and never started still can be.
    const begun = await follow(created)
    begun.start(talkers(1))
    await begun.next('result')
    expect(interrupted, `seed ${seed}`).toBeGreaterThan(6)
  })
})

test('what REST has answered is stored: after kill -9 a run is where it was told to be [LOG-7]', async () => {
  const session = await newSession(urlOf(server))
  const runs = await Promise.all(
    [asker(), talkers(2, 60_000), talkers(2, 60_000)].map(async (team) => {
      const watching = await watched(session, team)
      await watching.clients[0]!.next('message')
      return watching.run
    })
  )
  const [answered, paused, stopped] = runs as [number, number, number]
  await expect.poll(async () => (await readRun(urlOf(server), answered)).status).toBe('awaiting_input')
  const done = await Promise.all([
    steer(urlOf(server), answered, 'input', { response: 'Good.' }),
    steer(urlOf(server), paused, 'pause'),
    steer(urlOf(server), stopped, 'stop')
  ])
  expect(await server.end('SIGKILL')).toBe('SIGKILL')
  for (const answer of done) expect(answer).toHaveProperty('seq')
  server = await serveThere(folder, portOf(server))
  const status = (run: number) => readRun(urlOf(server), run).then(({ status }) => status)
  await expect.poll(() => status(answered)).toBe('complete')
  expect((await readMessages(urlOf(server), answered)).at(-1)!.config.content).toBe('Good.')
  expect([await status(paused), await status(stopped)]).toEqual(['paused', 'stopped'])
})

describe('a server that cannot start ends with 1 and says why', () => {
  test('a server does not start in a folder that a living server has, and names its process [FAIL-11]', async () => {
    const { code, stdout, stderr } = await runChild(join(root, 'bin/troupe'), [
      'serve',
      '--port',
      '0',
      '--data-dir',
      folder
    ])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`troupe: ${folder} is in use by the process ${server.pid}.\n`)
    await newSession(urlOf(server))
  })

  test('a server does not start on a database that a living server has from another folder, and names its process [FAIL-11]', async () => {
    const other = await temporary()
    const database = await databaseIn(folder)
    const args = ['serve', '--port', '0', '--data-dir', other.folder, '--database', database]
    const { code, stdout, stderr } = await runChild(join(root, 'bin/troupe'), args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    if (!onPostgres())
      expect(stderr).toBe(`troupe: ${join(folder, 'troupe.db')} is in use by the process ${server.pid}.\n`)
    else expect(stderr).toMatch(/^troupe: postgres:[^\n]* is in use by another server[^\n]*\n$/)
    expect(stderr).not.toContain('secret')
    await other.remove()
  })

  test('a server does not start on a port that is taken, and says so', async () => {
    const other = await temporary()
    const args = ['serve', '--port', String(portOf(server)), '--data-dir', other.folder]
    const { code, stdout, stderr } = await runChild(join(root, 'bin/troupe'), args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^troupe: Port \d+ of 127\.0\.0\.1 is taken[^\n]*\n$/)
    await other.remove()
  })

  test('a server that does not start for a port that is taken has not had the runs of its folder go on', async () => {
    const other = await temporary()
    const own = await serveThere(other.folder, await freePort())
    const run = await newRun(urlOf(own))
    const client = await RunClient.connect(urlOf(own), run)
    clients.push(client)
    client.start(talkers(1000, 20))
    await client.next(({ seq }) => seq === 5)
    await own.end('SIGKILL')
    const args = ['serve', '--port', String(portOf(server)), '--data-dir', other.folder]
    const { code, stderr } = await runChild(join(root, 'bin/troupe'), args)
    expect({ code, said: /is taken/.test(stderr) }).toEqual({ code: 1, said: true })
    // The folder is free again, and nothing was done in the name of the run.
    const again = await serveThere(other.folder, await freePort())
    expect(await readRun(urlOf(again), run)).toMatchObject({ status: 'active' })
    await again[Symbol.asyncDispose]()
    await other.remove()
  })
})

describe('told to end by SIGTERM', () => {
  const slow = () => talkers(2, 60_000)

  test('a server without runs ends with 0 on SIGTERM [STOP-1]', async () => {
    expect(await server.end('SIGTERM')).toBe(0)
  })

  test('a server with runs ends with 0 within ten seconds of SIGTERM, and its sockets are closed with 1012 [STOP-1] [CONN-20]', {
    timeout: 30_000
  }, async () => {
    const session = await newSession(urlOf(server))
    const teams = [talkers(2000, 5), slow(), asker(), streamer(Array(2000).fill('word'), 5)]
    const runs = await Promise.all(teams.map((team) => watched(session, team)))
    const idle = await follow(await newRun(urlOf(server), session))
    await runs[0]!.clients[0]!.next(({ seq }) => seq === 10)
    await runs[3]!.clients[0]!.next('message_chunk')
    const began = performance.now()
    expect(await server.end('SIGTERM')).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(server.errors()).toBe('')
    for (const client of [idle, ...runs.flatMap(({ clients }) => clients)])
      expect(await client.end()).toMatchObject({ code: 1012 })
    server = await serveThere(folder, portOf(server))
    for (const run of runs) await expectKept(run)
  })

  test.skipIf(onPostgres())(
    'a server in which something hangs ends with 1 ten seconds after SIGTERM, and its runs go on at the next start [STOP-2]',
    {
      timeout: 60_000
    },
    async () => {
      const session = await newSession(urlOf(server))
      const waiting = await watched(session, asker())
      await waiting.clients[0]!.next('input_request')
      const hung = await watched(session, slow())
      await hung.clients[0]!.next('message')
      await using lock = await lockDatabase(join(folder, 'troupe.db'))
      // What it has to store now cannot be stored.
      waiting.clients[0]!.send({ type: 'input_response', response: 'Good.' })
      const began = performance.now()
      expect(await server.end('SIGTERM')).toBe(1)
      const took = performance.now() - began
      expect(took).toBeGreaterThan(9_500)
      expect(took).toBeLessThan(25_000)
      await lock.free()
      server = await serveThere(folder, portOf(server))
      for (const run of [waiting, hung]) await expectKept(run)
      const back = await follow(waiting.run)
      back.send({ type: 'input_response', response: 'Good.' })
      await back.next('result')
    }
  )
})

test.skipIf(onPostgres())(
  'a lock that another process holds for two seconds loses nothing and stops nothing [FAIL-2] [FAIL-1]',
  {
    timeout: 30_000
  },
  async () => {
    const session = await newSession(urlOf(server))
    const { clients, run } = await watched(session, talkers(60, 20))
    await clients[0]!.next(({ seq }) => seq === 5)
    const lock = await lockDatabase(join(folder, 'troupe.db'))
    await clients[0]!.settled()
    const told = clients[0]!.log.length
    await sleep(2000)
    await clients[0]!.settled()
    expect(clients[0]!.log.length).toBe(told)
    await lock.free()
    for (const client of clients) {
      await client.next('result')
      expect(client.log.map(({ seq }) => seq)).toEqual(client.log.map((_, i) => i + 1))
    }
    await expectKept({ run, clients })
    expect((await fetch(`${urlOf(server)}/api/health`)).status).toBe(200)
  }
)
