import type { Statements } from '../../backend.ts'
import type { RunLog, RunRow, RunState, SavedRun, SessionRow, SettingsRow } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { encodeText } from '../text.ts'

const base = 'id, user_id, version, created_at, updated_at'
const state = 'revision, seq, journal, snapshot, wake_at'
/** The columns of a run's row. */
export const runColumns = `${base}, session_id, status, task, error_message`

const oneRun = {
  name: 'run',
  text: `select ${runColumns} from run where id = $1::bigint and status <> 'deleted'`
}
const wholeRun = {
  name: 'saved',
  text: `select ${runColumns}, options, team_config from run where id = $1::bigint and status <> 'deleted'`
}
const oneState = { name: 'state', text: `select ${state} from run_state where run_id = $1::bigint` }
const oneSession = {
  name: 'session',
  text: `select ${base}, name, team_id from session where id = $1::bigint and ($2::text is null or user_id = $2)`
}
const settings = {
  name: 'settings',
  text: `select ${base}, config from settings where user_id = $1::text order by id desc`
}

/** A row with its JSON as it stands in the table. */
type Raw<Row, Json extends keyof Row> = Omit<Row, Json> & Record<Json, string | null>
type Reads = Pick<RunLog, 'get' | 'state' | 'saved'> & Pick<Statements, 'session' | 'settingsOf'>

const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text))

/** A run from its row. */
export const runOf = (row: Raw<RunRow, 'task'>): RunRow => ({ ...row, task: json(row.task) })

/** Reads single rows that every start of a run asks for. */
export function readRows(connection: Connection): Reads {
  const state = async (id: number) => (await connection.read<RunState>(oneState, [id]))[0]
  return {
    state,
    async get(id) {
      const [found] = await connection.read<Raw<RunRow, 'task'>>(oneRun, [id])
      return found && runOf(found)
    },
    async saved(id) {
      type Saved = Raw<Omit<SavedRun, 'state'>, 'task' | 'options' | 'team_config'>
      const [[found], stored] = await Promise.all([connection.read<Saved>(wholeRun, [id]), state(id)])
      if (!found) return undefined
      const { task, options, team_config, ...rest } = found
      const parts = { task: json(task), options: json(options), team_config: json(team_config) }
      return { ...rest, ...parts, state: stored ?? null } as SavedRun
    },
    async session(id, user) {
      const values = [id, user === undefined ? null : encodeText(user)]
      return (await connection.read<SessionRow>(oneSession, values))[0]
    },
    async settingsOf(user) {
      const found = await connection.read<Raw<SettingsRow, 'config'>>(settings, [encodeText(user)])
      return found.map((row) => ({ ...row, config: json(row.config) }) as SettingsRow)
    }
  }
}
