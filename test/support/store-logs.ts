import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/runtime/store/store.ts'
import { bob, change, entries, frames, iso, type StoreContext, state, texts } from './store-context.ts'

/** What every store promises about the frames and journals of runs. */
export function storeLogs(the: StoreContext): void {
  describe('logs', () => {
    test('give frames in order, above a number, of one type, so many', async () => {
      const [run, other] = [await the.create(), await the.create()]
      await the.store.runs.commit([
        change(run, { frames: frames(1, 2, 3) }),
        change(other, { frames: frames(1) })
      ])
      await the.store.runs.commit([change(run, { frames: frames(4, 5) })])
      expect(await the.seqs(run)).toEqual([1, 2, 3, 4, 5])
      const found = async (options: Parameters<Store['runs']['frames']>[1]) =>
        (await the.store.runs.frames(run, options)).map(({ seq }) => seq)
      expect(await found({ after: 3 })).toEqual([4, 5])
      expect(await found({ after: 5 })).toEqual([])
      expect(await found({ limit: 2 })).toEqual([1, 2])
      expect(await found({ type: 'message' })).toEqual([1, 3, 5])
      expect(await found({ type: 'message', after: 1, limit: 1 })).toEqual([3])
      expect(await found({ limit: 0 })).toEqual([])
      expect(await the.store.runs.frames(99)).toEqual([])
    })
    test('number frames over all runs as they come, and say when', async () => {
      const [one, two] = [await the.create(), await the.create()]
      await the.store.runs.commit([change(two, { frames: frames(1) }), change(one, { frames: frames(1, 2) })])
      const found = [...(await the.store.runs.frames(two)), ...(await the.store.runs.frames(one))]
      expect(found.map(({ id }) => id)).toEqual(found.map(({ id }) => id).sort((a, b) => a - b))
      expect(found[0]).toEqual({
        id: expect.any(Number),
        seq: 1,
        type: 'message',
        text: '1',
        created_at: expect.stringMatching(iso)
      })
    })
    test('give journal entries in order, above a number', async () => {
      const run = await the.create()
      await the.store.runs.commit([
        change(run, { journal: entries(1, 2) }),
        change(run, { journal: entries(3) })
      ])
      expect(await the.store.runs.journal(run)).toEqual(entries(1, 2, 3))
      expect(await the.store.runs.journal(run, 2)).toEqual(entries(3))
    })
    test('keep the newest state only', async () => {
      const run = await the.create()
      expect(await the.store.runs.state(run)).toBeUndefined()
      await the.store.runs.commit([change(run, { state: state(1) }), change(run, { state: state(2) })])
      expect(await the.store.runs.state(run)).toEqual(state(2))
      await the.store.runs.commit([change(run, { state: state(3) })])
      await the.store.runs.commit([change(run, { frames: frames(1) })])
      expect(await the.store.runs.state(run)).toEqual(state(3))
    })
    test.each(texts)('keep any text: %s', async (_what, text) => {
      const run = await the.create()
      await the.store.runs.commit([
        change(run, { frames: [{ seq: 1, type: text, text }], journal: [{ n: 1, kind: text, body: text }] })
      ])
      expect(await the.store.runs.frames(run, { type: text })).toMatchObject([{ type: text, text }])
      expect(await the.store.runs.journal(run)).toEqual([{ n: 1, kind: text, body: text }])
    })
    test('take half a surrogate pair, which becomes U+FFFD', async () => {
      const run = await the.create()
      await the.store.runs.commit([
        change(run, { frames: [{ seq: 1, type: 'message', text: '\ud800 and \udc00' }] })
      ])
      expect((await the.store.runs.frames(run))[0]?.text).toBe('\ufffd and \ufffd')
    })
    test('take a commit of nothing', async () => {
      await the.store.runs.commit([])
      await the.store.runs.commit([change(await the.create())])
    })
    test('take commits and everyday writes at once', async () => {
      const runs = [await the.create(), await the.create(), await the.create()]
      const commits = Array.from({ length: 20 }, (_, i) =>
        the.store.runs.commit(runs.map((run) => change(run, { frames: frames(i + 1) })))
      )
      const inserts = Array.from({ length: 20 }, (_, i) =>
        the.store.sessions.insert({ name: `${i}`, team_id: null, user_id: bob })
      )
      await Promise.all([...commits, ...inserts])
      for (const run of runs) expect(await the.seqs(run)).toHaveLength(20)
      expect(await the.store.sessions.list(bob)).toHaveLength(20)
    })
  })
}
