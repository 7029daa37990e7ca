import { afterAll, beforeAll, expect, test } from 'vitest'
import { actorsAfter } from '../../src/runtime/inspection/events.ts'
import type { Server } from '../../src/server/app.ts'
import { addFrames, itemsAt } from '../../web/src/model/items.ts'
import { lastMemories, Timeline } from '../../web/src/model/timeline.ts'
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
    const all = Number.MAX_SAFE_INTEGER
    expect(
      shown.map(({ id, status, value, since, memory }) => ({
        ...{ id, status, value, since, memory: lastMemories(memory, all).messages }
      }))
    ).toEqual(
      told.map(({ id, status, value, since, memory }) => ({
        ...{ id, status, value, memory, since: Date.parse(since) }
      }))
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

test('of a memory the last messages are shown, however it grew, shrank or was made anew', () => {
  const grown = { from: 0, messages: [1, 2, 3], before: null }
  const more = { from: 3, messages: [4, 5], before: grown }
  expect(lastMemories(more, 3)).toEqual({ messages: [3, 4, 5], count: 5 })
  expect(lastMemories({ from: 0, messages: [9], before: more }, 3)).toEqual({ messages: [9], count: 1 })
  expect(lastMemories({ from: 1, messages: [7], before: more }, 9)).toEqual({ messages: [1, 7], count: 2 })
  expect(lastMemories({ from: 0, messages: [], before: more }, 3)).toEqual({ messages: [], count: 0 })
  expect(lastMemories(null, 3)).toEqual({ messages: [], count: 0 })
})
