import type { Database } from 'better-sqlite3'
import { idIn, likePattern } from '../../search.ts'
import type { OverviewQuery, RunOverview } from '../../store.ts'

const columns = 'id, session_id, status, team, title as task, created_at, waits_for'

/** Lists runs by what stands in an index, so that no long column is read. */
export function prepareOverview(db: Database): (query: OverviewQuery) => RunOverview[] {
  const statements = new Map<string, ReturnType<Database['prepare']>>()
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return ({ user, status = [], q, before, limit }) => {
    const where: [sql: string, ...values: unknown[]][] = [[`status <> 'deleted'`]]
    if (user !== undefined) where.push(['user_id = ?', user])
    if (status.length > 0) where.push([`status in (${status.map(() => '?').join(', ')})`, ...status])
    if (before !== undefined) where.push(['id < ?', before])
    if (q) {
      const words = `(team like ? escape '\\' or title like ? escape '\\' or id = ?)`
      where.push([words, likePattern(q), likePattern(q), idIn(q)])
    }
    const conditions = where.map(([sql]) => sql).join(' and ')
    // Of its own accord SQLite would read all rows, with their long columns, where few of all users' runs fit.
    const from = user === undefined && (q || status.length > 0) ? 'run indexed by run_overview' : 'run'
    const sql = `select ${columns} from ${from} where ${conditions} order by id desc limit ?`
    return prepared(sql).all(...where.flatMap(([, ...values]) => values), limit) as RunOverview[]
  }
}
