import { describe, expect, onTestFinished, test } from 'vitest'
import { serveCommand } from '../../src/cli/serve.ts'
import { filesOf, runCommandHere, temporaryFolder } from '../support/command.ts'
import { serveHere } from '../support/run-server.ts'
import { assistant, person, replayModel, roundRobin } from '../support/some-teams.ts'

const team = (answers: string[]) => roundRobin([assistant('a', replayModel(answers))], 2)

async function served(servedTeam?: ReturnType<typeof team>) {
  const server = await serveHere({ servedTeam })
  onTestFinished(() => server.close())
  const get = async (path: string) => {
    const answer = await fetch(server.url + path)
    // biome-ignore lint/suspicious/noExplicitAny: an answer is JSON, of which a test looks at a part
    return { status: answer.status, body: (await answer.json().catch(() => null)) as any }
  }
  return { get }
}

describe('GET /predict/{task}', () => {
  test('runs the served team on the task and gives the result in the shape of Studio', async () => {
    const { get } = await served(team(['hi']))
    const { status, body } = await get(`/predict/${encodeURIComponent('What is this / that?')}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      message: 'Task successfully completed',
      status: true,
      data: { task_result: { stop_reason: expect.any(String) }, usage: '', duration: expect.any(Number) }
    })
    const said = body.data.task_result.messages.map(({ source, content }: Record<string, string>) => [
      source,
      content
    ])
    expect(said).toEqual([
      ['user', 'What is this / that?'],
      ['a', 'hi']
    ])
    expect((await get('/predict/again')).body.data.task_result.messages[0].content).toBe('again')
  })
  test('tells what went wrong with status false, and each request is a run that is kept [REST-32]', async () => {
    const { get } = await served(team([]))
    const { status, body } = await get('/predict/x')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: false,
      data: null,
      message: expect.stringContaining('No more mock responses')
    })
    const { body: sessions } = await get('/api/sessions/?user_id=guestuser@gmail.com')
    expect(sessions.data.map(({ name }: { name: string }) => name)).toContain('predict: x')
  })
  test('is not there without a team', async () => {
    expect((await (await served()).get('/predict/x')).status).toBe(404)
  })
})

test('troupe serve --team says all that is wrong with the file, and does not start', async () => {
  const at = filesOf({
    'x.json': { type: 'TeamState', agent_states: {} },
    'y.json': roundRobin([person('1x'), { provider: 'nope', config: {} }], 2)
  })
  const data = ['--data-dir', temporaryFolder(), '--port', '0']
  const state = await runCommandHere(serveCommand, '--team', at('x.json'), ...data)
  expect(state).toMatchObject({ code: 1, errors: expect.stringMatching(/a saved state of a team/) })
  const broken = await runCommandHere(serveCommand, '--team', at('y.json'), ...data)
  expect(broken.errors).toMatch(
    /config\.participants\[0\]\.config\.name: .*config\.participants\[1\]\.provider: /s
  )
})
