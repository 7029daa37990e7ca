import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import type { RunChange, Store } from '../runtime/store/store.ts'

/** A promise of every store, and what checks it. */
export interface StorePromise {
  title: string
  /** Rejects where it does not hold. */
  check(): Promise<void>
}

interface Opened {
  store: Store
  session: number
  create(): Promise<number>
}

const frames = (...seqs: number[]) => seqs.map((seq) => ({ seq, type: 'message', text: `${seq}` }))
const entries = (...ns: number[]) => ns.map((n) => ({ n, kind: 'command', body: `{"n":${n}}` }))
const change = (run: number, given: Partial<RunChange>): RunChange => ({
  run,
  frames: [],
  journal: [],
  ...given
})
const seqs = async (store: Store, run: number) => (await store.runs.frames(run)).map(({ seq }) => seq)

const promises: Record<string, (opened: Opened) => Promise<void>> = {
  'a run begins as created, in its session': async ({ store, session, create }) => {
    const run = await store.runs.get(await create())
    equal(run?.status, 'created')
    equal(run.session_id, session)
  },
  'a run that does not exist is undefined': async ({ store, create }) =>
    equal(await store.runs.get((await create()) + 1), undefined),
  'a run in a session that does not exist is refused': async ({ store }) =>
    rejects(store.runs.create({ session_id: 99_999, user_id: 'ann' })),
  'frames and entries come back in order, as they were': async ({ store, create }) => {
    const run = await create()
    await store.runs.commit([change(run, { frames: frames(1, 2, 3), journal: entries(1, 2) })])
    deepEqual(await seqs(store, run), [1, 2, 3])
    deepEqual(
      (await store.runs.journal(run)).map(({ n, body }) => [n, body]),
      [
        [1, '{"n":1}'],
        [2, '{"n":2}']
      ]
    )
  },
  'frames are read above a cursor, so many at a time': async ({ store, create }) => {
    const run = await create()
    await store.runs.commit([change(run, { frames: frames(1, 2, 3, 4) })])
    deepEqual(
      (await store.runs.frames(run, { after: 1, limit: 2 })).map(({ seq }) => seq),
      [2, 3]
    )
  },
  'changes of many runs are written all or none': async ({ store, create }) => {
    const [one, other] = [await create(), await create()]
    await store.runs.commit([change(one, { frames: frames(1) })])
    await rejects(
      store.runs.commit([change(other, { frames: frames(1) }), change(one, { frames: frames(1) })])
    )
    deepEqual(await seqs(store, other), [])
  },
  'any text comes back as it was': async ({ store, create }) => {
    const run = await create()
    const texts = ['', 'nul \0 in it', `it's ? "q" \\`, '😀 é', '\u2028\u2029\r\n']
    await store.runs.commit([
      change(run, { frames: texts.map((text, at) => ({ seq: at + 1, type: 'message', text })) })
    ])
    deepEqual(
      (await store.runs.frames(run)).map(({ text }) => text),
      texts
    )
  },
  'runs are counted by status': async ({ store, create }) => {
    const run = await create()
    await create()
    const state = { revision: 1, seq: 0, journal: 0, snapshot: '{}', wake_at: null }
    await store.runs.commit([change(run, { state, row: { status: 'active' } })])
    deepEqual({ ...(await store.runs.countByStatus()) }, { created: 1, active: 1 })
  },
  'a session takes its runs with it': async ({ store, session, create }) => {
    const run = await create()
    await store.runs.commit([change(run, { frames: frames(1) })])
    await store.sessions.delete(session)
    equal(await store.runs.get(run), undefined)
    deepEqual(await seqs(store, run), [])
  },
  'a run that is deleted leaves the others': async ({ store, create }) => {
    const [one, other] = [await create(), await create()]
    ok(await store.runs.delete(one))
    equal(await store.runs.delete(one), false)
    ok(await store.runs.get(other))
  }
}

/**
 * What every store promises about runs, for any test runner.
 *
 * @param open opens a new, empty store; it is closed after each check
 * @returns the promises, each with its title and its check
 * @example
 * for (const { title, check } of storeContract(async () => new OwnStore())) test(title, check)
 */
export const storeContract = (open: () => Promise<Store>): StorePromise[] =>
  Object.entries(promises).map(([title, holds]) => ({
    title,
    check: async () => {
      const store = await open()
      try {
        const session = (await store.sessions.insert({ name: 'first', team_id: null, user_id: 'ann' })).id
        const create = async () => (await store.runs.create({ session_id: session, user_id: 'ann' })).id
        await holds({ store, session, create })
      } finally {
        await store.close()
      }
    }
  }))
