import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { steer } from '../support/asking.ts'
import { careful } from '../support/careful-team.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, readRun, serveHere } from '../support/run-server.ts'
import { person, roundRobin } from '../support/some-teams.ts'

let server: Server
beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server.close())

const begin = async (config: object) => {
  const run = await newRun(server.url)
  const client = await RunClient.connect(server.url, run)
  client.start(config)
  return { run, client, request: await client.next('input_request') }
}

test('a call is approved over the socket, by `approved` or by a word [INPUT-16]', async () => {
  for (const answer of [{ approved: true }, { response: 'yes' }]) {
    const { client, request } = await begin(careful())
    expect(request).toMatchObject({
      kind: 'approval',
      call: { name: 'helper', arguments: '{"task":"Help."}' }
    })
    client.send({ type: 'input_response', request_id: request.request_id, ...answer })
    const { data } = await client.next('result')
    expect(data.task_result.messages.at(-1).content).toBe('helper: Helped.')
  }
})

test('a call is rejected by REST, and the model is told the reason; the same again is no error [INPUT-16]', async () => {
  const { run, client, request } = await begin(careful())
  const answer = { request_id: request.request_id, approved: false, reason: 'Not today.' }
  expect(await steer(server.url, run, 'input', answer)).toHaveProperty('seq')
  const { data } = await client.next('result')
  expect(data.task_result.messages.at(-1).content).toContain('Not today.')
  expect((await readRun(server.url, run)).status).toBe('complete')
})

test('an answer that does not fit the question is refused, and the question stays [INPUT-18]', async () => {
  const { run, client } = await begin(roundRobin([person('boss')], 2))
  client.send({ type: 'input_response', approved: true })
  expect(await client.next('error')).toMatchObject({ code: 'wrong_answer' })
  client.send({ type: 'input_response' })
  expect(await client.next('error')).toMatchObject({ code: 'bad_frame' })
  expect(await steer(server.url, run, 'input', { approved: true })).toMatchObject({
    refused: 422,
    code: 'wrong_answer'
  })
  expect(await steer(server.url, run, 'input', {})).toMatchObject({ refused: 422 })
  client.send({ type: 'input_response', response: 'Yes.' })
  expect((await client.next('result')).data.task_result.messages.at(-1).content).toBe('Yes.')
})
