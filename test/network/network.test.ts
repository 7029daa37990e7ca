import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type AnswerReader, exchange } from '../../src/runtime/network/http-exchange.ts'
import { Network } from '../../src/runtime/network/network.ts'
import type { Destination } from '../../src/runtime/network/network-options.ts'

/** A server that holds its answers until it is told, and counts what is open at once. */
async function holdingServer() {
  const held: ServerResponse[] = []
  let most = 0
  const connections = new Set<unknown>()
  const server = createServer((request, response) => {
    request.resume()
    held.push(response)
    most = Math.max(most, held.length)
    server.emit('held')
  })
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves when so many requests are held. */
    async has(count: number) {
      while (held.length < count) await once(server, 'held')
    },
    answer(count = held.length) {
      for (const response of held.splice(0, count)) response.end('ok')
    },
    most: () => most,
    connections: () => connections.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    }
  }
}

/** Reads an answer as text. */
class Text implements AnswerReader<string> {
  #text = ''
  head() {}
  piece(bytes: Buffer) {
    this.#text += bytes.toString()
    return 'more' as const
  }
  end() {
    return this.#text
  }
}

const never = new AbortController().signal
const get = async (network: Network, origin: string, signal = never) =>
  exchange(await network.dispatcher(), { origin, path: '/', headers: [], body: '{}', signal }, new Text())

describe('a network', () => {
  test('has no more connections to one origin than it is told, and what waits has its turn', async () => {
    await using server = await holdingServer()
    const network = new Network({ maxConnectionsPerOrigin: 2 })
    const all = Array.from({ length: 7 }, () => get(network, server.origin))
    for (let left = 7; left > 0; left -= 2) {
      await server.has(Math.min(2, left))
      server.answer()
    }
    expect(await Promise.all(all)).toEqual(Array(7).fill('ok'))
    expect(server.most()).toBe(2)
    await network.close()
  })

  test('has no more connections than it is told to all origins, which take turns', async () => {
    await using one = await holdingServer()
    await using two = await holdingServer()
    const network = new Network({ maxConnections: 2 })
    const first = Array.from({ length: 3 }, () => get(network, one.origin))
    const second = Array.from({ length: 2 }, () => get(network, two.origin))
    await one.has(2)
    one.answer()
    await one.has(1)
    one.answer()
    await Promise.all(first)
    // What the first needs no more is the second's.
    await two.has(2)
    expect(one.connections() + two.connections()).toBeLessThanOrEqual(2)
    two.answer()
    expect(await Promise.all(second)).toEqual(['ok', 'ok'])
    await network.close()
  })

  test('lets one who waits for a connection leave at once', async () => {
    await using server = await holdingServer()
    const network = new Network({ maxConnectionsPerOrigin: 1 })
    const first = get(network, server.origin)
    await server.has(1)
    const leaving = new AbortController()
    const second = get(network, server.origin, leaving.signal)
    const third = get(network, server.origin)
    leaving.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    server.answer()
    await server.has(1)
    server.answer()
    expect(await Promise.all([first, third])).toEqual(['ok', 'ok'])
    await network.close()
  })

  test('uses a connection again, and forgets one that the server has closed', async () => {
    await using server = await holdingServer()
    const network = new Network()
    for (let count = 0; count < 3; count++) {
      const answer = get(network, server.origin)
      await server.has(1)
      expect(server.connections()).toBe(1)
      server.answer()
      expect(await answer).toBe('ok')
    }
    await network.close()
    expect(await again(() => server.connections() === 0)).toBe(true)
  })

  test('fails what is under way when it is closed, and can be used again', async () => {
    await using server = await holdingServer()
    const network = new Network({ maxConnectionsPerOrigin: 1 })
    const all = Promise.allSettled([get(network, server.origin), get(network, server.origin)])
    await server.has(1)
    await network.close()
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    server.answer()
    const next = get(network, server.origin)
    await server.has(1)
    server.answer()
    expect(await next).toBe('ok')
    await network.close()
  })
})

/** Looks until something is so, for two seconds at most. */
async function again(is: () => boolean): Promise<boolean> {
  for (let count = 0; count < 200 && !is(); count++) await new Promise((resolve) => setTimeout(resolve, 10))
  return is()
}

describe('the guard of a network', () => {
  test.each([
    ['an address', '127.0.0.1'],
    ['a name, once DNS has told its address', 'localhost']
  ])('judges %s before there is a connection', async (_, host) => {
    await using server = await holdingServer()
    const { port } = new URL(server.origin)
    const seen: Destination[] = []
    const network = new Network({
      guard(destination) {
        seen.push(destination)
        throw Object.assign(new Error(`${destination.address} is not allowed`), { code: 'not_allowed' })
      }
    })
    await expect(get(network, `http://${host}:${port}`)).rejects.toThrow('is not allowed')
    expect(seen[0]).toMatchObject({ host, port: Number(port) })
    expect(seen.some(({ address }) => address === '127.0.0.1' || address === '::1')).toBe(true)
    expect(server.connections()).toBe(0)
    await network.close()
  })

  test('lets through what it does not refuse', async () => {
    await using server = await holdingServer()
    const network = new Network({ guard: () => {} })
    const answer = get(network, server.origin)
    await server.has(1)
    server.answer()
    expect(await answer).toBe('ok')
    await network.close()
  })
})

/** Runs a script of this folder in a shell with these limits; what it prints. */
async function run(script: string, limit: string, ...args: string[]): Promise<string> {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const command = `${limit} exec "$0" "$@"`
  const child = spawn('sh', ['-c', command, process.execPath, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let text = ''
  child.stdout.on('data', (piece) => {
    text += piece
  })
  await once(child, 'close')
  return text
}

describe('a process with few open files', () => {
  test('makes its calls wait their turn instead of failing', async () => {
    await using server = await holdingServer()
    const timer = setInterval(() => server.answer(5), 5)
    const said = JSON.parse(await run('many-calls.ts', 'ulimit -n 64;', server.origin, '300', '1000'))
    clearInterval(timer)
    expect(said).toEqual({ ok: 300, failed: [] })
    expect(server.most()).toBeLessThan(64)
  })

  test('keeps a quarter of them free for others', async () => {
    await using server = await holdingServer()
    const timer = setInterval(() => server.most() >= 150 && server.answer(), 5)
    const said = JSON.parse(await run('many-calls.ts', 'ulimit -n 200;', server.origin, '300'))
    clearInterval(timer)
    expect(said).toEqual({ ok: 300, failed: [] })
    expect(server.most()).toBe(150)
  })
})
