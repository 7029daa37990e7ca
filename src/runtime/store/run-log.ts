import type { Backend } from './backend.ts'
import { Run, RunState } from './entities.ts'
import type { RunLog, RunRow } from './store.ts'
import { plain } from './tables/table.ts'

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

/** The logs of all runs: by the dialect's own statements where it matters, the rest through MikroORM. */
export function runLog({ em: manager, statements, read }: Backend): RunLog {
  const { deleteSession: _, session: __, settingsOf: ___, ...own } = statements
  return {
    ...own,
    async ofSession(session) {
      const options = { fields: rowFields, ...oldestFirst }
      const found = await read(() => manager.fork().find(Run, { session_id: session }, options))
      return found.map((run) => plain<RunRow>(run))
    },
    async countByStatus() {
      const sql = `select status, count(*) as count from run where status <> 'deleted' group by status`
      const rows: { status: string; count: number | string }[] = await manager.getConnection().execute(sql)
      return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]))
    },
    async withStatus(...statuses) {
      const options = { fields: ['id'], ...oldestFirst } as const
      const found = await read(() => manager.fork().find(Run, { status: { $in: statuses } }, options))
      return found.map(({ id }) => id)
    },
    async due(now, limit) {
      const where = { wake_at: { $lte: now } }
      const options = { fields: ['run_id'], orderBy: { wake_at: 'asc' }, limit } as const
      const found = await read(() => manager.fork().find(RunState, where, options))
      return found.map(({ run_id }) => run_id)
    }
  }
}
