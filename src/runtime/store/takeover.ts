import type { EntityManager, EntityName } from '@mikro-orm/core'
import { Frame, Gallery, Run, RunState, Session, Taken, Team, UserSettings } from './entities.ts'
import type { Foreign, Takeover } from './foreign.ts'
import { version } from './table.ts'

// biome-ignore lint/suspicious/noExplicitAny: the rows of all of these are put in alike
const tables: Record<Foreign['kind'], EntityName<any>> = {
  team: Team,
  session: Session,
  run: Run,
  settings: UserSettings,
  gallery: Gallery
}

/** Takes rows over, each with the note that it was taken: all of that or nothing. */
export const takeover = (manager: EntityManager): Takeover => ({
  async known(kind, source) {
    return (await manager.fork().findOne(Taken, { kind, source }))?.id
  },
  take: ({ kind, source, id: wanted, ...row }) =>
    manager.fork().transactional(async (em) => {
      const { frames, ...columns } = { frames: [], ...row } as typeof row & { frames?: Frames }
      const entity = tables[kind]
      const data = { ...columns, version, ...(kind === 'run' && unknown) }
      const id: number = await em.insert(entity, { ...data, ...(await free(em, entity, wanted)) })
      if (kind === 'run') await putFrames(em, id, frames ?? [])
      await em.insert(Taken, { kind, source, id })
      return id
    })
})

/** What is not known of a run that was elsewhere. */
const unknown = { options: null, team_config: null, waits_for: null }

type Frames = Extract<Foreign, { kind: 'run' }>['frames']

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
