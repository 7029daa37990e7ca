import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Gateways } from '../../src/server/gateway/gateways.ts'
import { Link } from '../../src/server/gateway/link.ts'
import { type Place, tells } from '../../src/server/gateway/ops.ts'
import { Gateway } from '../../src/server/uws/gateway.ts'
import { RequestHandler } from '../../src/server/ws/request-handler.ts'
import { LogBook } from '../support/log-book.ts'
import { isAlive, until } from '../support/processes.ts'
import { freePort } from '../support/run-server.ts'
import { Client, echo, pipe, start } from './support.ts'

const MIB = 2 ** 20

/** A server that is reached through gateways only. */
async function behind(count: number, beat?: number) {
  const route = echo()
  const log = new LogBook()
  const handle = () => ({ status: 200, body: {} })
  const [host, port] = ['127.0.0.1', await freePort()]
  const gateways = new Gateways(
    new RequestHandler({ host, handle, sockets: [route], log }),
    { host, port },
    beat
  )
  onTestFinished(() => gateways.close())
  await gateways.open(count)
  return { gateways, route, log, url: `http://${host}:${port}` }
}

/** A client that has been greeted. */
async function greeted(url: string): Promise<Client> {
  const client = new Client(`${url}/api/ws/x`)
  expect(await client.next()).toBe('hello x')
  return client
}

describe('a gateway that is killed', () => {
  test('a gateway that is killed is started again, and the server hears that its clients have left', async () => {
    const { gateways, route, log, url } = await behind(1)
    const client = await greeted(url)
    const [killed] = gateways.pids
    process.kill(killed!, 'SIGKILL')
    expect(await client.end).toMatchObject({ code: 1006 })
    await route.peers[0]!.closed
    expect(route.peers[0]!.socket.send('x')).toBe('dropped')
    await until(() => gateways.pids.length === 1 && gateways.pids[0] !== killed, 'another one')
    await until(() => log.problems.length === 1, 'a word in the log')
    const back = await comesBack(url)
    back.ws.send('again')
    expect(await back.next()).toBe('echo again')
  })

  test('a gateway that is killed takes no client with it that came through another one', async () => {
    const { gateways, url } = await behind(2)
    const clients = await Promise.all(Array.from({ length: 40 }, () => greeted(url)))
    process.kill(gateways.pids[0]!, 'SIGKILL')
    const fates = clients.map((client) => {
      client.ws.send('y')
      return Promise.race([client.next(), client.end.then(({ code }) => code)])
    })
    // The kernel has spread so many over both.
    expect(new Set(await Promise.all(fates))).toEqual(new Set(['echo y', 1006]))
  })
})

test('a gateway that does not answer is replaced', async () => {
  const { gateways, url } = await behind(1, 250)
  const client = await greeted(url)
  const [stuck] = gateways.pids
  process.kill(stuck!, 'SIGSTOP')
  expect(await client.end).toMatchObject({ code: 1006 })
  await until(() => !isAlive(stuck!), 'it is gone')
  await comesBack(url)
})

test('gateways end when they are told to, and their clients are closed with 1012 [CONN-20]', async () => {
  const { gateways, url } = await behind(2)
  const clients = await Promise.all(Array.from({ length: 10 }, () => greeted(url)))
  const { pids } = gateways
  await gateways.close()
  for (const { end } of clients) expect(await end).toMatchObject({ code: 1012 })
  expect(pids.filter(isAlive)).toEqual([])
})

test('a client that sends more than the server takes is closed with 1013 [LIMIT-4]', async () => {
  const [near, far] = await pipe()
  const gateway = new Gateway(far)
  const listens = Promise.withResolvers<void>()
  const link = new Link(near, { onMessages: () => listens.resolve(), onLost() {} })
  onTestFinished(async () => {
    link.end()
    await gateway.ended
  })
  const port = await freePort()
  const busy = { code: 1013, reason: 'busy' }
  const place = { host: '127.0.0.1', port, maxFrame: 16 * MIB, idleTimeout: 120, paths: ['/ws'] }
  link.put(tells.listen, 0, JSON.stringify({ ...place, closes: { busy, restarting: busy } } satisfies Place))
  await listens.promise
  near.pause()
  const client = new Client(`http://127.0.0.1:${port}/ws`)
  await once(client.ws, 'open')
  // What the gateway keeps, what the kernel keeps on the way, and one more.
  for (let i = 0; i < 12; i++) client.ws.send(Buffer.alloc(16 * MIB))
  expect(await client.end).toEqual(busy)
  near.resume()
})

test('several processes do not listen on a port that is taken, shared or not', async () => {
  const { port } = await start({ workers: 2 })
  await expect(start({ port, workers: 2 })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
  await expect(start({ port })).rejects.toThrow('taken')
})

test('a gateway that cannot listen says why', async () => {
  const { port } = await start()
  const front = new RequestHandler({ host: '127.0.0.1', handle: () => ({ status: 200 }) })
  const gateways = new Gateways(front, { host: '127.0.0.1', port })
  onTestFinished(() => gateways.close())
  await expect(gateways.open(1)).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
})

/** Tries until it is let in again. */
async function comesBack(url: string): Promise<Client> {
  const deadline = Date.now() + 8_000
  while (Date.now() < deadline) {
    const client = new Client(`${url}/api/ws/x`)
    if (await Promise.race([client.next().then(() => true), client.end.then(() => false)])) return client
    await sleep(20)
  }
  throw new Error('Nobody lets it in.')
}
