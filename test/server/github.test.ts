import { describe, expect, onTestFinished, test } from 'vitest'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { loginProvider } from '../support/login-provider.ts'
import { RestClient } from '../support/rest-client.ts'
import { serveHere } from '../support/run-server.ts'

/** A server that sends people to a provider to log in. */
async function login(name?: string) {
  const { asked, close, github } = await loginProvider(name)
  onTestFinished(close)
  const auth = AuthConfig.parse({
    type: 'github',
    jwt_secret: 'the secret of the test, of 32 bytes and more',
    github: github('http://localhost:8081/api/auth/callback'),
    admins: ['42']
  })
  const server = await serveHere({ auth })
  onTestFinished(() => server.close())
  const rest = new RestClient(server.url)
  const { body, headers } = await rest.get('/auth/login-url')
  return { server, rest, asked, url: new URL(body.login_url), cookie: headers.get('set-cookie')! }
}

describe('a login over GitHub', () => {
  test('a login over GitHub begins at the provider with an address to come back to', async () => {
    const { url } = await login()
    expect(url.pathname).toBe('/authorize')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'its id',
      redirect_uri: 'http://localhost:8081/api/auth/callback',
      scope: 'user:email',
      state: expect.any(String)
    })
  })

  test('a login over GitHub gives a token that works, to a page that asks for it', async () => {
    const { server, rest, url, asked } = await login()
    const { body } = await rest.post('/auth/callback-handler', {
      code: 'good',
      state: url.searchParams.get('state')
    })
    expect(body.user).toEqual({
      ...{ id: '42', name: 'Ann </script><b>', email: 'ann@example.com', provider: 'github' },
      roles: ['user', 'admin']
    })
    expect(asked[0]!.get('redirect_uri')).toBe('http://localhost:8081/api/auth/callback')
    const me = await new RestClient(server.url, body.token).get('/auth/me')
    expect(me.body).toEqual(body.user)
  })

  test('a login over GitHub tells the page that opened it, of the own origin only, and nothing in a name ends the script [AUTH-12]', async () => {
    const { rest, url } = await login()
    const state = encodeURIComponent(url.searchParams.get('state')!)
    const { status, headers, body } = await rest.get(`/auth/callback?code=good&state=${state}`)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toContain('window.opener.postMessage(message, window.location.origin)')
    expect(body.match(/<\/script>/g)).toHaveLength(1)
    const message = JSON.parse(/const message = (.*)/.exec(body)![1]!)
    expect(message).toMatchObject({ type: 'auth-success', token: expect.any(String), user: { id: '42' } })
  })

  test('a login over GitHub that did not begin here, or is not confirmed, gives nothing [AUTH-11]', async () => {
    const { rest, url, asked } = await login()
    const state = url.searchParams.get('state')
    for (const body of [{ code: 'good' }, { code: 'good', state: 'made up' }, { state }]) {
      expect((await rest.post('/auth/callback-handler', body)).status).toBe(400)
    }
    expect(asked).toEqual([])
    expect((await rest.post('/auth/callback-handler', { code: 'bad', state })).status).toBe(401)
    const page = await rest.get('/auth/callback?error=access_denied&error_description=No%3C')
    expect(page.status).toBe(400)
    expect(page.body).toContain('"type":"auth-error","error":"No\\u003c"')
  })

  test('a login over GitHub ends in the browser in which it began, and in no other [AUTH-11]', async () => {
    const { rest, url, cookie, asked } = await login()
    expect(cookie).toMatch(/^troupe_login=[\w-]{32}; Path=\/api\/auth; Max-Age=600; HttpOnly; SameSite=Lax$/)
    const state = url.searchParams.get('state')!
    const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }
    const own = { ...browser, cookie: `other=1; ${cookie.split(';')[0]}` }
    const elsewhere = (await rest.get('/auth/login-url')).headers.get('set-cookie')!.split(';')[0]!
    const path = `/auth/callback?code=good&state=${encodeURIComponent(state)}`
    for (const fields of [browser, { ...browser, cookie: elsewhere }, { cookie: elsewhere }]) {
      expect((await rest.call('GET', path, undefined, fields)).status).toBe(400)
      expect(
        (await rest.call('POST', '/auth/callback-handler', { code: 'good', state }, fields)).status
      ).toBe(400)
    }
    expect(asked).toEqual([])
    expect((await rest.call('GET', path, undefined, own)).body).toContain('auth-success')
    const other = new URL((await rest.call('GET', '/auth/login-url', undefined, own)).body.login_url)
    const second = { code: 'good', state: other.searchParams.get('state') }
    expect((await rest.call('POST', '/auth/callback-handler', second, own)).status).toBe(200)
  })

  test('the state of a login is no token, and no token is a state', async () => {
    const { server, rest, url } = await login()
    const state = url.searchParams.get('state')!
    expect((await new RestClient(server.url, state).get('/auth/me')).status).toBe(401)
    const { body } = await rest.post('/auth/callback-handler', { code: 'good', state })
    const again = await rest.post('/auth/callback-handler', { code: 'good', state: body.token })
    expect(again.status).toBe(400)
  })
})
