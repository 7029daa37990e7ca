import { expect, test, vi } from 'vitest'
import type { Runtime } from '../../src/runtime/host/runtime.ts'
import { silentLogger } from '../../src/runtime/shared/logger.ts'
import { Metrics } from '../../src/runtime/shared/metrics/metrics.ts'
import type { RunRow } from '../../src/runtime/store/store.ts'
import { RunConnection } from '../../src/server/run-api/run-connection.ts'
import { StartableTeams } from '../../src/server/run-api/teams/startable-teams.ts'

test('a client that sends more than can be done meanwhile is told so and closed with 4429, and what it sent is not kept [LIMIT-10]', async () => {
  const sent: string[] = []
  const close = vi.fn()
  const socket = {
    buffered: 0,
    send: (text: string) => {
      sent.push(text)
      return 'sent' as const
    },
    cork: (fn: () => void) => fn(),
    close
  }
  // A store that does not answer.
  const runtime = {
    metrics: new Metrics(),
    logger: silentLogger,
    scheduler: { turn: () => new Promise<void>(() => {}) },
    info: async () => ({ id: 1 }),
    subscribe: async () => () => {}
  } as unknown as Runtime
  const visit = { run: { id: 1 } as RunRow, after: null, whole: false }
  const connection = new RunConnection(socket, { runtime, teams: new StartableTeams(runtime) }, visit)
  await connection.greet(visit)
  const long = JSON.stringify({ type: 'stop', reason: 'x'.repeat(2 ** 20) })
  for (let at = 0; at < 63; at++) connection.onMessage(long)
  expect(close).not.toHaveBeenCalled()
  for (let at = 0; at < 2; at++) connection.onMessage(long)
  expect(close).toHaveBeenCalledWith(4429, expect.any(String))
  expect(JSON.parse(sent.at(-1)!)).toMatchObject({ type: 'error', code: 'too_much_at_once' })
})
