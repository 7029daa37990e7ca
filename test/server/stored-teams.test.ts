import { describe, expect, onTestFinished, test } from 'vitest'
import type { ServerOptions } from '../../src/server/app.ts'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { databaseIn } from '../support/database.ts'
import { jwt_secret, tokens } from '../support/forged-tokens.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere, temporary } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'

const auth = AuthConfig.parse({ type: 'jwt', jwt_secret })
const component = { ...talkers(1), component_type: 'team', version: 1, label: 'The stored one' }

async function serverWith(options: Partial<ServerOptions>) {
  const server = await serveHere(options)
  onTestFinished(() => server.close())
  const client = (name: keyof typeof tokens) => new RestClient(server.url, tokens[name])
  return { url: server.url, root: client('root'), bob: client('bob') }
}
const ended = async (rest: RestClient, run: number) => {
  const status = async () => (await rest.get(`/runs/${run}`)).body.data.status
  await expect.poll(status, { timeout: 15_000 }).toMatch(/complete|error/)
  return (await rest.get(`/runs/${run}`)).body.data
}

describe('--teams stored', () => {
  test('lets users run published teams, by id or word for word, and nothing else [TEAMS-2] [RUN-3]', async () => {
    const { url, root, bob } = await serverWith({ auth, teams: 'stored' })
    const hidden = (await root.post('/teams/', { user_id: 'root', component })).body.data
    const start = async (fields: object) => {
      const { run } = await bob.newRun('bob')
      return { run, ...(await bob.post(`/runs/${run}/start`, { task: 'Go.', ...fields })) }
    }
    const refused = { status: 403, body: { code: 'team_not_stored' } }
    expect(await start({ team_config: component })).toMatchObject(refused)
    expect(await start({ team_id: hidden.id })).toMatchObject({ status: 404 })
    expect((await bob.get('/teams/?user_id=bob')).body.data).toEqual([])

    expect(await root.call('PUT', `/teams/${hidden.id}`, { published: true })).toMatchObject({ status: 200 })
    const shown = hidden
    const good = [{ team_id: shown.id }, { team: 'The stored one' }, { team_config: shown.component }]
    for (const fields of good) {
      const { run, status } = await start(fields)
      expect(status).toBe(200)
      expect((await ended(bob, run)).status).toBe('complete')
    }
    const changed = { ...shown.component, config: { ...shown.component.config, max_turns: 7 } }
    expect(await start({ team_config: changed })).toMatchObject(refused)
    const { run } = await bob.newRun('bob')
    const socket = new SocketClient(`${url}/api/ws/runs/${run}?token=${tokens.bob}`)
    await socket.next('system')
    socket.send({ type: 'start', task: 'Go.', team_config: changed })
    expect(await socket.next('error')).toMatchObject({ code: 'team_not_stored' })
    socket.ws.terminate()

    expect(await bob.post('/teams/', { user_id: 'bob', component })).toMatchObject(refused)
    expect(await bob.post('/validate/test', { component })).toMatchObject(refused)
    expect(await bob.post('/mcp/ws/connect', { server_params: {} })).toMatchObject(refused)
    expect(await bob.call('PUT', `/teams/${shown.id}`, { published: false })).toMatchObject({ status: 403 })
    expect(await bob.remove(`/teams/${shown.id}?user_id=bob`)).toMatchObject({ status: 404 })
  })

  test('lets everybody run what is stored, and nothing else, where authentication is off [TEAMS-3]', async () => {
    const { url } = await serverWith({ teams: 'stored' })
    const rest = new RestClient(url)
    const { id } = (await rest.post('/teams/', { user_id: 'ann', component })).body.data
    const { run } = await rest.newRun('ann')
    expect(await rest.post(`/runs/${run}/start`, { task: 'Go.', team_config: talkers(2) })).toMatchObject({
      body: { code: 'team_not_stored' }
    })
    expect((await rest.post(`/runs/${run}/start`, { task: 'Go.', team_id: id })).status).toBe(200)
    expect((await ended(rest, run)).status).toBe('complete')
  })

  test('holds for what a user stored before, also by other protocols [TEAMS-2]', async () => {
    const { folder, remove } = await temporary()
    onTestFinished(remove)
    const database = await databaseIn(folder)
    const before = await serveHere({ auth, database })
    const { id } = (
      await new RestClient(before.url, tokens.bob).post('/teams/', { user_id: 'bob', component })
    ).body.data
    await before.close()
    const { url, bob } = await serverWith({ auth, teams: 'stored', database })
    for (const fields of [{ team_id: id }, { team: id }, { team_config: component }]) {
      const { run } = await bob.newRun('bob')
      expect(await bob.post(`/runs/${run}/start`, { task: 'Go.', ...fields })).toMatchObject({
        body: { code: 'team_not_stored' }
      })
    }
    const asked = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.bob}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: String(id), messages: [{ role: 'user', content: 'Go.' }] })
    })
    expect(asked.status).toBe(403)
    expect(await asked.text()).toContain('team_not_stored')
  })
})
