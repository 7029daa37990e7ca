import { describe, expect, onTestFinished, test } from 'vitest'
import { RunClient } from '../support/run-client.ts'
import { newRun, newSession, rest, serveHere } from '../support/run-server.ts'
import { assistant, person, replayModel, roundRobin } from '../support/some-teams.ts'

// Each test holds what was wrong in a public bug report; the number in its title is that of microsoft/autogen.

const user_id = 'guestuser@gmail.com'
async function served() {
  const server = await serveHere()
  onTestFinished(() => server.close())
  return server.url
}
const team = (...answers: string[]) => roundRobin([assistant('a', replayModel(answers))], 2)
const isEnd = ({ type }: { type?: string }) => type === 'result' || type === 'completion'

describe("Studio's page", () => {
  test('may connect with token=null while authentication is off (6874)', async () => {
    const url = await served()
    const client = await RunClient.connect(url, await newRun(url), '?token=null')
    client.start(team('hi'))
    expect((await client.next('result')).data.task_result.messages.at(-1).content).toBe('hi')
  })

  test('may run several tasks in one session, each with messages of its own (3527)', async () => {
    const url = await served()
    const session = await newSession(url)
    const answers = []
    for (const answer of ['one', 'two', 'three']) {
      const client = await RunClient.connect(url, await newRun(url, session))
      client.start(team(answer), `task ${answer}`)
      answers.push(
        (await client.next('result')).data.task_result.messages.map(
          ({ content }: { content: string }) => content
        )
      )
      await client.next(isEnd).catch(() => {})
    }
    expect(answers).toEqual([
      ['task one', 'one'],
      ['task two', 'two'],
      ['task three', 'three']
    ])
    const { data } = await rest(url, `/sessions/${session}/runs?user_id=${user_id}`)
    expect(data.runs.map(({ messages }: { messages: object[] }) => messages.length)).toEqual([2, 2, 2])
  })

  test('lets agents remember what was said in the session where the run is told to go on (6466)', async () => {
    const url = await served()
    const session = await newSession(url)
    const first = await RunClient.connect(url, await newRun(url, session))
    first.start(team('I am Ada.', 'unused'), 'Who are you?')
    await first.next('result')
    await first.end()
    const second = await RunClient.connect(url, await newRun(url, session))
    second.send({
      type: 'start',
      task: 'And now?',
      team_config: team('Still Ada.'),
      options: { continue: true }
    })
    await second.next('result')
    const run = Number(second.ws.url.split('/').at(-1))
    const state = await rest(url, `/runs/${run}/state`)
    expect(JSON.stringify(state.data)).toContain('I am Ada.')
  })

  test('may leave while a person is asked, and find the question again (3445)', async () => {
    const url = await served()
    const run = await newRun(url)
    const before = await RunClient.connect(url, run)
    before.start(roundRobin([person('user_proxy'), assistant('a', replayModel(['bye']))], 3))
    await before.next('input_request')
    before.ws.close()
    const after = await RunClient.connect(url, run)
    await after.next('input_request')
    after.send({ type: 'input_response', response: 'yes' })
    expect(
      (await after.next('result')).data.task_result.messages.map(
        ({ content }: { content: string }) => content
      )
    ).toContain('yes')
  })

  test('of 2024 may send a team in the form of then (5319)', async () => {
    const url = await served()
    const client = await RunClient.connect(url, await newRun(url))
    const model_client = {
      component_type: 'model',
      model: 'gpt-4o',
      model_type: 'OpenAIChatCompletionClient',
      api_key: 'k',
      base_url: 'http://127.0.0.1:1/v1'
    }
    const a = {
      component_type: 'agent',
      name: 'a',
      agent_type: 'AssistantAgent',
      system_message: 'S',
      model_client
    }
    client.start({
      ...{
        version: '1.0.0',
        component_type: 'team',
        name: 't',
        team_type: 'RoundRobinGroupChat',
        participants: [a]
      },
      termination_condition: {
        component_type: 'termination',
        termination_type: 'MaxMessageTermination',
        max_messages: 2
      }
    })
    // It loads and asks its model, which is not there.
    const end = await client.next(({ type }) => type === 'completion')
    expect(JSON.stringify(end)).toMatch(/gpt-4o|127\.0\.0\.1:1/)
  })
})
