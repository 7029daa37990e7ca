import { describe, expect, test } from 'vitest'
import { ann, change, entries, frames, iso, type StoreContext, state, team } from './store-context.ts'
import { unfinished } from './unfinished.ts'

/** What every store promises about runs. */
export function storeRuns(the: StoreContext): void {
  describe('runs', () => {
    test('begin without a task, in a session that exists', async () => {
      const run = await the.store.runs.create({ session_id: the.session, user_id: ann })
      expect(run).toEqual({
        id: run.id,
        session_id: the.session,
        user_id: ann,
        status: 'created',
        task: {},
        error_message: null,
        version: '0.0.1',
        created_at: expect.stringMatching(iso),
        updated_at: run.created_at
      })
      expect(await the.store.runs.get(run.id)).toEqual(run)
      expect(await the.store.runs.get(run.id + 1)).toBeUndefined()
      await expect(the.store.runs.create({ session_id: 99, user_id: ann })).rejects.toThrow()
    })
    test('are counted by status', async () => {
      const ids = [await the.create(), await the.create(), await the.create()]
      await the.store.runs.commit([
        change(ids[0]!, { state: state(0), row: { status: 'active' } }),
        change(ids[1]!, { state: state(0), row: { status: 'active' } })
      ])
      expect(await the.store.runs.countByStatus()).toEqual({ created: 1, active: 2 })
      await the.store.sessions.delete(the.session)
      expect(await the.store.runs.countByStatus()).toEqual({})
    })
    test('of a session are listed oldest first', async () => {
      const ids = [await the.create(), await the.create()]
      const other = await the.store.sessions.insert({ name: 'other', team_id: null, user_id: ann })
      await the.store.runs.create({ session_id: other.id, user_id: ann })
      expect((await the.store.runs.ofSession(the.session)).map(({ id }) => id)).toEqual(ids)
    })
    test('go with their session, logs and all, and their ids are not used again', async () => {
      const run = await the.create()
      await the.store.runs.commit([
        change(run, { frames: frames(1), journal: entries(1), state: state(1), row: { status: 'active' } })
      ])
      const [last] = await the.store.runs.frames(run)
      await the.store.sessions.delete(the.session)
      expect(await the.store.runs.get(run)).toBeUndefined()
      expect(await the.store.runs.frames(run)).toEqual([])
      expect(await the.store.runs.journal(run)).toEqual([])
      expect(await unfinished(the.store)).toEqual([])
      the.session = (await the.store.sessions.insert({ name: 'next', team_id: null, user_id: ann })).id
      const next = await the.create()
      expect(next).toBeGreaterThan(run)
      await the.store.runs.commit([change(next, { frames: frames(1) })])
      expect((await the.store.runs.frames(next))[0]?.id).toBeGreaterThan(last!.id)
    })
    test.each([['text'], [null], [12.5], [true], ['{"a":1}'], ['12'], [[]], [{ a: '\0' }]])(
      'keep any JSON as their task: %j',
      async (task) => {
        const run = await the.create()
        await the.store.runs.commit([change(run, { row: { task } })])
        expect((await the.store.runs.get(run))?.task).toEqual(task)
      }
    )
    test('keep what a commit does not speak of', async () => {
      const run = await the.create()
      await the.store.runs.commit([
        change(run, { row: { status: 'error', task: 'go', error_message: 'bad \0' } })
      ])
      await the.store.runs.commit([change(run, { state: state(1), frames: frames(1) })])
      expect(await the.store.runs.get(run)).toMatchObject({
        status: 'error',
        task: 'go',
        error_message: 'bad \0'
      })
      await the.store.runs.commit([change(run, { row: { error_message: null } })])
      expect(await the.store.runs.get(run)).toMatchObject({ status: 'error', error_message: null })
    })
    test('left unfinished are listed oldest first with all that going on takes', async () => {
      const ids = await Promise.all(Array.from({ length: 7 }, the.create))
      const [created, active, waiting, paused, ...ended] = ids as [number, number, number, number]
      const row = { team_config: team, options: { max: 3 }, task: 'go' }
      await the.store.runs.commit([
        change(paused, { row: { status: 'paused' } }),
        change(waiting, { row: { status: 'awaiting_input' }, state: state(4) }),
        change(active, { row: { ...row, status: 'active' }, state: state(2) }),
        ...(['complete', 'error', 'stopped'] as const).map((status, i) =>
          change(ended[i]!, { row: { status } })
        )
      ])
      const found = await unfinished(the.store)
      expect(found.map(({ id }) => id)).toEqual([active, waiting, paused])
      expect(found[0]).toEqual({
        ...(await the.store.runs.get(active)),
        ...row,
        status: 'active',
        state: state(2)
      })
      expect(found[1]?.state).toEqual(state(4))
      expect(found[2]).toMatchObject({ team_config: null, options: null, state: null })
      expect(found.map(({ id }) => id)).not.toContain(created)
    })
  })
}
