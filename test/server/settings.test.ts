import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { openaiServer, says } from '../support/openai-server.ts'
import { RestClient, SocketClient } from '../support/rest-client.ts'
import { serveHere } from '../support/run-server.ts'
import { assistant, roundRobin } from '../support/some-teams.ts'

let server: Server
let rest: RestClient
beforeAll(async () => {
  server = await serveHere()
  rest = new RestClient(server.url)
})
afterAll(() => server.close())

const environment = (value: string, type = 'string') => ({
  environment: [{ name: 'OPENAI_API_KEY', value, type, description: null, required: false }],
  default_model_client: null,
  ui: {}
})

/** A team whose model has no key of its own. */
const keyless = (base_url: string) =>
  roundRobin(
    [
      assistant('writer', {
        provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
        config: { model: 'gpt-4o', base_url }
      })
    ],
    2
  )

async function runOf(user: string, team_config: unknown): Promise<SocketClient> {
  const { run } = await rest.newRun(user)
  const client = new SocketClient(`${server.url}/api/ws/runs/${run}`)
  await client.next('system')
  client.send({ type: 'start', task: 'Go.', team_config })
  await client.end
  return client
}

describe('settings', () => {
  test.each(['string', 'secret'])(
    'environment variables of the settings reach the own runs only, as %s [REST-25]',
    async (type) => {
      await using model = await openaiServer(says('Hello.'))
      await rest.put('/settings/', { user_id: `ann ${type}`, config: environment('key of ann', type) })
      await runOf(`ann ${type}`, keyless(model.url))
      expect(model.asked[0]!.headers.authorization).toBe('Bearer key of ann')
      const other = await runOf('bob', keyless(model.url))
      expect(model.asked).toHaveLength(1)
      expect(other.frames.at(-1)).toMatchObject({ type: 'completion', status: 'error' })
      expect(process.env.OPENAI_API_KEY).toBeUndefined()
    }
  )

  test('settings of the type secret are not shown again, and may be sent back as they were shown [SECRET-1]', async () => {
    const config = environment('hidden from all', 'secret')
    await rest.put('/settings/', { user_id: 'carl', config })
    const { body } = await rest.get('/settings/?user_id=carl')
    expect(JSON.stringify(body)).not.toContain('hidden')
    const [variable] = body.data.config.environment
    expect(variable.value).toMatch(/^secret:/)
    await rest.put('/settings/', body.data)
    await using model = await openaiServer(says('Hello.'))
    await runOf('carl', keyless(model.url))
    expect(model.asked[0]!.headers.authorization).toBe('Bearer hidden from all')
    await rest.put('/settings/', { user_id: 'dora', config: body.data.config })
    expect((await rest.get('/settings/?user_id=dora')).body.data.config.environment[0].value).toBe('')
  })

  test('settings are made once, however many ask at the same time [REST-25]', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => rest.get('/settings/?user_id=eve')))
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1)
    const galleries = await Promise.all(Array.from({ length: 8 }, () => rest.get('/gallery/?user_id=eve')))
    expect(new Set(galleries.map(({ body }) => body.data[0].id)).size).toBe(1)
  })
})
