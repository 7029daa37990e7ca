import type { ComponentModel } from '../../machines/component/component.ts'
import type { RunStatus } from './store.ts'

/** A row of another database, with its own times; `source` tells it from all others of its kind. */
export interface ForeignRow {
  source: string
  /** The id it had; it keeps it where no row ever had it here. */
  id: number
  user_id: string | null
  created_at: string
  updated_at: string
}

/** Rows of another program's database, by kind. */
export type Foreign = ForeignRow &
  (
    | { kind: 'team'; component: ComponentModel }
    | { kind: 'session'; name: string; team_id: number | null }
    | { kind: 'settings' | 'gallery'; config: Record<string, unknown> }
    | {
        kind: 'run'
        session_id: number
        status: RunStatus
        task: unknown
        error_message: string | null
        team: string | null
        title: string | null
        frames: readonly ForeignFrame[]
      }
  )

/** A frame that another program's run would have told. */
export interface ForeignFrame {
  type: string
  text: string
  created_at: string
}

/** Takes rows over from another database. */
export interface Takeover {
  /** The id of a row that was taken before. */
  known(kind: Foreign['kind'], source: string): Promise<number | undefined>
  /** Takes a row with all that belongs to it, or nothing of it; gives its id here. */
  take(row: Foreign): Promise<number>
}
