import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { jwt_secret, tokens } from '../support/forged-tokens.ts'
import { LogBook } from '../support/log-book.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, serveHere, temporary } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'

let server: Server
let run: number
const log = new LogBook()
const alice = () => new RestClient(server.url, tokens.alice)
const bob = () => new RestClient(server.url, tokens.bob)

/** The line about a request or a socket. */
const lineOf = (id: string | null) => log.lines.find(({ request_id }) => request_id === id)

beforeAll(async () => {
  server = await serveHere({ log, auth: AuthConfig.parse({ type: 'jwt', jwt_secret }) })
  run = (await alice().newRun('alice')).run
})
afterAll(() => server.close())

describe('a request', () => {
  test('a request that is refused is logged at info, with its id, its user and the code [REST-29]', async () => {
    const foreign = await bob().get(`/runs/${run}`)
    expect(lineOf(foreign.headers.get('x-request-id'))).toMatchObject({
      ...{ level: 'info', user_id: 'bob', code: 'not_yours', status: 403 },
      ...{ method: 'GET', path: `/api/runs/${run}` }
    })
    const stranger = await new RestClient(server.url).get(`/runs/${run}`)
    expect(lineOf(stranger.headers.get('x-request-id'))).toMatchObject({
      ...{ level: 'info', user_id: null, code: 'not_authenticated', status: 401 }
    })
    const page = await alice().call('POST', '/runs/', {}, { origin: 'https://elsewhere.example' })
    expect(lineOf(page.headers.get('x-request-id'))).toMatchObject({ level: 'info', code: 'foreign_origin' })
  })

  test('a request that is answered is logged at debug only', async () => {
    const { headers } = await alice().get(`/runs/${run}`)
    expect(lineOf(headers.get('x-request-id'))).toMatchObject({
      level: 'debug',
      user_id: 'alice',
      status: 200
    })
  })

  test('a request has an id of its own, or the one that it brings if that is plain [REST-29]', async () => {
    const idOf = async (id: string) =>
      (await alice().call('GET', '/version', undefined, { 'x-request-id': id })).headers.get('x-request-id')
    expect(await idOf('proxy-7:a')).toBe('proxy-7:a')
    const [one, two] = [await idOf('a b'), await idOf('x'.repeat(65))]
    expect(one).toMatch(/^[\da-f]{8}-\w+$/)
    expect(two).not.toBe(one)
  })

  test('a request never has its token in the log', async () => {
    await bob().get(`/runs/${run}?token=${tokens.bob}`)
    expect(JSON.stringify(log.lines)).not.toContain(tokens.bob)
  })
})

describe('a socket', () => {
  test.each([
    ['4401', undefined, { code: 'not_authenticated' }],
    ['4403', tokens.bob, { code: 'not_yours', user_id: 'bob' }]
  ])('a socket that is refused with %s is logged at info, with its code', async (close, token, fields) => {
    const headers = { 'x-request-id': `socket-${close}` }
    const client = new SocketClient(`${server.url}/api/ws/runs/${run}?token=${token}`, headers)
    expect((await client.end).code).toBe(Number(close))
    expect(lineOf(`socket-${close}`)).toMatchObject({ level: 'info', close: Number(close), ...fields })
  })

  test('a socket whose frame is too large is logged as a warning, with its user', async () => {
    const small = await serveHere({
      log,
      maxFrame: 2000,
      auth: AuthConfig.parse({ type: 'jwt', jwt_secret })
    })
    onTestFinished(() => small.close())
    const other = (await new RestClient(small.url, tokens.alice).newRun('alice')).run
    const headers = { 'x-request-id': 'socket-large', authorization: `Bearer ${tokens.alice}` }
    const client = new SocketClient(`${small.url}/api/ws/runs/${other}`, headers)
    await client.next('system')
    client.send('x'.repeat(3000))
    expect((await client.end).code).toBe(1009)
    expect(lineOf('socket-large')).toMatchObject({ level: 'warn', close: 1009, user_id: 'alice' })
  })
})

/** A server whose store cannot be read from some moment on, and its log. */
async function unreadable() {
  const book = new LogBook()
  const here = await serveHere({ log: book })
  onTestFinished(() => here.close())
  const broken = () => vi.spyOn(here.runtime, 'getOrWake').mockRejectedValue(new Error('disk I/O error'))
  return { book, here, broken, run: await newRun(here.url) }
}
const cause = expect.objectContaining({ message: 'disk I/O error' })

test('a frame that fails for a fault of the server gets "internal", and the log has the cause [ERROR-2]', async () => {
  const { book, here, broken, run } = await unreadable()
  const client = await RunClient.connect(here.url, run)
  onTestFinished(() => client.leave())
  await client.next('system')
  broken()
  client.send({ type: 'pause' })
  expect(await client.next('error')).toMatchObject({ code: 'internal', error: 'Internal server error' })
  await client.settled()
  expect(JSON.stringify(client.frames)).not.toContain('disk')
  expect(book.problems).toMatchObject([{ level: 'error', code: 'internal', err: cause }])
})

test('a frame that is refused for a reason of its own is no fault of the server', async () => {
  const { book, here, run } = await unreadable()
  const client = await RunClient.connect(here.url, run)
  onTestFinished(() => client.leave())
  client.send({ type: 'pause' })
  expect(await client.next('error')).toMatchObject({ code: 'not_started' })
  expect(book.problems).toEqual([])
})

test('a client that cannot follow a run for a fault of the server is closed with 1011, and the log has the cause [ERROR-2] [FAIL-4]', async () => {
  const { book, here, run } = await unreadable()
  vi.spyOn(here.runtime, 'subscribe').mockRejectedValue(new Error('disk I/O error'))
  const client = await RunClient.connect(here.url, run)
  expect(await client.end()).toMatchObject({ code: 1011 })
  const stream = await fetch(`${here.url}/api/runs/${run}/events`, {
    headers: { accept: 'text/event-stream' }
  })
  expect(await stream.text()).not.toContain('data:')
  expect(book.problems.filter(({ level }) => level === 'error')).toMatchObject([
    { code: 'internal', err: cause },
    { code: 'internal', err: cause, run_id: run }
  ])
})

test('commits that fail are logged once as an error, and once again when they succeed', async () => {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const file = join(folder, 'troupe.db')
  const book = new LogBook()
  const here = await serveHere({ log: book, database: `sqlite:${file}` })
  onTestFinished(() => here.close())
  const client = await RunClient.connect(here.url, await newRun(here.url))
  onTestFinished(() => client.leave())
  client.start(talkers(40, 10))
  await client.next('message')
  const thief = new Database(file)
  thief.exec('begin immediate')
  await expect.poll(() => book.problems.length, { timeout: 10_000 }).toBe(1)
  thief.exec('rollback')
  thief.close()
  await client.next('result')
  const [failed, again] = book.problems
  expect(failed).toMatchObject({ level: 'error', code: 'internal', text: 'the store takes no commits' })
  expect(failed?.err).toBeInstanceOf(Error)
  expect(again).toMatchObject({ level: 'warn', text: 'the store takes commits again' })
})
