import { describe, expect, test } from 'vitest'
import { ann, bob, iso, type StoreContext, team, texts } from './store-context.ts'

/** What every store promises about rows that belong to users. */
export function storeRows(the: StoreContext): void {
  describe('rows', () => {
    test('come back as they were put in, with times in UTC', async () => {
      const row = await the.store.teams.insert({ component: team, user_id: ann })
      expect(row).toEqual({
        id: row.id,
        component: team,
        user_id: ann,
        published: false,
        default: false,
        version: '0.0.1',
        created_at: expect.stringMatching(iso),
        updated_at: row.created_at
      })
      expect(await the.store.teams.get(row.id)).toEqual(row)
    })
    test('are listed newest first, those of the user only', async () => {
      const second = await the.store.sessions.insert({ name: 'second', team_id: 7, user_id: ann })
      await the.store.sessions.insert({ name: 'other', team_id: null, user_id: bob })
      await the.store.sessions.insert({ name: 'nobody', team_id: null, user_id: null })
      expect((await the.store.sessions.list(ann)).map(({ id }) => id)).toEqual([second.id, the.session])
      expect(await the.store.sessions.list('nobody')).toEqual([])
    })
    test('of somebody else are not found, unless anybody may ask', async () => {
      expect(await the.store.sessions.get(the.session, bob)).toBeUndefined()
      expect(await the.store.sessions.get(the.session, ann)).toMatchObject({ id: the.session })
      expect(await the.store.sessions.get(the.session)).toMatchObject({ id: the.session })
      expect(await the.store.sessions.get(the.session + 1)).toBeUndefined()
    })
    test('change where told, and nowhere else', async () => {
      const other = await the.store.sessions.insert({ name: 'other', team_id: 7, user_id: ann })
      const changed = await the.store.sessions.update(the.session, { name: 'new' })
      expect(changed).toMatchObject({ id: the.session, name: 'new', team_id: null, user_id: ann })
      expect(await the.store.sessions.get(the.session)).toEqual(changed)
      expect(await the.store.sessions.get(other.id)).toEqual(other)
      expect(await the.store.sessions.update(99, { name: 'new' })).toBeUndefined()
    })
    test('are deleted once, by whom they belong to', async () => {
      expect(await the.store.sessions.delete(the.session, bob)).toBe(false)
      expect(await the.store.sessions.delete(the.session, ann)).toBe(true)
      expect(await the.store.sessions.delete(the.session, ann)).toBe(false)
      expect(await the.store.sessions.get(the.session)).toBeUndefined()
    })
    test('never get an id that another row had', async () => {
      await the.store.sessions.delete(the.session)
      expect(
        (await the.store.sessions.insert({ name: 'next', team_id: null, user_id: ann })).id
      ).toBeGreaterThan(the.session)
    })
    test.each(texts)('keep any text: %s', async (_what, text) => {
      const row = await the.store.sessions.insert({ name: text, team_id: null, user_id: text })
      expect(await the.store.sessions.get(row.id, text)).toEqual(row)
      const { id } = await the.store.teams.insert({
        component: { provider: text, config: { [text]: text } },
        user_id: ann
      })
      expect((await the.store.teams.get(id))?.component).toEqual({ provider: text, config: { [text]: text } })
    })
    test('keep half a surrogate pair in JSON; in a plain text it becomes U+FFFD', async () => {
      const { id } = await the.store.sessions.insert({ name: 'a \ud800 b', team_id: null, user_id: ann })
      expect((await the.store.sessions.get(id))?.name).toBe('a \ufffd b')
      const row = await the.store.teams.insert({
        component: { provider: '\udc00', config: {} },
        user_id: ann
      })
      expect(await the.store.teams.get(row.id)).toEqual(row)
    })
  })
}
