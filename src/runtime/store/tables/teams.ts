import type { Backend } from '../backend.ts'
import { Team } from '../entities.ts'
import type { Table, TeamHeader, TeamRow, Teams } from '../store.ts'
import { plain } from './table.ts'

const header = ['id', 'user_id', 'version', 'created_at', 'updated_at', 'published', 'default'] as const

/** The teams that users keep, over the table of their rows. */
export const teams = ({ em: manager, read }: Backend, rows: Table<TeamRow>): Teams => ({
  ...rows,
  insert: (row) => rows.insert({ published: false, default: false, ...row }),
  async reachable(user) {
    const where = user === null ? {} : { $or: [{ user_id: user }, { published: true }] }
    const options = { fields: header, orderBy: { id: 'asc' } } as const
    const found = await read(() => manager.fork().find(Team, where, options))
    return found.map((row) => plain<TeamHeader>(row))
  },
  async makeDefault(id) {
    await manager.fork().transactional(async (em) => {
      await em.nativeUpdate(Team, { default: true, id: { $ne: id } }, { default: false })
      await em.nativeUpdate(Team, { id }, { default: true })
    })
  }
})
