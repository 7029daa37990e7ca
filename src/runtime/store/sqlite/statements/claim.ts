import type { EntityManager, EntityName } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/sql'

/** Inside a transaction: whether neither an id of a table nor a larger one was ever given. SQLite goes on after it. */
export async function claim(em: EntityManager, entity: EntityName<object>, id: number): Promise<boolean> {
  const { tableName } = em.getMetadata().get(entity)
  const [row] = await (em as SqlEntityManager).execute<{ seq: number }[]>(
    'select seq from sqlite_sequence where name = ?',
    [tableName]
  )
  return id > (row?.seq ?? 0)
}
