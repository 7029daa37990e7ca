import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Child } from '../support/child.ts'
import { RunClient } from '../support/run-client.ts'
import { freePort, newRun, newSession, readRun, serveThere, temporary } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin, talkers } from '../support/some-teams.ts'

let folder: string
let remove: () => Promise<void>
let server: Child
let url: string
let clients: RunClient[] = []

beforeEach(async () => {
  ;({ folder, remove } = await temporary())
  server = await serveThere(folder, await freePort())
  url = server.ready[1]!
})
afterEach(async () => {
  for (const client of clients) client.leave()
  clients = []
  await server?.[Symbol.asyncDispose]()
  await remove()
})

async function follow(run: number, query = ''): Promise<RunClient> {
  const client = await RunClient.connect(url, run, query)
  clients.push(client)
  return client
}

/** What the server's process holds in memory, in MB. */
const memory = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) / 1024

/** How many files and sockets the server's process holds. */
const handles = (): number => readdirSync(`/proc/${server.pid}/fd`).length

/** Looks until something holds; there is no event in another process to wait for. */
async function until(holds: () => boolean, wish: string): Promise<void> {
  const deadline = Date.now() + 8_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${wish}: in vain`)
    await sleep(20)
  }
}

describe.runIf(process.platform === 'linux')('a thousand silent clients', () => {
  test('a thousand silent clients do not disturb a run, take little, and give it back [CONN-16]', async () => {
    const session = await newSession(url)
    const [quiet, busy] = [await newRun(url, session), await newRun(url, session)]
    const starter = await follow(busy)
    const [memoryBefore, handlesBefore] = [memory(), handles()]
    for (let i = 0; i < 20; i++)
      await Promise.all(Array.from({ length: 50 }, () => follow(i % 2 ? quiet : busy)))
    expect(handles() - handlesBefore).toBeGreaterThanOrEqual(1000)
    // 20 KB for each would be much: the server's own churn is most of it.
    expect(memory() - memoryBefore).toBeLessThan(60)

    const began = performance.now()
    starter.start(talkers(10, 20))
    await starter.next('result')
    expect(performance.now() - began).toBeLessThan(2_000)
    const silent = clients.filter((client) => client !== starter)
    await Promise.all(silent.filter((_, i) => i % 100 < 50).map((client) => client.end()))
    for (const client of silent.filter(({ closed }) => closed))
      expect(client.texts.slice(1)).toEqual(starter.texts.slice(1))

    for (const client of clients) client.leave()
    await until(() => handles() <= handlesBefore, 'all connections are given back')
    expect(memory() - memoryBefore).toBeLessThan(80)
    const late = await follow(busy, '?after=0')
    await late.end()
    expect(late.log).toEqual(starter.log)
  })
})

describe('a client that does not read while a run says much', () => {
  /** Ten say 2 MB each at once, then one thinks for a while; what a client may wait for is over by then. */
  const flood = Array.from({ length: 10 }, (_, i) =>
    assistant(`a${i}`, replayModel(['.'.repeat(2_000_000), 'Done.']))
  )
  const team = roundRobin([...flood, assistant('thinker', replayModel(['Hm.'], { delay_ms: 2_200 }))], 13)

  test('a client that does not read while a run says much is closed with 4413, no other client is disturbed, and it comes back at its cursor [CONN-18]', async () => {
    const run = await newRun(url)
    const starter = await follow(run)
    const [reader, lazy] = [await follow(run), await follow(run, '?after=0')]
    await lazy.next('system')
    lazy.ws.pause()
    starter.start(team)
    for (const client of [starter, reader]) {
      await client.next('result')
      expect(await client.end()).toMatchObject({ code: 1000 })
    }
    expect(reader.texts.slice(1)).toEqual(starter.texts.slice(1))
    expect(await readRun(url, run)).toMatchObject({ status: 'complete' })

    lazy.ws.resume()
    expect(await lazy.end()).toMatchObject({ code: 4413 })
    expect(lazy.log.length).toBeGreaterThan(0)
    expect(lazy.log.length).toBeLessThan(starter.log.length)
    const back = await follow(run, `?after=${lazy.log.at(-1)?.seq ?? 0}`)
    expect(await back.end()).toMatchObject({ code: 1000 })
    expect([...lazy.log, ...back.log]).toEqual(starter.log)
  })
})
