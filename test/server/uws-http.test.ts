import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type HttpRequest, refuse, type Sink } from '../../src/server/http/http.ts'
import { raw, startAt, ways } from './support.ts'

const MIB = 2 ** 20

const reading = async ({ body }: HttpRequest) => ({ status: 200, body: (await body()).length })

describe.each(ways)('HTTP at %s', (way) => {
  const start = startAt(way)

  test('a handler sees method, path, query, headers, address and body', async () => {
    const seen: HttpRequest[] = []
    const texts: string[] = []
    const { url } = await start({
      handle: async (request) => {
        texts.push(await request.body())
        return { status: 200, body: seen.push(request) }
      }
    })
    await fetch(`${url}/api/x%20y?a=1&a=2&b=%zz`, {
      method: 'POST',
      body: 'héllo',
      headers: { 'X-Own': 'v' }
    })
    const [{ method, path, search, query, headers, remote, user }] = seen as [HttpRequest]
    expect({ method, path, search, remote, body: texts[0], user }).toEqual({
      method: 'POST',
      path: '/api/x%20y',
      search: 'a=1&a=2&b=%zz',
      remote: '127.0.0.1',
      body: 'héllo',
      user: { id: null, roles: [] }
    })
    expect(query.getAll('a')).toEqual(['1', '2'])
    expect(headers.get('x-own')).toBe('v')
  })

  test('an answer is JSON with its status and headers', async () => {
    const { url } = await start({
      handle: async () => ({ status: 404, headers: { a: 'b' }, body: { x: '😀' } })
    })
    const response = await fetch(`${url}/api/x`)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('a')).toBe('b')
    expect(await response.json()).toEqual({ x: '😀' })
  })

  test('HEAD has the length of the answer and no body', async () => {
    const { url } = await start({ handle: () => ({ status: 200, bytes: Buffer.from('12345') }) })
    const response = await fetch(`${url}/api/x`, { method: 'HEAD' })
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('')
  })

  test('an exception of a handler is a 500 without its text, and the next request is answered [REST-9]', async () => {
    let calls = 0
    const handle = () => {
      if (calls++ === 0) throw new Error('secret')
      return { status: 200 }
    }
    const { url } = await start({ handle })
    const response = await fetch(`${url}/api/x`)
    expect([response.status, await response.text()]).toEqual([
      500,
      '{"detail":"Internal server error","code":"internal"}'
    ])
    expect((await fetch(`${url}/api/x`)).status).toBe(200)
  })

  test('an answer that is no JSON is a 500 too', async () => {
    const { url } = await start({ handle: () => ({ status: 200, body: { n: 1n } }) })
    expect((await fetch(`${url}/api/x`)).status).toBe(500)
  })

  test('a body of the largest size comes whole, a larger one is a 413 [REST-6]', async () => {
    const sizes: number[] = []
    const handle = async ({ body }: HttpRequest) => ({
      status: 200,
      body: sizes.push((await body()).length)
    })
    const { url } = await start({ handle, maxFrame: MIB })
    const post = (size: number) => fetch(`${url}/api/x`, { method: 'POST', body: 'x'.repeat(size) })
    expect((await post(MIB)).status).toBe(200)
    const refused = await post(MIB + 1)
    expect([refused.status, await refused.json()]).toEqual([
      413,
      { detail: expect.stringContaining('larger than what is taken'), code: 'too_large' }
    ])
    expect(sizes).toEqual([MIB])
  })

  test('a body without a length is refused as soon as it is too large', async () => {
    const { url, port } = await start({ maxFrame: 10, handle: reading })
    const chunk = 'b\r\nhello world\r\n'
    const head = 'POST /api/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(await raw(port, head + chunk, 'too large')).toContain('413')
    expect((await fetch(`${url}/api/x`, { method: 'POST', body: 'short' })).status).toBe(200)
  })

  test('a request that is refused for its size is answered before its body has come', async () => {
    const { port } = await start({ maxFrame: 10, handle: reading })
    const head = 'POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n'
    expect(await raw(port, head, 'too large')).toContain('413')
  })

  test('a client that is refused is answered before the body has come, and none of it is waited for [REST-7]', async () => {
    const handle = (): never => refuse(401, 'A token is needed.')
    const { port } = await start({ handle })
    const head = 'POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\nsome of it'
    expect(await raw(port, head, 'token')).toContain('401')
  })

  test('a body that is read late comes whole', async () => {
    const known = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const handle = async (request: HttpRequest) => {
      asked.resolve()
      await known.promise
      return reading(request)
    }
    const { port } = await start({ handle })
    const client = connect(port, '127.0.0.1')
    client.write(`POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${5 * MIB}\r\n\r\n`)
    await asked.promise
    client.write('x'.repeat(5 * MIB))
    known.resolve()
    expect(String((await once(client, 'data'))[0]).endsWith(String(5 * MIB))).toBe(true)
    client.destroy()
  })

  test.each([1, 5 * MIB])('a line goes on after a body of %d bytes, read or not', async (size) => {
    const handles = [reading, () => ({ status: 200 })]
    for (const handle of handles) {
      const { port } = await start({ handle })
      const client = connect(port, '127.0.0.1')
      const post = `POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`
      client.write(post + 'x'.repeat(size))
      await once(client, 'data')
      client.write('GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n')
      expect(String((await once(client, 'data'))[0])).toContain('200 OK')
      client.destroy()
    }
  })

  test('a client that leaves while its body is read does no harm', async () => {
    const reads = Promise.withResolvers<HttpRequest>()
    const { url, port } = await start({
      handle: async (request) => {
        if (request.method === 'GET') return { status: 200 }
        reads.resolve(request)
        return reading(request)
      }
    })
    const client = connect(port, '127.0.0.1')
    client.write('POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nsome')
    const request = await reads.promise
    client.destroy()
    await expect(request.body()).rejects.toThrow('did not come whole')
    expect((await fetch(`${url}/api/x`)).status).toBe(200)
  })

  test('a client that leaves while its answer is made does no harm', async () => {
    let asked = (): void => {}
    let answer = (): void => {}
    const reached = new Promise<void>((resolve) => {
      asked = resolve
    })
    const slow = new Promise<void>((resolve) => {
      answer = resolve
    })
    const handle = async ({ path }: HttpRequest) => {
      if (path !== '/api/slow') return { status: 200, body: {} }
      asked()
      await slow
      return { status: 200, body: {} }
    }
    const { url } = await start({ handle })
    const leaving = new AbortController()
    const left = fetch(`${url}/api/slow`, { signal: leaving.signal }).catch(() => 'left')
    await reached
    leaving.abort()
    expect(await left).toBe('left')
    answer()
    expect((await fetch(`${url}/api/x`)).status).toBe(200)
  })

  test('headers of 12 KiB are read, as the cookies of localhost may be', async () => {
    const { url } = await start()
    expect((await fetch(`${url}/api/x`, { headers: { cookie: 'c'.repeat(12_000) } })).status).toBe(200)
  })

  test('paths outside /api are for the static files', async () => {
    const { url } = await start({ staticFiles: ({ path }) => ({ status: 200, body: path }) })
    expect(await (await fetch(`${url}/apix`)).json()).toBe('/apix')
    expect(await (await fetch(`${url}/api/x`)).json()).toEqual({ ok: true })
  })

  test('a foreign page may not post [ORIGIN-1]', async () => {
    const { url } = await start()
    const headers = { origin: 'http://evil.example' }
    expect((await fetch(`${url}/api/x`, { method: 'POST', headers })).status).toBe(403)
  })
})

