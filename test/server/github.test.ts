import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { RestClient } from '../support/rest-client.ts'
import { serveHere } from '../support/run-server.ts'

/** A provider that knows one code, and the server that sends people to it. */
async function login(name = 'Ann </script><b>') {
  const asked: URLSearchParams[] = []
  const provider = createServer(async (request, response) => {
    const say = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.url === '/token') {
      const form = new URLSearchParams(await text(request))
      asked.push(form)
      const good = form.get('code') === 'good' && form.get('client_secret') === 'its secret'
      return say(200, good ? { access_token: 'gho_1' } : { error: 'bad_verification_code' })
    }
    if (request.headers.authorization !== 'Bearer gho_1') return say(401, {})
    if (request.url === '/api/user')
      return say(200, { id: 42, login: 'ann', name, email: null, avatar_url: null })
    say(200, [{ email: 'ann@example.com', primary: true }])
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  onTestFinished(() => void provider.close())
  const base = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  const github = {
    ...{
      client_id: 'its id',
      client_secret: 'its secret',
      callback_url: 'http://localhost:8081/api/auth/callback'
    },
    ...{ authorize_url: `${base}/authorize`, token_url: `${base}/token`, api_url: `${base}/api` }
  }
  const auth = AuthConfig.parse({
    type: 'github',
    jwt_secret: 'the secret of the test',
    github,
    admins: ['42']
  })
  const server = await serveHere({ auth })
  onTestFinished(() => server.close())
  const rest = new RestClient(server.url)
  const { body } = await rest.get('/auth/login-url')
  return { server, rest, asked, url: new URL(body.login_url) }
}

describe('a login over GitHub', () => {
  test('begins at the provider with an address to come back to', async () => {
    const { url } = await login()
    expect(url.pathname).toBe('/authorize')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'its id',
      redirect_uri: 'http://localhost:8081/api/auth/callback',
      scope: 'user:email',
      state: expect.any(String)
    })
  })

  test('gives a token that works, to a page that asks for it', async () => {
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

  test('tells the page that opened it, of the own origin only, and nothing in a name ends the script', async () => {
    const { rest, url } = await login()
    const state = encodeURIComponent(url.searchParams.get('state')!)
    const { status, headers, body } = await rest.get(`/auth/callback?code=good&state=${state}`)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toContain('window.opener.postMessage(message, window.location.origin)')
    expect(body.match(/<\/script>/g)).toHaveLength(1)
    const message = JSON.parse(/const message = (.*)/.exec(body)![1]!)
    expect(message).toMatchObject({ type: 'auth-success', token: expect.any(String), user: { id: '42' } })
  })

  test('that did not begin here, or is not confirmed, gives nothing', async () => {
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

  test('leaves no state that is a token, and no token that is a state', async () => {
    const { server, rest, url } = await login()
    const state = url.searchParams.get('state')!
    expect((await new RestClient(server.url, state).get('/auth/me')).status).toBe(401)
    const { body } = await rest.post('/auth/callback-handler', { code: 'good', state })
    const again = await rest.post('/auth/callback-handler', { code: 'good', state: body.token })
    expect(again.status).toBe(400)
  })
})
