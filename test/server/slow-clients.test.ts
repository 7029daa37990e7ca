import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SlowClients } from '../../src/server/ws/slow-clients.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const client = (buffered: number) => ({ buffered, cut: vi.fn() })

test('a client that takes nothing of what waits for it is cut off after 15 s [CONN-18]', () => {
  const [clients, mute, slow, reads] = [new SlowClients(), client(10), client(10), client(10)]
  for (const one of [mute, slow, reads]) clients.watch(one)
  vi.advanceTimersByTime(10_000)
  // More that waits is no sign of life, and neither is it a reason to wait again.
  mute.buffered = 20
  clients.watch(mute)
  slow.buffered = 9
  clients.took(slow)
  reads.buffered = 0
  clients.took(reads)
  expect(mute.cut).not.toHaveBeenCalled()
  vi.advanceTimersByTime(6000)
  expect([mute, slow, reads].map(({ cut }) => cut.mock.calls.length)).toEqual([1, 0, 0])
  vi.advanceTimersByTime(10_000)
  expect([mute, slow, reads].map(({ cut }) => cut.mock.calls.length)).toEqual([1, 1, 0])
})

test('no timer is left when nothing waits for a client', () => {
  const [clients, one] = [new SlowClients(), client(10)]
  clients.watch(one)
  expect(vi.getTimerCount()).toBe(1)
  clients.forget(one)
  expect(vi.getTimerCount()).toBe(0)
})
