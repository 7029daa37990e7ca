import type { EntityManager, EntityName } from '@mikro-orm/core'
import type { Backend } from './backend.ts'
import { Frame, Gallery, ImportedRow, Run, RunState, Session, Team, UserSettings } from './entities.ts'
import type { ForeignRow, StudioImport } from './foreign-row.ts'
import { rowVersion } from './rows.ts'

// biome-ignore lint/suspicious/noExplicitAny: the rows of all of these are put in alike
const tables: Record<ForeignRow['kind'], EntityName<any>> = {
  team: Team,
  session: Session,
  run: Run,
  settings: UserSettings,
  gallery: Gallery
}

/** Imports rows, each in one transaction with the note that it was imported. */
export const studioImport = ({ em: manager, read, claim }: Backend): StudioImport => ({
  async importedAs(kind, source) {
    return (await read(() => manager.fork().findOne(ImportedRow, { kind, source })))?.id
  },
  insert: ({ kind, source, id: wanted, ...row }) =>
    manager.fork().transactional(async (em) => {
      const { frames, ...columns } = { frames: [], ...row } as typeof row & { frames?: Frames }
      const entity = tables[kind]
      const data = { ...columns, version: rowVersion, ...(kind === 'run' && unknown) }
      // The id that the row had elsewhere, where all ids of this table are smaller: none that was seen is given again.
      const free = await claim(em, entity, wanted)
      const id: number = await em.insert(entity, { ...data, ...(free && { id: wanted }) })
      if (kind === 'run') await putFrames(em, id, frames ?? [])
      await em.insert(ImportedRow, { kind, source, id })
      return id
    })
})

/** What is not known of a run that was elsewhere. */
const unknown = { options: null, team_config: null, waits_for: null }

type Frames = Extract<ForeignRow, { kind: 'run' }>['frames']

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
