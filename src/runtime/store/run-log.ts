import type { EntityManager } from '@mikro-orm/core'
import { Journal, Run, RunState, unfinished } from './entities.ts'
import type { JournalEntry, RunLog, RunRow, SavedRun } from './store.ts'
import { plain, version } from './table.ts'

const rowFields = [
  'id',
  'user_id',
  'version',
  'created_at',
  'updated_at',
  'session_id',
  'status',
  'task',
  'error_message'
] as const
const oldestFirst = { orderBy: { id: 'asc' } } as const

/** The hot path of a log, which each dialect brings itself. */
export type Frames = Pick<RunLog, 'commit' | 'frames'>

/** The logs of all runs: frames as the dialect has them, the rest through MikroORM. */
export function runLog(manager: EntityManager, { commit, frames }: Frames, now: () => string): RunLog {
  return {
    commit,
    frames,
    async create(run) {
      const at = now()
      const row = { ...run, ...fresh, created_at: at, updated_at: at }
      return { id: await manager.fork().insert(Run, { ...row, options: null }), ...row }
    },
    async get(id) {
      const found = await manager.fork().findOne(Run, { id }, { fields: rowFields })
      return found ? plain<RunRow>(found) : undefined
    },
    async ofSession(session) {
      const options = { fields: rowFields, ...oldestFirst }
      const found = await manager.fork().find(Run, { session_id: session }, options)
      return found.map((run) => plain<RunRow>(run))
    },
    async journal(run, after = 0) {
      const where = { run_id: run, n: { $gt: after } }
      const found = await manager.fork().find(Journal, where, { orderBy: { n: 'asc' } })
      return found.map(({ n, kind, body }): JournalEntry => ({ n, kind, body }))
    },
    async state(run) {
      const found = await manager.fork().findOne(RunState, { run_id: run })
      return found ? stateOf(found) : undefined
    },
    async unfinished() {
      const runs = await manager.fork().find(Run, { status: { $in: [...unfinished] } }, oldestFirst)
      return withStates(
        manager,
        runs.map((run) => plain<Omit<SavedRun, 'state'>>(run))
      )
    }
  }
}

const fresh = { version, status: 'created' as const, task: {} as unknown, error_message: null }

async function withStates(manager: EntityManager, runs: Omit<SavedRun, 'state'>[]): Promise<SavedRun[]> {
  const found = await manager.fork().find(RunState, { run_id: { $in: runs.map(({ id }) => id) } })
  const states = new Map(found.map((state) => [state.run_id, stateOf(state)]))
  return runs.map((run) => ({ ...run, state: states.get(run.id) ?? null }))
}

const stateOf = ({ revision, seq, journal, snapshot }: RunStateRow): StoredState => ({
  revision,
  seq,
  journal,
  snapshot
})
type StoredState = NonNullable<SavedRun['state']>
type RunStateRow = StoredState & { run_id: number }
