import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Child } from '../support/child.ts'
import { childrenOf, holderOf, isAlive, until } from '../support/processes.ts'
import { RunClient } from '../support/run-client.ts'
import { freePort, newRun, readRun, rest, serveThere, temporary } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin, streamer, talkers } from '../support/some-teams.ts'

let folder: string
let remove: () => Promise<void>
let server: Child
let url: string
let gateways: number[]
const clients: RunClient[] = []

beforeEach(async () => {
  ;({ folder, remove } = await temporary())
  await serve()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave()
  await server?.[Symbol.asyncDispose]()
  await remove()
})

async function serve(...more: string[]): Promise<void> {
  server = await serveThere(folder, await freePort(), ['--workers', '3', ...more])
  url = server.ready[1]!
  gateways = childrenOf(server.pid)
}

async function follow(run: number, query = ''): Promise<RunClient> {
  const client = await RunClient.connect(url, run, query)
  clients.push(client)
  return client
}

/** A client that comes in as soon as it can: the port of a process that was killed takes a moment to be gone. */
async function comeBack(run: number, query: string, tries = 50): Promise<RunClient> {
  return follow(run, query).catch((error) => {
    if (tries === 0 || !/ECONNRESET|ECONNREFUSED/.test(String(error))) throw error
    return comeBack(run, query, tries - 1)
  })
}

const holder = (client: RunClient) =>
  holderOf([server.pid, ...gateways], Number(new URL(url).port), client.localPort)

/** Clients that have come in at each of the processes. */
async function everywhere(run: number): Promise<{ at: number; client: RunClient }[]> {
  const found = new Map<number, RunClient>()
  for (let tries = 0; tries < 200 && found.size < 3; tries++) {
    const client = await follow(run)
    await client.next('system')
    const at = holder(client)
    if (at === undefined || found.has(at)) client.leave()
    else found.set(at, client)
  }
  return [...found].map(([at, client]) => ({ at, client }))
}

describe.runIf(process.platform === 'linux')('three processes on one port', () => {
  test('three processes on one port show the same run, wherever a client arrives and steers it [SEQ-8]', async () => {
    const run = await newRun(url)
    const all = await everywhere(run)
    expect(all.map(({ at }) => at).sort()).toEqual([server.pid, ...gateways].sort())
    const there = all.find(({ at }) => at === gateways[0])!
    there.client.start(streamer(Array(50).fill('word'), 1))
    for (const { client } of all) expect(await client.end()).toMatchObject({ code: 1000 })
    const [first, ...others] = all.map(({ client }) => client.texts.slice(1))
    for (const texts of others) expect(texts).toEqual(first)
    expect(first!.filter((text) => text.includes('"message_chunk"')).length).toBe(50)
  })

  test('of three processes one may die: its clients come back at their cursor, the others notice nothing, and there are three again', async () => {
    const run = await newRun(url)
    const all = await everywhere(run)
    const [killed] = gateways
    all[0]!.client.start(talkers(200, 10))
    const lost = all.find(({ at }) => at === killed)!.client
    await lost.next(({ seq }) => seq === 20)
    process.kill(killed!, 'SIGKILL')
    expect(await lost.end()).toMatchObject({ code: 1006 })
    const back = await comeBack(run, `?after=${lost.log.at(-1)!.seq}`)
    for (const { client } of all)
      if (client !== lost) expect(await client.end()).toMatchObject({ code: 1000 })
    await back.end()
    const whole = all.find(({ client }) => client !== lost)!.client.log
    expect([...lost.log, ...back.log]).toEqual(whole)
    await until(() => childrenOf(server.pid).filter((pid) => pid !== killed).length === 2, 'two gateways')
    expect(server.errors()).toContain('a gateway has ended and is started again')
  })

  test('a client behind a gateway that does not read is closed with 4413, and comes back at its cursor [CONN-18]', {
    timeout: 60_000
  }, async () => {
    const flood = Array.from({ length: 10 }, (_, i) =>
      assistant(`a${i}`, replayModel(['.'.repeat(2_000_000), 'Done.']))
    )
    const thinker = assistant('thinker', replayModel(['Hm.'], { delay_ms: 2_200 }))
    const run = await newRun(url)
    const all = await everywhere(run)
    const starter = all.find(({ at }) => at === server.pid)!.client
    const lazy = all.find(({ at }) => at === gateways[0])!.client
    for (const { client } of all) if (client !== starter && client !== lazy) client.leave()
    lazy.ws.pause()
    starter.start(roundRobin([...flood, thinker], 13))
    for (const { config } of flood) await starter.next(({ data }) => data?.source === config.name)
    await starter.next('result')
    expect(await starter.end()).toMatchObject({ code: 1000 })
    lazy.ws.resume()
    expect(await lazy.end()).toMatchObject({ code: 4413 })
    const back = await follow(run, `?after=${lazy.log.at(-1)!.seq}`)
    expect(await back.end()).toMatchObject({ code: 1000 })
    expect([...lazy.log, ...back.log]).toEqual(starter.log)
  })

  test('three processes all end by SIGTERM, and their sockets are closed with 1012 [CONN-20]', async () => {
    const run = await newRun(url)
    const all = await everywhere(run)
    all[0]!.client.start(talkers(2000, 5))
    await all[0]!.client.next(({ seq }) => seq === 5)
    expect(await server.end('SIGTERM')).toBe(0)
    for (const { client } of all) expect(await client.end()).toMatchObject({ code: 1012 })
    expect(gateways.filter(isAlive)).toEqual([])
    expect(server.errors()).toBe('')
  })

  test('three processes all end when the one with the runs is killed, and gateways close their sockets with 1012', async () => {
    const all = await everywhere(await newRun(url))
    expect(await server.end('SIGKILL')).toBe('SIGKILL')
    for (const { at, client } of all)
      expect(await client.end()).toMatchObject({ code: at === server.pid ? 1006 : 1012 })
    await until(() => !gateways.some(isAlive), 'the end of the gateways')
  })

  test('three processes do not end when a signal that ends a group of processes reaches the gateways', async () => {
    const run = await newRun(url)
    const all = await everywhere(run)
    for (const gateway of gateways) for (const signal of ['SIGINT', 'SIGTERM']) process.kill(gateway, signal)
    all[0]!.client.start(talkers(5, 20))
    for (const { client } of all) expect(await client.end()).toMatchObject({ code: 1000 })
    expect(childrenOf(server.pid)).toEqual(gateways)
  })

  test('three processes count the sockets of an address together [LIMIT-3]', async () => {
    await server.end('SIGTERM')
    await serve('--max-connections', '5')
    const run = await newRun(url)
    for (let i = 0; i < 5; i++) await (await follow(run)).next('system')
    for (let i = 0; i < 10; i++) expect(await (await follow(run)).end()).toMatchObject({ code: 4429 })
  })

  test('three processes take and give what is large', async () => {
    const text = 'x'.repeat(2_000_000)
    // The kernel spreads connections: of so many one goes through a gateway.
    for (let i = 0; i < 4; i++) {
      const run = await newRun(url)
      const client = await follow(run)
      client.start(talkers(1), text)
      await client.next('result')
      expect((await rest(url, `/runs/${run}/messages`)).data[0].config.content === text).toBe(true)
      expect(await readRun(url, run)).toMatchObject({ status: 'complete' })
    }
  })
})