describe.each(ways)('an event stream at %s', (way) => {
  const start = startAt(way)

  const stream = async (events = { onDrain: () => {}, onClose: () => {} }) => {
    const sinks: Sink[] = []
    const server = await start({
      handle: () => ({
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        stream(sink) {
          sinks.push(sink)
          sink.send('data: 1\n\n')
          return events
        }
      })
    })
    return { ...server, sinks }
  }

  test('an event stream is sent as it comes and ends when it is closed', async () => {
    const { url, sinks } = await stream()
    const response = await fetch(`${url}/api/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(sinks[0]!.send('data: 2\n\n')).toBe('sent')
    sinks[0]!.close()
    expect(await response.text()).toBe('data: 1\n\ndata: 2\n\n')
    expect(sinks[0]!.send('late')).toBe('dropped')
  })

  test('an event stream tells when its client leaves', async () => {
    let leave = (): void => {}
    const gone = new Promise<void>((resolve) => {
      leave = resolve
    })
    const { url, sinks } = await stream({ onDrain() {}, onClose: () => leave() })
    const leaving = new AbortController()
    await fetch(`${url}/api/events`, { signal: leaving.signal })
    leaving.abort()
    await gone
    expect(sinks[0]!.send('late')).toBe('dropped')
  })

  test('an event stream queues for a slow client, loses nothing and tells when all has gone out', async () => {
    let drain = (): void => {}
    const drained = new Promise<void>((resolve) => {
      drain = resolve
    })
    const { port, sinks } = await stream({ onDrain: () => drain(), onClose() {} })
    const client = connect(port, '127.0.0.1')
    client.write('GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(client, 'readable')
    const event = `data: ${'x'.repeat(MIB)}\n\n`
    for (let i = 0; i < 40; i++) sinks[0]!.send(event)
    expect(sinks[0]!.send('data: end\n\n')).toBe('queued')
    expect(sinks[0]!.buffered).toBeGreaterThan(MIB)
    let text = ''
    client.setEncoding('latin1').on('data', (chunk) => {
      text += chunk
    })
    await drained
    expect(sinks[0]!.buffered).toBe(0)
    sinks[0]!.close()
    while (!text.endsWith('\r\n0\r\n\r\n')) await once(client, 'data')
    expect(text.match(/x{1000}/g)?.length).toBe(40 * Math.floor(MIB / 1000))
    expect(text).toContain('data: end')
    client.destroy()
  })
})
