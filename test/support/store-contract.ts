import { afterEach, beforeEach, describe } from 'vitest'
import type { Store } from '../../src/runtime/store/store.ts'
import { ann, type StoreContext } from './store-context.ts'
import { storeCopies } from './store-copies.ts'
import { storeDoors } from './store-doors.ts'
import { storeLogs } from './store-logs.ts'
import { storeRefusals } from './store-refusals.ts'
import { storeRows } from './store-rows.ts'
import { storeRuns } from './store-runs.ts'
import { storeStudio } from './store-studio.ts'

/** What every Store promises. Each implementation runs all of it. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} store`, () => {
    const the = {
      create: async () => (await the.store.runs.create({ session_id: the.session, user_id: ann })).id,
      seqs: async (run) => (await the.store.runs.frames(run)).map(({ seq }) => seq)
    } as StoreContext

    beforeEach(async () => {
      the.store = await open()
      the.session = (await the.store.sessions.insert({ name: 'first', team_id: null, user_id: ann })).id
    })
    afterEach(() => the.store.close())

    storeRows(the)
    storeRuns(the)
    storeLogs(the)
    storeRefusals(the)
    storeStudio(the)
    storeCopies(the)
    storeDoors(the)
  })
}
