import type { ComponentModel } from '../../machines/component/component.ts'
import type { RunStatus } from '../../protocol/run-status.ts'

/** What every row of another program's database has, with the times it had there. */
interface ForeignColumns {
  /** Tells the row from all others of its kind in every database; a row is imported once. */
  source: string
  /** The id it had there. It keeps it where no row here ever had it. */
  id: number
  user_id: string | null
  created_at: string
  updated_at: string
}

/** A row of another program's database, by kind. */
export type ForeignRow = ForeignColumns &
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

/** A frame that a run of another program would have sent here. `text` is JSON without `run_id` and `seq`. */
export interface ForeignFrame {
  type: string
  text: string
  created_at: string
}

/** Imports rows of another program's database. */
export interface StudioImport {
  /** The id here of a row that was imported before. */
  importedAs(kind: ForeignRow['kind'], source: string): Promise<number | undefined>
  /** Imports a row with all that belongs to it, or nothing of it. Gives its id here; throws where it was imported before. */
  insert(row: ForeignRow): Promise<number>
}
