import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { RequestHandler } from '../../src/server/ws/request-handler.ts'
import { Client, echo, Recorder, startAt, ways } from './support.ts'

const MIB = 2 ** 20

describe.each(ways)('a socket at %s', (way) => {
  const start = startAt(way)

  test('a socket is opened with the parameters of its path, and texts go both ways', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/a%20b?token=null`)
    expect(await client.next()).toBe('hello a b')
    client.ws.send('ü😀')
    expect(await client.next()).toBe('echo ü😀')
    client.ws.close()
    await route.peers[0]!.closed
    expect(route.peers[0]!.heard).toEqual(['ü😀', 'close'])
  })

  test('a socket has its request before anything is touched [CONN-3]', async () => {
    const route = echo()
    const seen: unknown[] = []
    route.upgrade = async ({ path, params, query, headers, remote }) => {
      seen.push({ path, params, token: query.get('token'), auth: headers.get('authorization'), remote })
      return { accept: '' }
    }
    const { url } = await start({ sockets: [route] })
    await new Client(`${url}/api/ws/7?token=t`, { headers: { authorization: 'Bearer x' } }).next()
    expect(seen).toEqual([
      { path: '/api/ws/7', params: { name: '7' }, token: 't', auth: 'Bearer x', remote: '127.0.0.1' }
    ])
  })

  test('what a socket sends before it is let in waits and comes in order [CONN-8]', async () => {
    const route = echo()
    const decided = Promise.withResolvers<void>()
    route.upgrade = async () => {
      await decided.promise
      return { accept: 'a' }
    }
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/7`)
    await once(client.ws, 'open')
    client.ws.send('one')
    client.ws.send(Buffer.from([1]))
    client.ws.send('two')
    client.ws.ping()
    await once(client.ws, 'pong')
    expect([route.peers, client.frames]).toEqual([[], []])
    decided.resolve()
    expect(await client.next()).toBe('hello a')
    expect([await client.next(), await client.next(), await client.next()]).toEqual([
      'echo one',
      'no binary',
      'echo two'
    ])
  })

  test('a socket that sends more than a frame before it is let in is closed with 1009', async () => {
    const route = echo()
    route.upgrade = () => new Promise(() => {})
    const { url } = await start({ sockets: [route], maxFrame: MIB })
    const client = new Client(`${url}/api/ws/7`)
    await once(client.ws, 'open')
    client.ws.send('x'.repeat(MIB))
    client.ws.send('x')
    expect(await client.end).toMatchObject({ code: 1009 })
  })

  test('a socket that has left before it is decided about is never let in', async () => {
    const route = echo()
    const decided = Promise.withResolvers<void>()
    const asked: Promise<unknown>[] = []
    route.upgrade = () => {
      const verdict = decided.promise.then(() => ({ accept: 'a' }))
      asked.push(verdict)
      return verdict
    }
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/7`)
    await once(client.ws, 'open')
    client.ws.close()
    await client.end
    decided.resolve()
    await asked[0]
    const other = new Client(`${url}/api/ws/8`)
    await other.next()
    expect(route.peers).toHaveLength(1)
  })

  test('a socket that is refused gets the frame, then the code and the reason [CONN-2]', async () => {
    const route = echo()
    route.upgrade = () => ({
      refuse: { code: 4004, why: 'unknown_run', reason: 'No such run', frame: '{"type":"error"}' }
    })
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/7`)
    expect(await client.end).toEqual({ code: 4004, reason: 'No such run' })
    expect(client.frames).toEqual(['{"type":"error"}'])
    expect(route.peers).toEqual([])
  })

  test('a socket that is closed for a reason too long for a close frame gets as much of it as fits', async () => {
    const route = echo()
    route.upgrade = () => ({
      refuse: { code: 4004, why: 'unknown_run', reason: 'ü'.repeat(200), frame: '{}' }
    })
    const { url } = await start({ sockets: [route] })
    expect(await new Client(`${url}/api/ws/7`).end).toEqual({ code: 4004, reason: `${'ü'.repeat(60)}…` })
  })

  test('a socket of a foreign page is closed with 4403 before any handler is asked [ORIGIN-1]', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/7`, { origin: 'http://evil.example' })
    expect(await client.end).toMatchObject({ code: 4403 })
    expect(JSON.parse(client.frames[0]!)).toMatchObject({ type: 'error', code: 'foreign_origin' })
    expect(route.peers).toEqual([])
  })

  test('a handshake on a path that has no sockets is a 404 [CONN-9]', async () => {
    const { url } = await start({ sockets: [echo()] })
    const client = new Client(`${url}/api/nope`)
    const [, response] = await once(client.ws, 'unexpected-response')
    expect(response.statusCode).toBe(404)
  })

  test('a socket whose admission fails is closed with 1011, without the reason', async () => {
    const route = echo()
    route.upgrade = () => Promise.reject(new Error('secret'))
    const { url } = await start({ sockets: [route] })
    expect(await new Client(`${url}/api/ws/7`).end).toEqual({ code: 1011, reason: 'Internal server error' })
  })

  test('a socket that sends bytes is told so and lives on [CONN-10]', async () => {
    const { url } = await start({ sockets: [echo()] })
    const client = new Client(`${url}/api/ws/7`)
    await client.next()
    client.ws.send(Buffer.from([1, 2]))
    expect(await client.next()).toBe('no binary')
    client.ws.send('x')
    expect(await client.next()).toBe('echo x')
  })

  test('a socket may send a frame of the largest size; a larger one closes it with 1009 [LIMIT-1] [LIMIT-2]', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route], maxFrame: MIB })
    const client = new Client(`${url}/api/ws/7`)
    await client.next()
    client.ws.send('x'.repeat(MIB))
    expect((await client.next()).length).toBe(MIB + 5)
    client.ws.send('x'.repeat(MIB + 1))
    expect(await client.end).toMatchObject({ code: 1009 })
    const [, ...heard] = route.peers[0]!.heard.filter((what) => what !== 'drain')
    expect(heard).toEqual(['too large', 'close'])
  })

  test('a socket is closed with 1009 for a frame far above the limit too [LIMIT-1]', async () => {
    const { url } = await start({ sockets: [echo()], maxFrame: MIB })
    const client = new Client(`${url}/api/ws/7`)
    await client.next()
    client.ws.send(Buffer.alloc(16 * MIB))
    expect(await client.end).toMatchObject({ code: 1009 })
  })

  test('a socket whose handler throws is closed with 1011, and the others live on [CONN-19]', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route] })
    const broken = new Client(`${url}/api/ws/a`)
    await broken.next()
    const sound = new Client(`${url}/api/ws/b`)
    await sound.next()
    route.peers[0]!.onMessage = () => {
      throw new Error('secret')
    }
    broken.ws.send('x')
    expect(await broken.end).toEqual({ code: 1011, reason: 'Internal server error' })
    sound.ws.send('y')
    expect(await sound.next()).toBe('echo y')
  })

  test('a socket that is closed may be used without harm', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/7`)
    await client.next()
    const [peer] = route.peers as [Recorder]
    let corked = false
    peer.socket.close(4001, 'enough')
    expect(peer.heard).toEqual(['close'])
    peer.socket.close(4002, 'again')
    peer.socket.cork(() => {
      corked = true
    })
    expect([peer.socket.send('x'), peer.socket.buffered, corked]).toEqual(['dropped', 0, true])
    expect(await client.end).toEqual({ code: 4001, reason: 'enough' })
  })

  test('a socket that is closed while it is opened still hears of its end', async () => {
    const route = echo()
    let peer: Recorder | undefined
    route.open = (socket) => {
      socket.close(4003, 'not now')
      peer = new Recorder(socket)
      return peer
    }
    const { url } = await start({ sockets: [route] })
    expect(await new Client(`${url}/api/ws/7`).end).toMatchObject({ code: 4003 })
    expect(peer?.heard).toEqual(['close'])
  })

  test('a socket queues for a slow client: nothing is lost, and the drain is told', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/7`)
    await client.next()
    const [peer] = route.peers as [Recorder]
    client.ws.pause()
    const drained = new Promise<void>((resolve) => {
      peer.onDrain = resolve
    })
    peer.socket.cork(() => {
      for (let i = 0; i < 40; i++) peer.socket.send(`${i} ${'x'.repeat(MIB)}`)
    })
    expect(peer.socket.send('end')).toBe('queued')
    expect(peer.socket.buffered).toBeGreaterThan(MIB)
    client.ws.resume()
    await drained
    while ((await client.next()) !== 'end');
  })

  test('a socket that is closed for being slow still gets what was queued, and its code [CONN-18]', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route] })
    const client = new Client(`${url}/api/ws/7`)
    await client.next()
    client.ws.pause()
    const [peer] = route.peers as [Recorder]
    for (let i = 0; i < 40; i++) peer.socket.send('x'.repeat(MIB))
    peer.socket.close(4413, 'too slow')
    client.ws.resume()
    expect(await client.end).toEqual({ code: 4413, reason: 'too slow' })
    expect(client.frames.length).toBe(40)
  })

  test('a socket that answers no ping is cut off after its time, and a silent one that does is kept [CONN-16] [CONN-17]', {
    timeout: 60_000
  }, async () => {
    const route = echo()
    const { url } = await start({ sockets: [route], idleTimeout: 8 })
    const silent = new Client(`${url}/api/ws/silent`)
    const mute = new Client(`${url}/api/ws/mute`, { autoPong: false })
    let pings = 0
    silent.ws.on('ping', () => pings++)
    await Promise.all([silent.next(), mute.next()])
    const began = performance.now()
    expect(await mute.end).toMatchObject({ code: 1006 })
    expect(performance.now() - began).toBeGreaterThan(4000)
    silent.ws.send('here')
    expect(await silent.next()).toBe('echo here')
    expect(pings).toBeGreaterThan(0)
    await expect
      .poll(() => route.peers.map(({ heard }) => heard))
      .toEqual(expect.arrayContaining([['close'], ['here']]))
  })

  test.each(['frames', 'bytes', 'pings'])(
    'a socket that sends more than 1,000 %s within a second is closed with 4429 and says why [LIMIT-11]',
    async (what) => {
      const { url } = await start({ sockets: [echo()] })
      const [client, other] = [new Client(`${url}/api/ws/7`), new Client(`${url}/api/ws/8`)]
      await Promise.all([client.next(), other.next()])
      for (let i = 0; i < 5000; i++) {
        if (what === 'pings') client.ws.ping()
        else client.ws.send(what === 'frames' ? 'x' : Buffer.from([1]))
      }
      if (way === 'a gateway' && what === 'pings') client.ws.terminate()
      else {
        expect(await client.end).toMatchObject({ code: 4429 })
        expect(JSON.parse(client.frames.at(-1)!)).toMatchObject({ type: 'error', code: 'too_fast' })
      }
      other.ws.send('here')
      expect(await other.next()).toBe('echo here')
    }
  )

  test('a socket above the limit of its address is closed with 4429, until another one has left [LIMIT-3]', async () => {
    const route = echo()
    const { url } = await start({ sockets: [route], maxConnections: 2 })
    const [a, b] = [new Client(`${url}/api/ws/a`), new Client(`${url}/api/ws/b`)]
    await Promise.all([a.next(), b.next()])
    const refused = new Client(`${url}/api/ws/c`)
    expect(await refused.end).toMatchObject({ code: 4429 })
    expect(JSON.parse(refused.frames[0]!)).toMatchObject({ type: 'error', code: 'too_many_connections' })
    a.ws.close()
    await Promise.race(route.peers.map(({ closed }) => closed))
    expect(await new Client(`${url}/api/ws/d`).next()).toBe('hello d')
  })
})

test('a socket from which nothing comes is cut off after 120 s unless something else is asked for [CONN-17]', () => {
  expect(new RequestHandler({ host: '127.0.0.1', handle: () => ({ status: 200 }) }).idleTimeout).toBe(120)
})
