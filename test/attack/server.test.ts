import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Server, serve } from '../../src/server/app.ts'

let server: Server
interface Envelope {
  data: { id: number; run_id: number }
}
beforeAll(async () => {
  server = await serve({ host: '127.0.0.1', port: 0, database: 'sqlite::memory:', version: 'attacked' })
})
afterAll(() => server.close())

/** Seeded chance: the same attack each time. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const oddities = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 53,
  '',
  '\0',
  '\ud800',
  '__proto__',
  '../../etc/passwd',
  ' '.repeat(50_000),
  '/'.repeat(50_000),
  'a'.repeat(100_000),
  [],
  {},
  [[[[[[[[[[]]]]]]]]]],
  { $ref: '#' },
  { provider: 1, config: null },
  { provider: 'autogen_agentchat.teams.RoundRobinGroupChat', config: { participants: [{}] } }
]
const keys = [
  ...[
    'user_id',
    'session_id',
    'team_id',
    'component',
    'config',
    'options',
    'state',
    'task',
    'files',
    'team_config'
  ],
  ...[
    'type',
    'response',
    'request_id',
    'id',
    'name',
    'server_params',
    'timeout',
    'constructor',
    'turn',
    'reason'
  ]
]

function hostile(random: () => number): unknown {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  if (random() < 0.1) return pick(oddities)
  return Object.fromEntries(
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => [
      pick(keys),
      random() < 0.15 ? hostile(random) : pick(oddities)
    ])
  )
}

const routes = [
  ['POST', '/api/teams/'],
  ['POST', '/api/sessions/'],
  ['PUT', '/api/sessions/1'],
  ['POST', '/api/runs/'],
  ['POST', '/api/runs/1/start'],
  ['POST', '/api/runs/1/input'],
  ['POST', '/api/runs/1/stop'],
  ['POST', '/api/runs/1/fork'],
  ['PUT', '/api/settings/'],
  ['POST', '/api/gallery/'],
  ['POST', '/api/validate/'],
  ['POST', '/api/mcp/ws/connect'],
  ['GET', '/api/runs/9007199254740993'],
  ['GET', '/api/overview/runs?limit=-1&before=x'],
  ['GET', '/api/runs/1/events?after=-1'],
  ['GET', '/%2e%2e/%2e%2e/etc/passwd'],
  ['TRACE', '/api/health']
] as const

describe('a server that is attacked', () => {
  test('answers no hostile request with 5xx, and others are served all the while', {
    timeout: 60_000
  }, async () => {
    const random = chance(13)
    const failed: unknown[] = []
    let slowest = 0
    for (let at = 0; at < 600; at++) {
      const [method, path] = routes[at % routes.length]!
      const body = method === 'GET' || method === 'TRACE' ? undefined : JSON.stringify(hostile(random))
      const init = { method: method === 'TRACE' ? 'PATCH' : method, body }
      const answer = await fetch(`${server.url}${path}`, init)
      const text = await answer.text()
      if (answer.status >= 500) failed.push({ path, body: body?.slice(0, 200), status: answer.status, text })
      if (at % 20 > 0) continue
      const began = performance.now()
      expect((await fetch(`${server.url}/api/health`)).status).toBe(200)
      slowest = Math.max(slowest, performance.now() - began)
    }
    expect(failed).toEqual([])
    expect(slowest).toBeLessThan(3000)
  })

  test('answers hostile frames with errors that have a code, and its socket stays', {
    timeout: 60_000
  }, async () => {
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
      return ((await answer.json()) as Envelope).data
    }
    const { id: session_id } = await post('/api/sessions/', { user_id: 'a' })
    const { run_id } = await post('/api/runs/', { user_id: 'a', session_id })
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/ws/runs/${run_id}`)
    const frames: { type: string; code?: string }[] = []
    const pong = Promise.withResolvers<void>()
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data))
      if (frame.type === 'pong') pong.resolve()
      else frames.push(frame)
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const random = chance(14)
    const types = ['start', 'stop', 'pause', 'resume', 'input_response', 'nothing', '__proto__']
    for (let at = 0; at < 400; at++) {
      const frame = hostile(random)
      const isObject = typeof frame === 'object' && frame !== null && !Array.isArray(frame)
      // A start without a task begins nothing, so that the run is there for all of them.
      const type = { type: types[at % types.length], task: undefined }
      socket.send(
        JSON.stringify(isObject ? { ...frame, ...type } : frame).slice(0, at % 10 === 0 ? 40 : undefined)
      )
    }
    socket.send('{"type":"ping"}')
    await pong.promise
    await expect.poll(() => frames.length, { timeout: 20_000 }).toBeGreaterThan(300)
    const errors = frames.filter(({ type }) => type === 'error')
    expect(errors.filter(({ code }) => code === undefined || code === 'internal')).toEqual([])
    expect(socket.readyState).toBe(socket.OPEN)
    socket.terminate()
  })
})
