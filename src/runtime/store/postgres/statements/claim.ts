import type { EntityManager, EntityName } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/sql'

/**
 * Inside a transaction: takes an id of a table, unless it or a larger one was ever given. The sequence goes on after it,
 * as it would not by itself.
 */
export async function claim(em: EntityManager, entity: EntityName<object>, id: number): Promise<boolean> {
  const sequence = `${em.getMetadata().get(entity).tableName}_id_seq`
  const [row] = await (em as SqlEntityManager).execute<{ free: boolean }[]>(
    `select ${id} > last_value or (${id} = last_value and not is_called) as free from ${sequence}`
  )
  if (row!.free) await (em as SqlEntityManager).execute(`select setval('${sequence}', ${id})`)
  return row!.free
}
