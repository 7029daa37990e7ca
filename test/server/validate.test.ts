import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { hangs, openaiServer } from '../support/openai-server.ts'
import { RestClient } from '../support/rest-client.ts'
import { serveHere } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin } from '../support/some-teams.ts'

let server: Server
let rest: RestClient
beforeAll(async () => {
  server = await serveHere()
  rest = new RestClient(server.url)
})
afterAll(() => server.close())

const typed = (component_type: string, component: object) => ({ component_type, version: 1, ...component })
const check = async (component: unknown) => (await rest.post('/validate/', { component })).body
const tryOut = async (body: object) => (await rest.post('/validate/test', body)).body

describe('validating', () => {
  test('validation names the place and the reason of each thing that is wrong [REST-27]', async () => {
    const team = roundRobin([{ ...assistant('w', replayModel([])), config: { name: 7 } }], 2)
    const { is_valid, errors } = await check(typed('team', team))
    expect(is_valid).toBe(false)
    expect(errors.length).toBeGreaterThan(1)
    for (const row of errors) {
      expect(row).toMatchObject({
        field: 'config',
        error: expect.stringMatching(/^config\.participants\[0\]/)
      })
    }
  })

  test('validation tells all kinds of mistakes at once: what is missing outside hides nothing of what is wrong inside [REST-27]', async () => {
    const broken = { ...assistant('w', replayModel([])), config: { name: 7 } }
    const { errors } = await check(roundRobin([broken, { provider: 'nope', config: {} }], 2))
    const told = errors.map(({ field, error }: { field: string; error: string }) => `${field}: ${error}`)
    expect(told).toEqual([
      expect.stringMatching(/^component_type: /),
      expect.stringMatching(/^config: config\.participants\[0\]\.config\.name/),
      expect.stringMatching(/^config: config\.participants\[0\]\.config\.model_client/),
      expect.stringMatching(/^config: config\.participants\[1\]\.provider/)
    ])
  })

  test('validation warns of fields that have no effect, and of the one that may be meant [REST-27]', async () => {
    const writer = assistant('w', replayModel([]))
    const misspelt = { ...writer, config: { ...writer.config, sytem_message: 'S' } }
    const { is_valid, warnings } = await check(typed('team', roundRobin([misspelt], 2)))
    expect(is_valid).toBe(true)
    expect(warnings).toEqual([
      expect.objectContaining({
        field: 'config',
        error: expect.stringMatching(/^config\.participants\[0\]\.config: "sytem_message".*"system_message"/)
      })
    ])
  })

  test('validation tells what may not be started here [REST-27]', async () => {
    const server_params = { type: 'StdioServerParams', command: 'sh', args: ['-c', 'true'] }
    const workbench = { provider: 'autogen_ext.tools.mcp.McpWorkbench', config: { server_params } }
    const { errors } = await check(typed('workbench', workbench))
    expect(errors[0]).toMatchObject({ error: expect.stringContaining('--allow-mcp-command') })
  })

  test('names both fields that an empty component has not, in a 422', async () => {
    const answer = await rest.post('/validate/', { component: {} })
    expect(answer.status).toBe(422)
    expect(answer.body.detail.map(({ loc }: { loc: string[] }) => loc)).toEqual([
      ['body', 'component', 'provider'],
      ['body', 'component', 'config']
    ])
  })

  test('does not take a component for one of another type', async () => {
    const { is_valid, errors } = await check({ ...replayModel(['x']), component_type: 'team' })
    expect(is_valid).toBe(false)
    expect(errors[0]).toMatchObject({ field: 'component_type', error: expect.stringContaining('is a model') })
    expect(await tryOut({ component: { ...replayModel(['x']), component_type: 'team' } })).toMatchObject({
      status: false
    })
  })

  test('takes a team of Studio before 0.4.1', async () => {
    const team = {
      team_type: 'RoundRobinGroupChat',
      name: 't',
      participants: [{ agent_type: 'UserProxyAgent', name: 'u' }]
    }
    expect(await check(team)).toMatchObject({ is_valid: true })
  })

  test('validation needs a provider and a type', async () => {
    const { errors } = await check({ config: {} })
    expect(errors.map(({ field }: { field: string }) => field)).toEqual(['provider', 'component_type'])
  })
})

describe('testing', () => {
  test('a trial asks a model, an agent and a team [REST-28]', async () => {
    const model = replayModel(['four'])
    for (const component of [
      typed('model', model),
      typed('agent', assistant('writer', model)),
      typed('team', roundRobin([assistant('writer', model)], 2))
    ]) {
      const result = await tryOut({ component })
      expect(result).toMatchObject({ status: true, data: { response: 'four' } })
      expect(result.logs.length).toBeGreaterThan(0)
    }
  })

  test('a trial tells why a component does not work, in words', async () => {
    const model = {
      provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
      config: { model: 'gpt-4o' }
    }
    expect(await tryOut({ component: typed('model', model) })).toMatchObject({
      status: false,
      message: expect.stringContaining('API key'),
      data: null
    })
    expect(await tryOut({ component: { provider: 'nope', config: {} } })).toMatchObject({ status: false })
  })

  test('a trial gives up in time [REST-28]', async () => {
    await using service = await openaiServer(hangs)
    const config = { model: 'gpt-4o', base_url: service.url, api_key: 'x' }
    const component = typed('model', {
      provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
      config
    })
    const result = await tryOut({ component, timeout: 0.2 })
    expect(result).toMatchObject({ status: false, message: expect.stringContaining('0.2 s') })
  })
})
