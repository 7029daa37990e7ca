import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AuthConfig, readAuthConfig } from '../../src/server/auth/config.ts'
import { verifier } from '../../src/server/auth/tokens.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere, temporary } from '../support/run-server.ts'

const secret = 'a secret of this test, long enough'
const github = { client_id: 'a', client_secret: 'b', callback_url: 'http://127.0.0.1/api/auth/callback' }

/** A server whose users prove who they are as this config, written to a file, says. */
async function serverWith(config: unknown, files: Record<string, unknown> = {}) {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), JSON.stringify(content))
  const file = join(folder, 'auth.yaml')
  await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config))
  const server = await serveHere({ auth: readAuthConfig(file) })
  onTestFinished(() => server.close())
  return server
}

const hs256 = (claims: JWTPayload, key = secret) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(Buffer.from(key))

/** A key pair and its public half as a key set. */
async function pair(alg: 'RS256' | 'ES256', kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const keys = { keys: [{ ...(await exportJWK(publicKey)), alg, kid, use: 'sig' }] }
  const sign = (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid }).setExpirationTime('1h').sign(privateKey)
  return { keys, sign, publicKey }
}

/** Gives the address of a key set that cannot be had the first time. */
async function issuer(keys: unknown): Promise<string> {
  let asked = 0
  const server = createServer((_, response) => {
    response.writeHead(asked++ === 0 ? 503 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(keys))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
}

const me = (url: string, token: string) => new RestClient(url, token).get('/auth/me')

describe('tokens', () => {
  test('tokens of HS256 are taken by a secret, from a config in YAML [AUTH-6]', async () => {
    const { url } = await serverWith(`type: jwt\njwt_secret: "${secret}"\nadmins: [root]\n`)
    expect((await me(url, await hs256({ sub: 'ann' }))).body).toMatchObject({ id: 'ann', roles: ['user'] })
    expect((await me(url, await hs256({ sub: 'root' }))).body.roles).toContain('admin')
    expect((await me(url, await hs256({ sub: 'ann' }, 'another secret'))).status).toBe(401)
    expect((await new RestClient(url).get('/auth/type')).body.type).toBe('jwt')
    const { status, headers } = await new RestClient(url).get('/auth/me')
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })

  test('tokens of RS256 are taken by a key set in a file beside the config, with claims of other names [AUTH-6]', async () => {
    const { keys, sign, publicKey } = await pair('RS256', 'one')
    const jwt = {
      jwks_file: 'keys.json',
      issuer: 'me',
      audience: 'troupe',
      user_claim: 'email',
      roles_claim: 'realm.roles'
    }
    const { url } = await serverWith({ type: 'jwt', jwt }, { 'keys.json': keys })
    const claims = { iss: 'me', aud: 'troupe', email: 'ann@example.com', realm: { roles: ['admin'] } }
    expect((await me(url, await sign(claims))).body).toMatchObject({
      id: 'ann@example.com',
      roles: ['admin']
    })
    for (const wrong of [{ iss: 'x' }, { aud: 'x' }, { email: undefined }, { email: 7 }])
      expect((await me(url, await sign({ ...claims, ...wrong } as JWTPayload))).status).toBe(401)
    // The public key is no secret: nobody may sign with it.
    expect((await me(url, await hs256(claims, await exportSPKI(publicKey)))).status).toBe(401)
    expect((await me(url, await (await pair('RS256', 'one')).sign(claims))).status).toBe(401)
  })

  test('tokens of ES256 are taken by a key set behind an address; where it cannot be had the answer is 503 [AUTH-6] [AUTH-8]', async () => {
    const { keys, sign } = await pair('ES256', 'two')
    const { url } = await serverWith({ type: 'jwt', jwt: { jwks_url: await issuer(keys) } })
    const token = await sign({ sub: 'ann' })
    expect((await me(url, token)).status).toBe(503)
    expect((await me(url, token)).body).toMatchObject({ id: 'ann' })
  })

  test('tokens that name no end live as long as ours from when they were issued, or are refused [AUTH-7]', async () => {
    const verify = verifier(
      AuthConfig.parse({ type: 'jwt', jwt_secret: secret, token_expiry_minutes: 10 }) as never
    )
    const now = Math.floor(Date.now() / 1000)
    const endless = (iat?: unknown) =>
      new SignJWT({ sub: 'ann', iat } as JWTPayload)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(secret))
    expect(await verify(await endless(now - 60))).toMatchObject({ expires: (now + 540) * 1000 })
    for (const iat of [undefined, now - 601, now + 3600, null, 'now'])
      await expect(verify(await endless(iat))).rejects.toMatchObject({ status: 401 })
  })

  test('a token stands in the header, the word null is none, and the query is for sockets and streams [AUTH-1] [CONN-7]', async () => {
    const { url } = await serverWith({ type: 'jwt', jwt_secret: secret })
    const token = await hs256({ sub: 'ann' })
    const rest = new RestClient(url, token)
    const { run } = await rest.newRun('ann')
    const nobody = new RestClient(url)
    expect((await nobody.get(`/runs/${run}?token=${token}`)).status).toBe(401)
    expect((await nobody.get(`/sessions/?user_id=ann&token=${token}`)).status).toBe(401)
    expect((await new RestClient(url, 'null').get(`/runs/${run}`)).status).toBe(401)
    const address = `${url}/api/ws/runs/${run}`
    await new SocketClient(`${address}?token=${token}`).next('system')
    await new SocketClient(address, { authorization: `Bearer ${token}` }).next('system')
    for (const query of ['', '?token=null', '?token=undefined', '?token=', '?token=x']) {
      const refused = new SocketClient(address + query)
      expect(await refused.next('error')).toMatchObject({ code: 'not_authenticated' })
      expect((await refused.end).code).toBe(4401)
    }
  })

  test('tokens of any other making are refused, whatever they hold [AUTH-6]', async () => {
    const verify = verifier(AuthConfig.parse({ type: 'jwt', jwt_secret: secret }) as never)
    const good = await hs256({ sub: 'ann' })
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')
    const spoiled = fc.tuple(fc.nat(good.length - 1), fc.constantFrom('A', 'z', '0', '_', '.', ' ', 'é'))
    const tokens = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.jsonValue(), fc.jsonValue(), fc.string())
        .map(([a, b, c]) => `${encode(a)}.${encode(b)}.${c}`),
      fc.jsonValue().map((claims) => `${encode({ alg: 'HS256' })}.${encode(claims)}.${good.split('.')[2]}`),
      spoiled.map(([at, sign]) => good.slice(0, at) + sign + good.slice(at + 1))
    )
    const check = fc.asyncProperty(tokens, async (token) => {
      // The last sign of a signature holds bits that count for nothing.
      if (token.slice(0, -1) === good.slice(0, -1)) return
      await expect(verify(token)).rejects.toMatchObject({ status: 401 })
    })
    await fc.assert(check, { numRuns: 500 })
    expect(await verify(good)).toMatchObject({ id: 'ann' })
  })

  test('a path that the config leaves out needs no token [AUTH-9]', async () => {
    const exclude_paths = ['/api/machines', '/api/teams/*']
    const { url } = await serverWith({ type: 'jwt', jwt_secret: secret, exclude_paths })
    const nobody = new RestClient(url)
    expect((await nobody.get('/teams/?user_id=ann')).status).toBe(200)
    expect((await nobody.get('/sessions/?user_id=ann')).status).toBe(401)
    expect((await nobody.get('/openapi.json')).status).toBe(200)
  })

  test('a token that expires closes its sockets and its event streams, and no others [AUTH-5]', async () => {
    const { url } = await serverWith({ type: 'jwt', jwt_secret: secret })
    const { run } = await new RestClient(url, await hs256({ sub: 'ann' })).newRun('ann')
    const short = await new SignJWT({ sub: 'ann' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(Math.floor(Date.now() / 1000) + 3)
      .sign(Buffer.from(secret))
    const long = new SocketClient(`${url}/api/ws/runs/${run}?token=${await hs256({ sub: 'ann' })}`)
    const socket = new SocketClient(`${url}/api/ws/runs/${run}?token=${short}`)
    const stream = await fetch(`${url}/api/runs/${run}/inspect?token=${short}`)
    expect(stream.status).toBe(200)
    expect(await socket.next('error')).toMatchObject({ code: 'token_expired' })
    expect((await socket.end).code).toBe(4401)
    await stream.text()
    long.send({ type: 'ping' })
    await long.next('pong')
  })
})

describe('an authentication config', () => {
  test.each([
    ['type: github', /jwt_secret.*\n?.*github/s],
    ['type: jwt', /jwt_secret, jwt.jwks_url or jwt.jwks_file/],
    ['type: firebase', /type/],
    ['{', /auth.yaml/],
    [
      'type: jwt\njwt_secret: "0123456789abcdef0123456789abcde"',
      /jwt_secret: is too weak: it has 31 bytes.*openssl/
    ],
    ['type: jwt\njwt_secret: ""', /jwt_secret: is too weak/],
    [`type: github\njwt_secret: short\ngithub: ${JSON.stringify(github)}`, /jwt_secret: is too weak/]
  ])(
    'an authentication config that does not fit is refused with a reason: %s [AUTH-10]',
    async (text, reason) => {
      const { folder, remove } = await temporary()
      onTestFinished(remove)
      await writeFile(join(folder, 'auth.yaml'), text)
      expect(() => readAuthConfig(join(folder, 'auth.yaml'))).toThrow(reason)
    }
  )
})
