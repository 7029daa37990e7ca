import { UniqueConstraintViolationException } from '@mikro-orm/core'
import { describe, expect, test } from 'vitest'
import type { RunChange } from '../../src/runtime/store/store.ts'
import { change, entries, frames, type StoreContext, state } from './store-context.ts'
import { unfinished } from './unfinished.ts'

/** What every store promises about a commit that cannot be. */
export function storeRefusals(the: StoreContext): void {
  describe('a commit that cannot be', () => {
    const bad: Record<string, (run: number) => RunChange> = {
      'a frame that is there already': (run) => change(run, { frames: frames(1) }),
      'a journal entry that is there already': (run) => change(run, { journal: entries(1) }),
      'a frame of an unknown run': () => change(99, { frames: frames(1) }),
      'the row of an unknown run': () => change(99, { row: { status: 'active' } })
    }
    test.each(Object.keys(bad))('for %s writes nothing at all, and the next one goes well', async (what) => {
      const [run, other] = [await the.create(), await the.create()]
      await the.store.runs.commit([change(run, { frames: frames(1), journal: entries(1), state: state(1) })])
      const good = change(other, {
        frames: frames(1),
        journal: entries(1),
        state: state(1),
        row: { status: 'active' }
      })
      await expect(the.store.runs.commit([good, bad[what]!(run)])).rejects.toThrow()
      expect(await the.store.runs.frames(other)).toEqual([])
      expect(await the.store.runs.journal(other)).toEqual([])
      expect(await the.store.runs.get(other)).toMatchObject({ status: 'created' })
      expect(await unfinished(the.store)).toEqual([])
      await the.store.runs.commit([good])
      expect(await the.seqs(other)).toEqual([1])
    })
    test('for a repeated number says so', async () => {
      const run = await the.create()
      const twice = the.store.runs.commit([change(run, { frames: frames(1, 1) })])
      await expect(twice).rejects.toThrow(UniqueConstraintViolationException)
    })
  })
}
