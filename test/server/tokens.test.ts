import { SignJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { databaseIn } from '../support/database.ts'
import { rowsOf } from '../support/database-contents.ts'
import { jwt_secret, tokens } from '../support/forged-tokens.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere, temporary } from '../support/run-server.ts'
import { asker } from '../support/some-teams.ts'

const auth = AuthConfig.parse({ type: 'jwt', jwt_secret })

/** A server on a database of its own, on which alice has a run that asks her. */
async function asked() {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const database = await databaseIn(folder)
  const server = await serveHere({ auth, database })
  let open = true
  const close = async () => {
    if (open) await server.close()
    open = false
  }
  onTestFinished(close)
  const alice = new RestClient(server.url, tokens.alice)
  const { run } = await alice.newRun('alice')
  await alice.post(`/runs/${run}/start`, { task: 'Go.', team_config: asker() })
  const status = async () => (await alice.get(`/runs/${run}`)).body.data.status
  await expect.poll(status, { timeout: 15_000 }).toBe('awaiting_input')
  return { url: server.url, run, alice, database, close, status }
}

describe('a token for one run', () => {
  test('lets its holder follow and answer that run, and nothing else [TOKEN-1]', async () => {
    const { url, run, alice, status } = await asked()
    const other = (await alice.newRun('alice')).run
    const { body } = await alice.post(`/runs/${run}/tokens`, {})
    const { token } = body.data
    const holder = new RestClient(url, token)
    for (const path of ['', '/messages', '/events'])
      expect((await holder.get(`/runs/${run}${path}`)).status).toBe(200)
    expect((await holder.get('/version')).status).toBe(200)
    const others: [string, string, unknown?][] = [
      ['GET', `/runs/${other}`],
      ['GET', `/runs/${run}/team`],
      ['GET', `/runs/${run}/state`],
      ['GET', `/runs/${run}/snapshot`],
      ['GET', '/teams/?user_id=alice'],
      ['GET', '/settings/?user_id=alice'],
      ['POST', `/runs/${run}/stop`, {}],
      ['POST', `/runs/${run}/fork`, { turn: 0 }],
      ['POST', `/runs/${run}/tokens`, {}],
      ['POST', `/runs/${other}/input`, { response: 'x' }],
      ['POST', '/auth/revoke', { user_id: 'alice' }],
      ['DELETE', `/runs/${run}`]
    ]
    for (const [method, path, sent] of others)
      expect([path, await holder.call(method, path, sent)]).toMatchObject([
        path,
        { status: 403, body: { code: 'token_scope' } }
      ])
    const wrong = new SocketClient(`${url}/api/ws/runs/${other}?token=${token}`)
    expect(await wrong.next('error')).toMatchObject({ code: 'token_scope' })
    expect((await wrong.end).code).toBe(4403)
    const socket = new SocketClient(`${url}/api/ws/runs/${run}?token=${token}`)
    await socket.next('input_request')
    socket.send({ type: 'stop' })
    expect(await socket.next('error')).toMatchObject({ code: 'token_scope' })
    socket.send({ type: 'input_response', response: 'Fine.' })
    await socket.next('result')
    expect(await status()).toBe('complete')
  })

  test('is made by who may steer the run, ends when it was asked to, and is kept as a digest [TOKEN-2]', async () => {
    const { url, run, alice, database, close } = await asked()
    const bob = new RestClient(url, tokens.bob)
    expect((await bob.post(`/runs/${run}/tokens`, {})).status).toBe(403)
    expect((await alice.post(`/runs/${run}/tokens`, { expires_in: 31 * 86_400 })).status).toBe(422)
    const { token, expires_at } = (await alice.post(`/runs/${run}/tokens`, { expires_in: 2 })).body.data
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(2000)
    const socket = new SocketClient(`${url}/api/ws/runs/${run}?token=${token}`)
    expect(await socket.next('error')).toMatchObject({ code: 'token_expired' })
    expect((await new RestClient(url, token).get(`/runs/${run}`)).status).toBe(401)
    await close()
    const rows = await rowsOf(database, 'token')
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

describe('a token that was revoked', () => {
  test('is refused, its sockets end at once, and it stays so after a restart [TOKEN-3]', async () => {
    const { url, run, alice, database, close } = await asked()
    const { token } = (await alice.post(`/runs/${run}/tokens`, {})).body.data
    const kept = (await alice.post(`/runs/${run}/tokens`, {})).body.data.token
    const socket = new SocketClient(`${url}/api/ws/runs/${run}?token=${token}`)
    await socket.next('system')
    expect((await new RestClient(url, token).post('/auth/revoke', {})).status).toBe(200)
    expect((await socket.end).code).toBe(4401)
    expect((await new RestClient(url, token).get(`/runs/${run}`)).status).toBe(401)
    await alice.post('/auth/revoke', {})
    expect((await alice.get(`/runs/${run}`)).status).toBe(401)
    await close()
    const again = await serveHere({ auth, database })
    onTestFinished(() => again.close())
    for (const good of [token, tokens.alice])
      expect((await new RestClient(again.url, good).get(`/runs/${run}`)).status).toBe(401)
    expect((await new RestClient(again.url, kept).get(`/runs/${run}`)).status).toBe(200)
  })

  test('may be every token of a user, by that user or an admin [TOKEN-3]', async () => {
    const { url, run, alice } = await asked()
    const sign = (iat: number) =>
      new SignJWT({ sub: 'alice' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt(iat)
        .setExpirationTime('1h')
        .sign(Buffer.from(jwt_secret))
    const now = Math.floor(Date.now() / 1000)
    const before = new RestClient(url, await sign(now))
    const after = new RestClient(url, await sign(now + 30))
    const { token } = (await alice.post(`/runs/${run}/tokens`, {})).body.data
    const bob = new RestClient(url, tokens.bob)
    expect((await bob.post('/auth/revoke', { user_id: 'alice' })).status).toBe(403)
    const stream = await fetch(`${url}/api/runs/${run}/inspect?token=${tokens.alice}`)
    const root = new RestClient(url, tokens.root)
    expect((await root.post('/auth/revoke', { user_id: 'alice' })).status).toBe(200)
    await stream.text()
    for (const client of [alice, before, new RestClient(url, token)])
      expect((await client.get(`/runs/${run}`)).status).toBe(401)
    expect((await after.get(`/runs/${run}`)).status).toBe(200)
  })
})

test('there are no tokens while authentication is off', async () => {
  const server = await serveHere()
  onTestFinished(() => server.close())
  const rest = new RestClient(server.url)
  const { run } = await rest.newRun('ann')
  expect((await rest.post(`/runs/${run}/tokens`, {})).body.code).toBe('no_authentication')
})
