import { describe, expect, test } from 'vitest'
import type { Fork } from '../../src/runtime/store/store.ts'
import { ann, change, entries, type StoreContext, state } from './store-context.ts'

/** Frames as runs say them. */
const told = (run: number, ...seqs: number[]) =>
  seqs.map((seq) => {
    const frame = {
      type: 'message',
      data: { content: `"run_id":${run},"seq":${seq}} é 😀` },
      run_id: run,
      seq
    }
    return { seq, type: 'message', text: JSON.stringify(frame) }
  })
const nothing: Fork['more'] = () => ({ frames: [], journal: [] })

/** What every store promises about runs that share the beginning of another one's log. */
export function storeCopies(the: StoreContext): void {
  async function original(): Promise<number> {
    const run = await the.create()
    const row = { team_config: { provider: 'team', config: {} }, options: { seed: 'x' }, task: { go: 1 } }
    await the.store.runs.commit([
      change(run, {
        frames: told(run, 1, 2, 3, 4, 5),
        journal: entries(1, 2, 3),
        state: { ...state(5), journal: 3, wake_at: '2030-01-01T00:00:00.000Z' },
        row: { ...row, status: 'error', error_message: 'bad', team: 'team', title: 'go', waits_for: 'ann' }
      })
    ])
    return run
  }

  describe('a copy of a run', () => {
    test('has its row and the beginning of its log, under its own id', async () => {
      const run = await original()
      const copy = await the.store.runs.copy({ of: run, seq: 3, n: 2, more: nothing })
      const { id: _, created_at: __, updated_at: ___, ...rest } = (await the.store.runs.get(run))!
      expect(await the.store.runs.saved(copy)).toMatchObject({
        ...{ ...rest, id: copy, status: 'active', error_message: null },
        ...{ team_config: { provider: 'team', config: {} }, options: { seed: 'x' } },
        state: { revision: 1, seq: 3, journal: 2, wake_at: null }
      })
      const frames = await the.store.runs.frames(copy)
      expect(frames.map(({ text }) => JSON.parse(text))).toEqual(
        told(run, 1, 2, 3).map(({ text }) => ({ ...JSON.parse(text), run_id: copy }))
      )
      expect(await the.store.runs.journal(copy)).toEqual(entries(1, 2))
    })
    test('goes on with what is its own', async () => {
      const run = await original()
      const more: Fork['more'] = (id) => ({ frames: told(id, 4), journal: entries(3, 4) })
      const copy = await the.store.runs.copy({ of: run, seq: 3, n: 2, more })
      expect(await the.seqs(copy)).toEqual([1, 2, 3, 4])
      expect(await the.store.runs.journal(copy)).toEqual(entries(1, 2, 3, 4))
      expect(await the.store.runs.state(copy)).toMatchObject({ seq: 4, journal: 4 })
      await the.store.runs.commit([change(copy, { frames: told(copy, 5), journal: entries(5) })])
      expect(await the.seqs(run)).toEqual([1, 2, 3, 4, 5])
    })
    test('leaves the run as it was, and may be copied itself', async () => {
      const run = await original()
      const before = [await the.store.runs.saved(run), await the.store.runs.frames(run)]
      const copy = await the.store.runs.copy({ of: run, seq: 4, n: 3, more: nothing })
      const second = await the.store.runs.copy({ of: copy, seq: 2, n: 1, more: nothing })
      expect(JSON.parse((await the.store.runs.frames(second))[1]!.text)).toMatchObject({
        run_id: second,
        seq: 2
      })
      expect([await the.store.runs.saved(run), await the.store.runs.frames(run)]).toEqual(before)
    })
    test('is made whole or not at all', async () => {
      const run = await original()
      const twice: Fork['more'] = () => ({ frames: [], journal: entries(2) })
      await expect(the.store.runs.copy({ of: run, seq: 3, n: 2, more: twice })).rejects.toThrow()
      await expect(the.store.runs.copy({ of: 99, seq: 1, n: 1, more: nothing })).rejects.toThrow()
      expect((await the.store.runs.ofSession(the.session)).map(({ id }) => id)).toEqual([run])
    })
  })

  describe('a list of runs', () => {
    const listed = async (query = {}) =>
      (await the.store.runs.overview({ limit: 10, ...query })).map(({ id }) => id)

    test('shows what there is to know at a glance, newest first', async () => {
      const ids = [await original(), await the.create()]
      const found = await the.store.runs.overview({ limit: 10 })
      expect(found.map(({ id }) => id)).toEqual(ids.toReversed())
      expect(found[1]).toEqual({
        ...{
          id: ids[0],
          session_id: the.session,
          status: 'error',
          team: 'team',
          task: 'go',
          waits_for: 'ann'
        },
        created_at: expect.any(String)
      })
      expect(found[0]).toMatchObject({ status: 'created', team: null, waits_for: null })
    })
    test('is of a user, of some statuses, before an id, so long', async () => {
      const [first, second] = [await original(), await the.create()]
      expect(await listed({ user: ann })).toEqual([second, first])
      expect(await listed({ user: 'nobody' })).toEqual([])
      expect(await listed({ status: ['error', 'active'] })).toEqual([first])
      expect(await listed({ before: second })).toEqual([first])
      expect(await listed({ limit: 1 })).toEqual([second])
      expect(await listed({ user: ann, status: ['created'], before: second })).toEqual([])
    })
    test('is searched in the names of teams and the beginnings of tasks, letter by letter', async () => {
      const run = await the.create()
      await the.store.runs.commit([change(run, { row: { team: 'Writers_100%', title: 'Write a \\ Poem' } })])
      for (const q of ['writers', 'POEM', '_100%', '\\']) expect(await listed({ q })).toEqual([run])
      for (const q of ['%x', 'W_iters', 'a\\\\']) expect(await listed({ q })).toEqual([])
      expect((await the.store.runs.overview({ limit: 1 }))[0]?.task).toBe('Write a \\ Poem')
    })
    test('is searched by id', async () => {
      const [run, other] = [await the.create(), await the.create()]
      expect(await listed({ q: `${run}` })).toEqual([run])
      expect(await listed({ q: `#${other} ` })).toEqual([other])
      expect(await listed({ q: `${other}0000` })).toEqual([])
    })
  })

  describe('a run that is deleted', () => {
    test('is gone with its log; its session stays, and so do other runs and its forks', async () => {
      const [run, other] = [await original(), await the.create()]
      const fork = await the.store.runs.copy({ of: run, seq: 1, n: 1, more: nothing })
      expect(await the.store.runs.delete(run)).toBe(true)
      expect(await the.store.runs.get(run)).toBeUndefined()
      expect([await the.store.runs.frames(run), await the.store.runs.journal(run)]).toEqual([[], []])
      expect((await the.store.runs.ofSession(the.session)).map(({ id }) => id)).toEqual([other, fork])
      expect(await the.seqs(fork)).toEqual([1])
      expect(await the.store.runs.delete(run)).toBe(false)
    })
  })

  describe('old runs', () => {
    const emptied = async (before: string, limit = 3) => {
      const counts: number[] = []
      for (;;) {
        const count = await the.store.runs.deleteOld(before, limit)
        if (count === 0) return counts
        counts.push(count)
      }
    }

    test('that have ended are deleted a few rows at a time, and all others stay', async () => {
      const [old, active] = [await original(), await the.create()]
      await the.store.runs.commit([change(active, { row: { status: 'active' }, frames: told(active, 1) })])
      expect(await emptied('2000-01-01T00:00:00.000Z')).toEqual([])
      const counts = await emptied('2100-01-01T00:00:00.000Z')
      expect(Math.max(...counts)).toBeLessThanOrEqual(3)
      expect(counts.length).toBeGreaterThan(3)
      expect(await the.store.runs.get(old)).toBeUndefined()
      expect([await the.store.runs.frames(old), await the.store.runs.journal(old)]).toEqual([[], []])
      expect(await the.seqs(active)).toEqual([1])
    })
    test('cannot be found any more from the first moment of their deletion', async () => {
      const run = await original()
      expect(await the.store.runs.deleteOld('2100-01-01T00:00:00.000Z', 1)).toBe(1)
      expect(await the.store.runs.get(run)).toBeUndefined()
      expect(await the.store.runs.saved(run)).toBeUndefined()
      expect(await the.store.runs.ofSession(the.session)).toEqual([])
      expect(await the.store.runs.overview({ limit: 10 })).toEqual([])
      await expect(the.store.runs.copy({ of: run, seq: 1, n: 1, more: nothing })).rejects.toThrow()
      await expect(the.store.runs.commit([change(run, { row: { status: 'active' } })])).rejects.toThrow()
      // Their logs end early, without a gap.
      await the.store.runs.deleteOld('2100-01-01T00:00:00.000Z', 2)
      expect(await the.seqs(run)).toEqual([1, 2, 3])
    })
  })
}
