import { afterAll, beforeAll, expect, test } from 'vitest'
import { alicesServer } from '../support/alices-server.ts'
import { tokens } from '../support/forged-tokens.ts'
import { RestClient } from '../support/rest-client.ts'
import { checkAnswer } from '../support/schemas.ts'
import { callsFor } from '../support/stranger-calls.ts'

let house: Awaited<ReturnType<typeof alicesServer>>
beforeAll(async () => {
  house = await alicesServer()
})
afterAll(() => house?.close())

test('every answer fits the schema of its route, and has no field that the schema does not name [REST-1]', async () => {
  // The client throws where an answer does not fit.
  const alice = new RestClient(house.url, tokens.alice)
  const all = await callsFor(house.url, house.ids, 'alice')
  // What ends or deletes something comes last.
  const late = ['/stop', 'DELETE /api/overview', 'DELETE']
  const rank = ({ line }: { line: string }) => 1 + late.findIndex((part) => line.includes(part))
  const calls = all.toSorted((a, b) => rank(a) - rank(b))
  const done: string[] = []
  for (const { line, path, body } of calls.filter(({ line }) => !line.endsWith('/inspect'))) {
    const { status } = await alice.call(line.split(' ')[0]!, path, body)
    expect([line, status < 500]).toEqual([line, true])
    if (status === 200) done.push(line)
  }
  const never = all
    .map(({ line }) => line)
    .filter((line) => !line.endsWith('/inspect') && !done.includes(line))
  // By then every run has ended.
  expect(new Set(never)).toEqual(new Set(['POST /api/runs/{run_id}/stop']))
})

test.each([
  ['lacks a field', { status: true, data: {} }],
  ['has one more field', { status: true, data: { version: '1', more: 1 } }],
  ['has no envelope', { version: '1' }]
])('an answer that %s is noticed by the client of the tests', (_, body) => {
  expect(() => checkAnswer('GET', '/version', 200, body)).toThrow('the answer of GET /version (200)')
})
