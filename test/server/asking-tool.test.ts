import { expect, test } from 'vitest'
import { type Frame, RunClient } from '../support/run-client.ts'
import { freePort, newRun, readRun, rest, serveThere, temporary } from '../support/run-server.ts'
import { assistant, person, replayModel, roundRobin } from '../support/some-teams.ts'

const wanted = {
  finish_reason: 'function_calls',
  content: [{ id: '1', name: 'group', arguments: '{"task": "Ask."}' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
  cached: false
}

/** A team whose agent has a tool that is a team, in which a person is asked. */
function team() {
  const model_info = { vision: false, function_calling: true, json_output: false, family: 'unknown' }
  const lead = assistant('lead', replayModel([wanted as never], { model_info } as never))
  const group = { name: 'group', description: 'A group.', team: roundRobin([person('boss')], 2) }
  const tools = [{ provider: 'autogen_agentchat.tools.TeamTool', config: group }]
  return roundRobin([{ ...lead, config: { ...lead.config, tools } }], 2)
}

test('the answer of a question that a tool has asked is taken after a restart, under its old name', async () => {
  const { folder, remove } = await temporary()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child = await serveThere(folder, port)
  const run = await newRun(url)
  const first = await RunClient.connect(url, run)
  first.start(team())
  const { request_id } = await first.next('input_request')
  await expect.poll(async () => (await readRun(url, run)).status, { timeout: 10_000 }).toBe('awaiting_input')
  await child.end('SIGKILL')
  child = await serveThere(folder, port)
  const { data } = await rest(url, `/runs/${run}/input`, { response: 'Yes.', request_id })
  expect(data.status).toBeTypeOf('string')
  await expect.poll(async () => (await readRun(url, run)).status, { timeout: 10_000 }).toBe('complete')
  const frames: Frame[] = (await rest(url, `/runs/${run}/events`)).data
  expect(frames.filter(({ type }) => type === 'input_request')).toHaveLength(1)
  expect(frames.flatMap(({ type, status }) => (type === 'status' ? status : []))).toEqual([
    'active',
    'awaiting_input',
    'active',
    'complete'
  ])
  await child.end('SIGKILL')
  await remove()
})

test('a person that a tool asks answers, after a restart of the server too', async () => {
  const { folder, remove } = await temporary()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child = await serveThere(folder, port)
  const run = await newRun(url)
  const first = await RunClient.connect(url, run)
  first.start(team())
  expect(await first.next('input_request')).toMatchObject({ source: 'boss' })
  await child.end('SIGKILL')
  child = await serveThere(folder, port)
  const second = await RunClient.connect(url, run)
  const { request_id } = await second.next('input_request')
  await expect.poll(async () => (await readRun(url, run)).status, { timeout: 10_000 }).toBe('awaiting_input')
  second.send({ type: 'input_response', response: 'Yes.', request_id })
  const { data } = await second.next('result')
  expect(data.task_result.messages.at(-1).content).toBe('boss: Yes.')
  expect((await readRun(url, run)).status).toBe('complete')
  await child.end('SIGKILL')
  await remove()
})
