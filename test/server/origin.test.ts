import { describe, expect, test } from 'vitest'
import { guarded, originGuard } from '../../src/server/http/origin-guard.ts'
import { ask, headers } from './support.ts'

const local = originGuard({ host: '127.0.0.1', allowOrigins: ['https://pages.example.com'] })
const open = originGuard({ host: '0.0.0.0' })
const from = (method: string, origin: string, host = '127.0.0.1:8081') =>
  ask(method, '/api/x', { headers: headers({ origin, host }) })

describe('a POST', () => {
  test.each([
    'http://127.0.0.1:8081',
    'http://localhost:3000',
    'http://app.localhost',
    'http://[::1]:9',
    'https://pages.example.com'
  ])('a POST is let in from %s [ORIGIN-1]', (origin) =>
    expect(local.refusal(from('POST', origin))).toBeUndefined()
  )

  test.each([
    'http://evil.example',
    'https://pages.example.com.evil.example',
    'http://pages.example.com',
    'http://127.0.0.1.evil.example',
    'null',
    ''
  ])('a POST is refused from "%s" [ORIGIN-1]', (origin) =>
    expect(local.refusal(from('POST', origin))).toBeTypeOf('string')
  )

  test('a POST is let in without an origin: that is no browser', () =>
    expect(local.refusal(ask('POST', '/api/x'))).toBeUndefined())

  test('a POST is let in from the own host, whatever the scheme a proxy speaks', () =>
    expect(open.refusal(from('POST', 'https://troupe.example', 'troupe.example'))).toBeUndefined())

  test('a POST is let in from everywhere where the operator says so', () =>
    expect(
      originGuard({ host: '::', allowOrigins: ['*'] }).refusal(from('POST', 'http://x.example'))
    ).toBeUndefined())
})

describe('a GET', () => {
  test('a GET is answered to any origin, but only allowed pages may read it [ORIGIN-3]', () => {
    expect(local.refusal(from('GET', 'http://evil.example'))).toBeUndefined()
    expect(local.cors(from('GET', 'http://evil.example'))).toBeUndefined()
    expect(local.cors(from('GET', 'https://pages.example.com'))).toMatchObject({
      'access-control-allow-origin': 'https://pages.example.com'
    })
  })

  test('a GET that opens a socket is checked like a POST [ORIGIN-1]', () =>
    expect(local.refusal(from('GET', 'http://evil.example'), true)).toBeTypeOf('string'))
})

describe('while bound to loopback', () => {
  const to = (host: string) => ask('GET', '/', { headers: headers({ host }) })

  test.each(['localhost', 'localhost:8081', '127.0.0.1', '127.1.2.3:80', '[::1]:8081', 'pages.example.com'])(
    'while bound to loopback the host %s is known [ORIGIN-2]',
    (host) => expect(local.refusal(to(host))).toBeUndefined()
  )

  test.each(['evil.example', 'evil.example:8081', '192.168.0.7', '', 'a b', '127.0.0.1.evil.example'])(
    'while bound to loopback the host "%s" is refused, even for reading [ORIGIN-2]',
    (host) => expect(local.refusal(to(host))).toBeTypeOf('string')
  )

  test('while bound to loopback a name that points here is no own host [ORIGIN-2]', () =>
    expect(local.refusal(from('POST', 'http://evil.example:8081', 'evil.example:8081'))).toBeTypeOf('string'))
})

test('while bound to the network any host is known', () =>
  expect(open.refusal(ask('GET', '/', { headers: headers({ host: 'any.example' }) }))).toBeUndefined())

describe('guarded', () => {
  const handle = guarded(local, () => ({ status: 200, headers: { a: 'b' }, body: {} }))

  test('a request from a foreign page is a 403 and reaches no handler [ORIGIN-1]', async () =>
    expect(await handle(from('DELETE', 'http://evil.example'))).toMatchObject({
      status: 403,
      body: { detail: expect.any(String) }
    }))

  test('an allowed page may ask beforehand what it may do [ORIGIN-3]', async () => {
    const request = ask('OPTIONS', '/api/x', {
      headers: headers({ origin: 'https://pages.example.com', 'access-control-request-method': 'PUT' })
    })
    expect(await handle(request)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://pages.example.com',
        'access-control-allow-methods': expect.stringContaining('PUT')
      }
    })
  })

  test('an allowed page may read the answer [ORIGIN-3]', async () =>
    expect(await handle(from('POST', 'http://localhost:1'))).toMatchObject({
      headers: { a: 'b', 'access-control-allow-origin': 'http://localhost:1', vary: 'Origin' }
    }))
})
