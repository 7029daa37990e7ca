import { afterEach, expect, test, vi } from 'vitest'
import { actorsAfter, type InspectionEvent } from '../../src/runtime/inspection/events.ts'
import type { InspectionSource } from '../../src/runtime/inspection/inspected-run.ts'
import { Inspections } from '../../src/runtime/inspection/inspections.ts'
import { ShadowRun } from '../../src/runtime/inspection/shadow-run.ts'
import type { RunHistory } from '../../src/runtime/journal/run-log.ts'
import { systemClock } from '../../src/runtime/shared/clock.ts'
import type { RunRow } from '../../src/runtime/store/store.ts'
import { DisconnectPolicies } from '../../src/runtime/subscriptions/disconnect-policy.ts'
import { Subscriptions } from '../../src/runtime/subscriptions/subscriptions.ts'
import { anybody } from '../../src/server/http/http.ts'
import { sessionRoutes } from '../../src/server/rest/sessions.ts'
import { ask } from '../server/support.ts'

afterEach(() => vi.useRealTimers())

test('inspection of a run whose team cannot be loaded answers that it is stuck', async () => {
  const recording = { entries: [], startedAt: 0 }
  const history = { options: {}, task: [], recording, journal: 0 } as unknown as RunHistory
  const team_config = { provider: 'nobody.Knows', config: {} }
  const load = async () => {
    throw new Error('There is no such team.')
  }
  const shadow = new ShadowRun({ id: 1, history, team_config, load, onAdded: () => {} })
  await shadow.settled()
  expect(shadow.stuck).toBe(true)
  shadow.stop()
})

test('looking at a run arms one timer, however often it is looked at and whatever becomes of it', async () => {
  vi.useFakeTimers()
  let fails = false
  const get = async () => {
    if (fails) throw new Error('The store does not answer.')
    return undefined
  }
  const source = {
    runs: { get },
    load: async () => {},
    subscribe: async () => () => {}
  } as unknown as InspectionSource
  const inspections = new Inspections(source)
  for (let at = 0; at < 20; at++) await inspections.open(1)
  expect(vi.getTimerCount()).toBe(1)
  fails = true
  await expect(inspections.open(2)).rejects.toThrow('does not answer')
  expect(vi.getTimerCount()).toBe(2)
  vi.advanceTimersByTime(60_000)
  expect(vi.getTimerCount()).toBe(0)
  await expect(inspections.open(3)).rejects.toThrow('does not answer')
  inspections.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('where the actors are of a run of 50,000 turns is known in time that grows with its length', () => {
  const base = { rootId: '1', step: 1, sessionId: '1/team/a', createdAt: '0', _version: '5' }
  const events = [
    { ...base, id: '1', type: '@xstate.actor', name: 'a', parentId: '1/team', machine: 'participant' }
  ]
  for (let at = 0; at < 50_000; at++) {
    const remembers = { from: at, messages: [{ content: `${at}` }] }
    const snapshot = { status: 'active', value: at % 2 ? 'idle' : { turn: 'model' } }
    events.push({
      ...base,
      id: `${at + 2}`,
      type: '@xstate.snapshot',
      event: {},
      snapshot,
      transitions: [],
      remembers
    } as never)
  }
  const start = process.cpuUsage()
  const [actor] = actorsAfter(events as InspectionEvent[])
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(1500)
  expect([actor!.memory.length, actor!.value]).toEqual([50_000, 'idle'])
})

test('large frames are read few at a time when a client catches up', async () => {
  const all = Array.from({ length: 60 }, (_, at) => ({
    seq: at + 1,
    text: `{"seq":${at + 1},"x":"${'x'.repeat(2 ** 20)}"}`
  }))
  const limits: number[] = []
  const frames = async (_: number, { after = 0, limit = 0 }) => {
    limits.push(limit)
    return all.filter(({ seq }) => seq > after).slice(0, limit)
  }
  const log = { get: async () => undefined, frames } as never
  const target = { onFollowed: () => {}, applyDisconnectPolicy: () => {} }
  const policies = new DisconnectPolicies(systemClock, { policy: 'continue', grace: 0 }, target)
  const subscriptions = new Subscriptions({ log, policies, loaded: new Map() })
  const seen: (number | null)[] = []
  const deliver = (page: readonly { seq: number | null }[]) => void seen.push(...page.map(({ seq }) => seq))
  const run = { id: 1, status: 'complete' } as RunRow
  await subscriptions.subscribe(run, 0, { deliver, untilRoom: async () => true, onRunEnded: () => {} })
  expect(seen).toEqual(all.map(({ seq }) => seq))
  expect(limits[0]).toBeLessThanOrEqual(16)
  expect(Math.max(...limits.slice(1))).toBeLessThanOrEqual(8)
})

test('the runs of a session with many of them are read while others get their turn', async () => {
  const rows = Array.from({ length: 400 }, (_, at) => ({
    id: at + 1,
    session_id: 1,
    status: 'complete',
    user_id: 'a'
  }))
  const store = {
    sessions: { get: async () => ({ id: 1 }) },
    runs: { ofSession: async () => rows, frames: async () => [] },
    teams: {}
  }
  const routes = sessionRoutes({ store, runtime: {} } as never)
  const route = routes.find(({ path, method }) => method === 'GET' && path.endsWith('/runs'))!
  let beats = 0
  let over = false
  const beat = () => {
    beats++
    if (!over) setImmediate(beat)
  }
  setImmediate(beat)
  const { body } = await route.answer(ask('GET', '/api/sessions/1/runs?user_id=a', { user: anybody }), {
    session_id: '1'
  })
  over = true
  const { status, data } = body as { status: boolean; data: { runs: { id: string }[] } }
  expect([status, data.runs.length, data.runs[0]!.id]).toEqual([true, 400, '1'])
  expect(beats).toBeGreaterThan(20)
})
