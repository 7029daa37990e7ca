import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { RestClient } from './support/rest-client.ts'
import { RunClient } from './support/run-client.ts'
import { serveHere, temporary } from './support/run-server.ts'

/** The runs in the database, by their status when the server of release 0.1.0 was killed. */
const runs = { complete: 1, awaiting_input: 2, paused: 3, error: 4, stopped: 5, created: 6, active: 7 }
const dump = new URL('./fixtures/releases/0.1.0.sql', import.meta.url)
const user = 'guestuser@gmail.com'

/** A server of this version on the database of release 0.1.0. */
async function upgraded() {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const file = join(folder, 'troupe.db')
  const database = new Database(file)
  database.exec(readFileSync(dump, 'utf8'))
  database.close()
  const server = await serveHere({ database: `sqlite:${file}` })
  onTestFinished(() => server.close())
  return { url: server.url, rest: new RestClient(server.url) }
}

const patience = { timeout: 15_000, interval: 20 }

test('a database of release 0.1.0 opens, and shows its runs as they were [UPGRADE-1]', async () => {
  const { rest } = await upgraded()
  for (const status of ['complete', 'error', 'stopped', 'created'] as const)
    expect((await rest.get(`/runs/${runs[status]}`)).body.data.status).toBe(status)
  const { body } = await rest.get(`/runs/${runs.complete}/messages`)
  expect(body.data.map(({ config }: { config: { content: string } }) => config.content)).toEqual([
    'Write a line.',
    'A line.',
    'Too short.',
    'Another line.',
    'Good.'
  ])
  expect((await rest.get(`/runs/${runs.error}`)).body.data.error_message).toContain('No more mock responses')
})

test('runs of release 0.1.0 that were active, paused or awaiting input go on to their end [UPGRADE-1]', async () => {
  const { url, rest } = await upgraded()
  const statusOf = async (run: number) => (await rest.get(`/runs/${run}`)).body.data.status
  const client = await RunClient.connect(url, runs.awaiting_input)
  for (const response of ['Ann', 'Bye']) {
    await client.next('input_request')
    client.send({ type: 'input_response', response })
  }
  const { data } = await client.next('result')
  expect(data.task_result.messages.map(({ content }: { content: string }) => content)).toContain('Hello you.')
  await rest.post(`/runs/${runs.paused}/resume`, {})
  await expect.poll(() => statusOf(runs.paused), patience).toBe('complete')
  await expect.poll(() => statusOf(runs.active), patience).toBe('complete')
  const { body } = await rest.get(`/runs/${runs.active}/events?limit=100`)
  const seqs = body.data.map(({ seq }: { seq: number }) => seq)
  expect(seqs).toEqual(seqs.map((_: number, at: number) => at + 1))
})

test('a run that was made in release 0.1.0 can be started, and its teams keep their secrets [UPGRADE-1]', async () => {
  const { rest } = await upgraded()
  const { data: teams } = (await rest.get(`/teams/?user_id=${user}`)).body
  expect(teams).toHaveLength(2)
  expect(JSON.stringify(teams)).toMatch(/"api_key":"secret:[0-9a-f-]{36}"/)
  const writers = teams.find(
    ({ component }: { component: { label: string } }) => component.label === 'Writers'
  )
  const started = await rest.post(`/runs/${runs.created}/start`, { task: 'Go.', team_id: writers.id })
  expect(started).toMatchObject({ status: 200 })
  const status = async () => (await rest.get(`/runs/${runs.created}`)).body.data.status
  await expect.poll(status, patience).toBe('complete')
})
