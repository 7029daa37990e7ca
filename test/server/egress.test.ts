import { describe, expect, onTestFinished, test } from 'vitest'
import { GuardedEgress } from '../../src/runtime/network/egress/egress.ts'
import type { ServerOptions } from '../../src/server/app.ts'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { jwt_secret, tokens } from '../support/forged-tokens.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere } from '../support/run-server.ts'
import { assistant, roundRobin } from '../support/some-teams.ts'
import { mcpServer } from '../tools/mcp/mcp-server.ts'

const auth = AuthConfig.parse({ type: 'jwt', jwt_secret })

/** A server with authentication, as alice meets it. */
async function alices(options: Partial<ServerOptions> = {}) {
  const server = await serveHere({ auth, ...options })
  onTestFinished(() => server.close())
  return { server, rest: new RestClient(server.url, tokens.alice) }
}

const modelAt = (base_url: string) => ({
  provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  component_type: 'model',
  version: 1,
  config: { model: 'gpt-4o', api_key: 'sk-of-alice', base_url }
})

/** How a run of a team ends whose model is at an address. */
async function runWith(model: object, options: Partial<ServerOptions> = {}) {
  const { server, rest } = await alices(options)
  const { run } = await rest.newRun('alice')
  const client = new SocketClient(`${server.url}/api/ws/runs/${run}?token=${tokens.alice}`)
  await client.next('system')
  client.send({ type: 'start', task: 'Go.', team_config: roundRobin([assistant('a', model as never)], 2) })
  const last = Promise.race([client.next('completion'), client.next('result')])
  return last
}

describe('with authentication, what teams reach is the public internet', () => {
  test('a run whose model is on this machine fails, with a code [EGRESS-2]', async () => {
    await using model = await openaiServer(says('hello'))
    expect(await runWith(modelAt(model.url))).toMatchObject({ status: 'error', code: 'egress_refused' })
    expect(model.asked).toEqual([])
  })

  test('a model is tried under the same rule [EGRESS-2]', async () => {
    await using model = await openaiServer(says('4'))
    const { rest } = await alices()
    const { body } = await rest.post('/validate/test', { component: modelAt(model.url) })
    expect(body).toMatchObject({
      status: false,
      message: expect.stringMatching(/does not allow 127\.0\.0\.1/)
    })
    expect(model.asked).toEqual([])
  })

  test("so does a page's MCP server [EGRESS-2]", async () => {
    await using tools = await mcpServer('http')
    const { server, rest } = await alices()
    const server_params = { type: 'StreamableHttpServerParams', url: tools.url }
    const { body } = await rest.post('/mcp/ws/connect', { server_params })
    const socket = new SocketClient(server.url + body.websocket_url)
    expect((await socket.next('error')).error).toMatch(/does not allow 127\.0\.0\.1:\d+ to be reached/)
    expect(tools.seen.headers).toEqual([])
  })

  test('and what the operator names besides [EGRESS-1]', async () => {
    await using model = await openaiServer(says('hello'))
    const egress = new GuardedEgress([new URL(model.url).host])
    const permissions = { mcpCommands: [], codeExecution: false, egress }
    expect(await runWith(modelAt(model.url), { permissions })).toMatchObject({ type: 'result' })
  })
})

test('without authentication everything is reached, unless the operator says otherwise [EGRESS-1]', async () => {
  await using model = await openaiServer(says('4'))
  const open = await serveHere()
  onTestFinished(() => open.close())
  const asked = async (url: string) =>
    (await new RestClient(url).post('/validate/test', { component: modelAt(model.url) })).body.status
  expect(await asked(open.url)).toBe(true)
  const egress = new GuardedEgress(['public'])
  const closed = await serveHere({ permissions: { mcpCommands: [], codeExecution: false, egress } })
  onTestFinished(() => closed.close())
  expect(await asked(closed.url)).toBe(false)
})
