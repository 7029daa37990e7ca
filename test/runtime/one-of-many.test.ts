import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Subscriber } from '../../src/runtime/subscriptions/subscriber.ts'
import { withDatabase } from '../support/database-here.ts'
import { LogBook } from '../support/log-book.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { patience, runtimeHere } from '../support/runtime-here.ts'
import { asker, talkers } from '../support/some-teams.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A runtime on a clock of the test, and what it has told the operator. */
async function here() {
  const clock = new ManualClock()
  const log = new LogBook()
  return { clock, book: log, ...(await runtimeHere({ clock, log })) }
}

describe('what goes wrong with one run does not end what is done for all', () => {
  test('runs are looked after each second although one of them throws', async () => {
    const { clock, begin, becomes, runtime, book } = await here()
    const options = { input: { timeout_s: 2, on_timeout: 'fail' as const, answer: '' } }
    const [bad, good] = [await begin(asker(), options), await begin(asker(), options)]
    await becomes(good.id, 'awaiting_input')
    await becomes(bad.id, 'awaiting_input')
    vi.spyOn(runtime.loaded.get(bad.id)!, 'checkDeadlines').mockImplementation(() => {
      throw new Error('This run is broken.')
    })
    const over = async () => {
      clock.pass(1000)
      return (await runtime.store.runs.get(good.id))!.status
    }
    await expect.poll(over, patience).toBe('error')
    expect(book.problems).toContainEqual(
      expect.objectContaining({ run_id: bad.id, text: 'a run could not be looked after' })
    )
  })

  test('a client that throws is let go, and the run and its other clients go on', async () => {
    const { begin, follow, runtime, store, book } = await here()
    const run = await begin(talkers(20, 2))
    const end: boolean[] = []
    const broken: Subscriber = {
      deliver() {
        throw new Error('This client is broken.')
      },
      untilRoom: async () => true,
      onRunEnded: (lost) => void end.push(lost)
    }
    await runtime.subscribe((await store.runs.get(run.id))!, null, broken)
    const { ear } = await follow(run.id)
    await run.ended
    expect(run.commitError).toBeNull()
    expect(ear.heard.at(-1)).toMatchObject({ type: 'result' })
    expect(end).toEqual([true])
    expect(book.problems).toMatchObject([{ run_id: run.id, text: 'a client of a run is let go' }])
  })

  test('a run that cannot be read when its last client has left is paused when it can', async () => {
    const { clock, begin, follow, becomes, runtime, store } = await here()
    const run = await begin(asker(), { on_disconnect: 'pause', disconnect_grace: 10 })
    const { leave } = await follow(run.id)
    await becomes(run.id, 'awaiting_input')
    const evicted = () => {
      clock.pass(1000)
      return runtime.loaded.has(run.id)
    }
    await expect.poll(evicted, patience).toBe(false)
    const reading = vi.spyOn(store.runs, 'saved').mockRejectedValueOnce(new Error('disk I/O error'))
    leave()
    clock.pass(10_000)
    await expect.poll(() => reading.mock.calls.length, patience).toBeGreaterThan(0)
    const paused = async () => {
      clock.pass(1000)
      return (await store.runs.get(run.id))!.status
    }
    await expect.poll(paused, patience).toBe('paused')
  })
})

test('a failing store is in the log once, and that it works again too', async () => {
  const log = new LogBook()
  const { own, begin, runtime } = await withDatabase({ log })
  const run = await begin(talkers(10, 5))
  own.pragma('query_only = on')
  await expect.poll(() => String(runtime.failure), patience).toMatch(/readonly/)
  own.pragma('query_only = off')
  await run.ended
  expect(log.problems).toMatchObject([
    { level: 'error', text: 'the store takes no commits' },
    { level: 'warn', text: 'the store takes commits again' }
  ])
})
