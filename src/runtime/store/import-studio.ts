import type { EntityManager, EntityName } from '@mikro-orm/core'
import type { ComponentModel } from '../../machines/component/component.ts'
import type { RunStatus } from '../../protocol/run-status.ts'
import { Frame, Gallery, ImportedRow, Run, RunState, Session, Team, UserSettings } from './entities.ts'
import { rowVersion } from './rows.ts'

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

// biome-ignore lint/suspicious/noExplicitAny: the rows of all of these are put in alike
const tables: Record<ForeignRow['kind'], EntityName<any>> = {
  team: Team,
  session: Session,
  run: Run,
  settings: UserSettings,
  gallery: Gallery
}

/** Imports rows, each in one transaction with the note that it was imported. */
export const studioImport = (manager: EntityManager): StudioImport => ({
  async importedAs(kind, source) {
    return (await manager.fork().findOne(ImportedRow, { kind, source }))?.id
  },
  insert: ({ kind, source, id: wanted, ...row }) =>
    manager.fork().transactional(async (em) => {
      const { frames, ...columns } = { frames: [], ...row } as typeof row & { frames?: Frames }
      const entity = tables[kind]
      const data = { ...columns, version: rowVersion, ...(kind === 'run' && unknown) }
      const id: number = await em.insert(entity, { ...data, ...(await free(em, entity, wanted)) })
      if (kind === 'run') await putFrames(em, id, frames ?? [])
      await em.insert(ImportedRow, { kind, source, id })
      return id
    })
})

/** What is not known of a run that was elsewhere. */
const unknown = { options: null, team_config: null, waits_for: null }

type Frames = Extract<ForeignRow, { kind: 'run' }>['frames']

/** The id that a row had elsewhere, where all ids of this table are smaller: none that was seen is given again. */
async function free(
  em: EntityManager,
  // biome-ignore lint/suspicious/noExplicitAny: any of the tables
  entity: EntityName<any>,
  wanted: number | undefined
): Promise<{ id?: number }> {
  if (wanted === undefined) return {}
  const [last] = await em.find(entity, {}, { fields: ['id'], orderBy: { id: 'desc' }, limit: 1 })
  return ((last as { id: number } | undefined)?.id ?? 0) < wanted ? { id: wanted } : {}
}

async function putFrames(em: EntityManager, run_id: number, frames: Frames): Promise<void> {
  for (const [i, { type, text, created_at }] of frames.entries()) {
    const seq = i + 1
    const numbered = JSON.stringify({ ...JSON.parse(text), run_id, seq })
    await em.insert(Frame, { run_id, seq, type, text: numbered, created_at })
  }
  if (frames.length === 0) return
  const state = { revision: 0, seq: frames.length, journal: 0, wake_at: null, snapshot: 'null' }
  await em.insert(RunState, { run_id, ...state })
}
