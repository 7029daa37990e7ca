import { describe, expect, test } from 'vitest'
import type { ForeignRow } from '../../src/runtime/store/foreign-row.ts'
import { ann, bob, type StoreContext, team } from './store-context.ts'

const at = '2026-01-02T03:04:05.678901Z'
const foreign = { source: 'x', id: 1, user_id: ann, created_at: at, updated_at: at }

/** What every store promises about secrets, settings, galleries and rows of other databases. */
export function storeStudio(the: StoreContext): void {
  describe('secrets', () => {
    test('keep their id as long as value, user and place are the same', async () => {
      const { secrets } = the.store
      const secret = { user_id: ann, place: 'here', value: 'key\0' }
      const [id, again] = await Promise.all([secrets.put(secret), secrets.put(secret)])
      expect(again).toBe(id)
      expect(await secrets.get(id)).toEqual({ id, ...secret })
      for (const other of [{ user_id: bob }, { user_id: null }, { place: 'there' }, { value: 'other' }])
        expect(await secrets.put({ ...secret, ...other })).not.toBe(id)
      expect(await secrets.get('nope')).toBeUndefined()
    })
  })

  describe('settings and galleries', () => {
    test('keep any config; a user has one row of settings and many galleries', async () => {
      const config = { a: [1.0, null, { b: 'ü' }] }
      const row = await the.store.settings.insert({ user_id: ann, config })
      expect(await the.store.settings.list(ann)).toEqual([row])
      await expect(the.store.settings.insert({ user_id: ann, config })).rejects.toThrow()
      await the.store.settings.insert({ user_id: bob, config })
      await the.store.galleries.insert({ user_id: ann, config })
      await the.store.galleries.insert({ user_id: ann, config })
      expect(await the.store.galleries.list(ann)).toHaveLength(2)
    })
  })

  describe('a row of another database', () => {
    const take = (row: object) => the.store.imports.insert({ ...foreign, ...row } as ForeignRow)

    test('keeps its times, and its id where that is free', async () => {
      const id = await take({ kind: 'team', component: team, id: 70 })
      expect(id).toBe(70)
      expect(await the.store.teams.get(id)).toMatchObject({ user_id: ann, created_at: at, component: team })
      const second = await take({ kind: 'team', component: team, id: 70, source: 'y' })
      expect(second).toBeGreaterThan(70)
      expect(await the.store.imports.importedAs('team', 'x')).toBe(70)
      expect(await the.store.imports.importedAs('session', 'x')).toBeUndefined()
    })

    test('is taken once, and whole or not at all', async () => {
      const run = { kind: 'run', session_id: the.session, status: 'complete', task: {}, error_message: null }
      const named = { team: 'a team', title: 'a title' }
      const frame = { type: 'message', text: '{"type":"message"}', created_at: at }
      const id = await take({ ...run, ...named, frames: [frame, frame] })
      expect(await the.seqs(id)).toEqual([1, 2])
      const [first] = await the.store.runs.frames(id)
      expect(JSON.parse(first!.text)).toEqual({ type: 'message', run_id: id, seq: 1 })
      expect((await the.store.runs.state(id))?.seq).toBe(2)
      await expect(take({ ...run, ...named, frames: [frame] })).rejects.toThrow()
      await expect(
        take({ ...run, ...named, source: 'y', frames: [{ ...frame, type: null }] })
      ).rejects.toThrow()
      expect((await the.store.runs.ofSession(the.session)).map(({ id }) => id)).toEqual([id])
    })
  })
}
