import type { Database } from 'better-sqlite3'
import { type RunRow, type RunState, rowVersion, type SavedRun } from '../../rows.ts'
import type { RunLog } from '../../store.ts'

const row = 'id, user_id, version, created_at, updated_at, session_id, status, task, error_message'
const state = 'revision, seq, journal, snapshot, wake_at'

type Hot = Pick<RunLog, 'create' | 'get' | 'state' | 'saved'>
type Runs = { [Name in keyof Hot]: (...given: Parameters<Hot[Name]>) => Awaited<ReturnType<Hot[Name]>> }
/** A row with its JSON as it stands in the file. */
type Raw<R, Json extends keyof R> = Omit<R, Json> & Record<Json, string | null>

/**
 * Makes and reads single runs by prepared statements: each client that comes and each start asks for one, and MikroORM
 * takes 300 µs for it.
 */
export function prepareRuns(db: Database, now: () => string): Runs {
  const insert =
    db.prepare(`insert into run (session_id, user_id, version, status, task, options, created_at, updated_at)
    values (?, ?, ?, 'created', '{}', ?, ?, ?)`)
  const there = `from run where id = ? and status <> 'deleted'`
  const oneRow = db.prepare<[number], Raw<RunRow, 'task'>>(`select ${row} ${there}`)
  const wholeRow = db.prepare<[number], Raw<Omit<SavedRun, 'state'>, 'task' | 'options' | 'team_config'>>(
    `select ${row}, options, team_config ${there}`
  )
  const oneState = db.prepare<[number], RunState>(`select ${state} from run_state where run_id = ?`)
  function oneRun(id: number): RunRow | undefined {
    const found = oneRow.get(id)
    return found && { ...found, task: json(found.task) }
  }
  return {
    create({ session_id, user_id, options = null }) {
      const at = now()
      const wanted = options === null ? null : JSON.stringify(options)
      const { lastInsertRowid } = insert.run(session_id, user_id, rowVersion, wanted, at, at)
      return oneRun(Number(lastInsertRowid))!
    },
    get: oneRun,
    state: (id) => oneState.get(id),
    saved(id) {
      const found = wholeRow.get(id)
      if (!found) return undefined
      const { task, options, team_config, ...rest } = found
      const parts = { task: json(task), options: json(options), team_config: json(team_config) }
      return { ...rest, ...parts, state: oneState.get(id) ?? null } as SavedRun
    }
  }
}

const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text))
