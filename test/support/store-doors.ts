import { describe, expect, test } from 'vitest'
import { ann, bob, type StoreContext, team } from './store-context.ts'

/** What every store promises about published teams, and about conversations of other protocols. */
export function storeDoors(the: StoreContext): void {
  describe('published teams', () => {
    const names = async (user: string | null) =>
      (await the.store.teams.reachable(user)).map(({ id, published }) => [id, published])

    test('are reached by others, and all others by their owner only', async () => {
      const own = await the.store.teams.insert({ component: team, user_id: ann })
      const shared = await the.store.teams.insert({ component: team, user_id: ann, published: true })
      const others = await the.store.teams.insert({ component: team, user_id: bob })
      expect(await names(ann)).toEqual([
        [own.id, false],
        [shared.id, true]
      ])
      expect(await names(bob)).toEqual([
        [shared.id, true],
        [others.id, false]
      ])
      expect((await names(null)).map(([id]) => id)).toEqual([own.id, shared.id, others.id])
    })
    test('are the default one at a time', async () => {
      const first = await the.store.teams.insert({ component: team, user_id: ann, default: true })
      const second = await the.store.teams.insert({ component: team, user_id: bob })
      await the.store.teams.makeDefault(second.id)
      expect(await the.store.teams.get(first.id)).toMatchObject({ default: false })
      expect(await the.store.teams.get(second.id)).toMatchObject({ default: true })
      expect(await the.store.teams.update(first.id, { published: true })).toMatchObject({
        published: true,
        component: team
      })
    })
  })

  describe('conversations', () => {
    test('know their newest run, and a run the door it came through', async () => {
      const [a, b] = [await the.create(), await the.create()]
      const { conversations } = the.store
      await conversations.add({ run_id: a, door: 'openai', digest: 'x', data: { at: 1 } })
      await conversations.add({ run_id: b, door: 'ag-ui', digest: 'x', data: null })
      await conversations.add({ run_id: a, door: 'a2a', digest: 'y', data: null })
      const newest = await conversations.newest('x', 2)
      expect(newest.map(({ run_id, data }) => [run_id, data])).toEqual([
        [b, null],
        [a, { at: 1 }]
      ])
      expect(await conversations.newest('x', 1)).toHaveLength(1)
      expect(await conversations.newest('z', 1)).toEqual([])
      const doors = await conversations.firstOf([a, b, 999])
      expect(doors.map(({ run_id, door }) => [run_id, door])).toEqual([
        [a, 'openai'],
        [b, 'ag-ui']
      ])
    })
    test('forget a run that is deleted', async () => {
      const run = await the.create()
      await the.store.conversations.add({ run_id: run, door: 'mcp', digest: 'x', data: null })
      await the.store.runs.delete(run)
      expect(await the.store.conversations.newest('x', 1)).toEqual([])
    })
  })
}
