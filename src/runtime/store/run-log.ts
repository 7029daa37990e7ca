import type { EntityManager } from '@mikro-orm/core'
import { Journal, Run, RunState } from './entities.ts'
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

/** What each dialect brings itself: the hot path, and what is done to many rows at once. */
export interface Frames extends Pick<RunLog, 'commit' | 'frames' | 'copy' | 'overview' | 'deleteOld'> {
  /** Deletes a session with its runs; false where there is no such session. */
  deleteSession(id: number, user?: string): Promise<boolean>
}

/** The logs of all runs: frames as the dialect has them, the rest through MikroORM. */
export function runLog(manager: EntityManager, own: Frames, now: () => string): RunLog {
  return {
    commit: own.commit,
    frames: own.frames,
    copy: own.copy,
    overview: own.overview,
    deleteOld: own.deleteOld,
    async create({ options = null, ...run }) {
      const at = now()
      const row = { ...run, ...fresh, created_at: at, updated_at: at }
      return { id: await manager.fork().insert(Run, { ...row, ...unseen, options }), ...row }
    },
    async get(id) {
      const found = await manager.fork().findOne(Run, there(id), { fields: rowFields })
      return found ? plain<RunRow>(found) : undefined
    },
    async ofSession(session) {
      const options = { fields: rowFields, ...oldestFirst }
      const found = await manager.fork().find(Run, { session_id: session }, options)
      return found.map((run) => plain<RunRow>(run))
    },
    async journal(run, after = 0, kinds) {
      const where = { run_id: run, n: { $gt: after }, ...(kinds && { kind: { $in: [...kinds] } }) }
      const found = await manager.fork().find(Journal, where, { orderBy: { n: 'asc' } })
      return found.map(({ n, kind, body }): JournalEntry => ({ n, kind, body }))
    },
    async state(run) {
      const found = await manager.fork().findOne(RunState, { run_id: run })
      return found ? stateOf(found) : undefined
    },
    async saved(id) {
      const em = manager.fork()
      const fields = [...rowFields, 'options', 'team_config'] as const
      const run = await em.findOne(Run, there(id), { fields })
      const state = await em.findOne(RunState, { run_id: id })
      return run
        ? { ...plain<Omit<SavedRun, 'state'>>(run), state: state ? stateOf(state) : null }
        : undefined
    },
    async withStatus(...statuses) {
      const found = await manager
        .fork()
        .find(Run, { status: { $in: statuses } }, { fields: ['id'], ...oldestFirst })
      return found.map(({ id }) => id)
    },
    async due(now, limit) {
      const where = { wake_at: { $lte: now } }
      const found = await manager
        .fork()
        .find(RunState, where, { fields: ['run_id'], orderBy: { wake_at: 'asc' }, limit })
      return found.map(({ run_id }) => run_id)
    }
  }
}

/** A run that is not being deleted. */
const there = (id: number) => ({ id, status: { $ne: 'deleted' as const } })

const unseen = { team: null, title: null, waits_for: null }
const fresh = { version, status: 'created' as const, task: {} as unknown, error_message: null }

const stateOf = ({ revision, seq, journal, snapshot, wake_at }: RunStateRow): StoredState => ({
  revision,
  seq,
  journal,
  snapshot,
  wake_at
})
type StoredState = NonNullable<SavedRun['state']>
type RunStateRow = StoredState & { run_id: number }
