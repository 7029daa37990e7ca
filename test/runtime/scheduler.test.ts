import { expect, test } from 'vitest'
import { Scheduler } from '../../src/runtime/shared/scheduler.ts'

/** Works for longer than one turn of the event loop may. */
function work(): void {
  const until = performance.now() + 6
  while (performance.now() < until);
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

test('a step is taken at once while this turn of the event loop has not worked for long', () => {
  const scheduler = new Scheduler()
  const taken: string[] = []
  scheduler.schedule(() => taken.push('one'))
  expect(taken).toEqual(['one'])
})

test('a step that comes after much work waits for another turn of the event loop', async () => {
  const scheduler = new Scheduler()
  await nextTurn()
  const taken: string[] = []
  scheduler.schedule(work)
  scheduler.schedule(() => taken.push('late'))
  expect(taken).toEqual([])
  await expect.poll(() => taken).toEqual(['late'])
})

test('of the steps that wait, those of runs that begin come first, and let one of the others pass now and then', async () => {
  const scheduler = new Scheduler()
  await nextTurn()
  const taken: string[] = []
  scheduler.schedule(work)
  for (const name of ['o1', 'o2', 'o3']) scheduler.schedule(() => taken.push(name))
  const begin = Array.from({ length: 20 }, (_, i) => `f${i}`)
  for (const name of begin) scheduler.schedule(() => taken.push(name), true)
  await expect.poll(() => taken.length).toBe(23)
  expect(taken.filter((name) => name.startsWith('f'))).toEqual(begin)
  expect(taken.indexOf('o1')).toBeLessThan(8)
  expect(taken.indexOf('o3')).toBeGreaterThan(16)
})

test('all that follows at once from a step comes before the next step', async () => {
  const scheduler = new Scheduler()
  await nextTurn()
  const taken: string[] = []
  scheduler.schedule(work)
  const step = (name: string) => async () => {
    taken.push(`${name} begins`)
    for (let i = 0; i < 20; i++) await null
    taken.push(`${name} ends`)
  }
  scheduler.schedule(() => void step('a')())
  scheduler.schedule(() => void step('b')())
  await expect.poll(() => taken.length).toBe(4)
  expect(taken).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})
