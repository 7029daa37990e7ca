import type { EntityName, FilterQuery, RequiredEntityData } from '@mikro-orm/core'
import type { Backend } from '../backend.ts'
import { type Row, rowVersion } from '../rows.ts'
import type { Table } from '../store.ts'

/** A table of rows that belong to users. */
export function table<R extends Row>(
  { em: manager, read }: Backend,
  entity: EntityName<R>,
  now: () => string
): Table<R> {
  const one = (id: number, user?: string) =>
    ({ id, ...(user !== undefined && { user_id: user }) }) as FilterQuery<R>

  async function get(id: number, user?: string): Promise<R | undefined> {
    const found = await read(() => manager.fork().findOne(entity, one(id, user)))
    return found ? plain<R>(found) : undefined
  }
  return {
    get,
    async list(user) {
      const where = { user_id: user } as FilterQuery<R>
      const options = { orderBy: [{ id: 'desc' }] as never }
      const found = await read(() => manager.fork().find(entity, where, options))
      return found.map((row) => plain<R>(row))
    },
    async insert(row) {
      const at = now()
      const data = { ...row, version: rowVersion, created_at: at, updated_at: at }
      const id = await manager.fork().insert(entity, data as unknown as RequiredEntityData<R>)
      return { id, ...data } as unknown as R
    },
    async update(id, changes) {
      const data = { ...changes, updated_at: now() }
      const count = await manager.fork().nativeUpdate(entity, one(id), data as never)
      return count > 0 ? get(id) : undefined
    },
    async delete(id, user) {
      return (await manager.fork().nativeDelete(entity, one(id, user))) > 0
    }
  }
}

/** The columns of an entity, without what MikroORM adds to it. */
export const plain = <R extends object>(entity: object): R => ({ ...entity }) as R
