import type { EntityManager } from '@mikro-orm/core'
import { Run, RunState } from './entities.ts'
import type { RunLog, RunRow, SessionRow, SettingsRow } from './store.ts'
import { plain } from './table.ts'

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
export interface Frames
  extends Pick<
    RunLog,
    | 'create'
    | 'commit'
    | 'frames'
    | 'journal'
    | 'get'
    | 'state'
    | 'saved'
    | 'copy'
    | 'overview'
    | 'delete'
    | 'deleteOld'
  > {
  /** Deletes a session with its runs; false where there is no such session. */
  deleteSession(id: number, user?: string): Promise<boolean>
  session(id: number, user?: string): Promise<SessionRow | undefined>
  settingsOf(user: string): Promise<SettingsRow[]>
}

/** The logs of all runs: frames as the dialect has them, the rest through MikroORM. */
export function runLog(manager: EntityManager, own: Frames): RunLog {
  return {
    create: own.create,
    commit: own.commit,
    frames: own.frames,
    journal: own.journal,
    get: own.get,
    state: own.state,
    saved: own.saved,
    copy: own.copy,
    overview: own.overview,
    delete: own.delete,
    deleteOld: own.deleteOld,
    async ofSession(session) {
      const options = { fields: rowFields, ...oldestFirst }
      const found = await manager.fork().find(Run, { session_id: session }, options)
      return found.map((run) => plain<RunRow>(run))
    },
    async countByStatus() {
      const sql = `select status, count(*) as count from run where status <> 'deleted' group by status`
      const rows: { status: string; count: number | string }[] = await manager.getConnection().execute(sql)
      return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]))
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
