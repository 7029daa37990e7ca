import type { Database } from 'better-sqlite3'
import type { SessionRow, SettingsRow } from '../../store.ts'

const row = 'id, user_id, version, created_at, updated_at'

interface Rows {
  session(id: number, user?: string): SessionRow | undefined
  settingsOf(user: string): SettingsRow[]
}

/** Reads by prepared statements what is asked for whenever a run is made or started. */
export function prepareRows(db: Database): Rows {
  const oneSession = db.prepare<[number], SessionRow>(
    `select ${row}, name, team_id from session where id = ?`
  )
  const settings = db.prepare<[string], Omit<SettingsRow, 'config'> & { config: string }>(
    `select ${row}, config from settings where user_id = ? order by id desc`
  )
  return {
    session(id, user) {
      const found = oneSession.get(id)
      return user === undefined || found?.user_id === user ? found : undefined
    },
    settingsOf: (user) => settings.all(user).map((found) => ({ ...found, config: JSON.parse(found.config) }))
  }
}
