import { afterAll, beforeAll, expect, test } from 'vitest'
import { actorsAfter } from '../../src/runtime/inspect-event.ts'
import type { Server } from '../../src/server/main.ts'
import { addFrames, itemsAt } from '../../web/src/model/items.ts'
import { Timeline } from '../../web/src/model/timeline.ts'
import { readInspection } from '../support/event-stream.ts'
import { serveHere } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'
import { startRun } from './lively.ts'

let server: Server
beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server.close())

test('a timeline shows at every moment what the inspection stream had told by then', async () => {
  const { run, client } = await startRun(server.url, talkers(20))
  await client.next('result')
  const { events } = await readInspection(server.url, run)
  const timeline = new Timeline()
  for (let at = 0; at < events.length; at += 7) timeline.add(events.slice(at, at + 7))
  for (let position = 0; position <= events.length; position++) {
    const shown = [...timeline.at(position).actors.values()]
    const told = actorsAfter(events.slice(0, position))
    expect(shown.map(({ id, status, value, since }) => ({ id, status, value, since }))).toEqual(
      told.map(({ id, status, value, since }) => ({ id, status, value, since: Date.parse(since) }))
    )
  }
})

test('a transcript at a moment holds what was said by then', async () => {
  const { run, client } = await startRun(server.url, talkers(5))
  await client.next('result')
  const { events } = await readInspection(server.url, run)
  const timeline = new Timeline()
  timeline.add(events)
  const items = addFrames([], client.frames as never[])
  const said = (position: number) =>
    itemsAt(items, timeline.saidAt, position).filter(({ kind }) => kind === 'said').length
  expect(said(0)).toBe(0)
  expect(said(events.length)).toBe(6)
  const counts = timeline.moments.map(said)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6].filter((count) => counts.includes(count))))
})
