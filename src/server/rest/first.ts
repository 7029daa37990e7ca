import type { Row, Table } from '../../runtime/store/store.ts'

/** Lists the rows of a user; where there are none, one is made. Lists asked for at the same time share it. */
export function listOrFirst<R extends Row>(
  table: Pick<Table<R>, 'list'>,
  make: (user: string) => Promise<R>
): (user: string) => Promise<R[]> {
  const underway = new Map<string, Promise<R[]>>()
  const look = async (user: string): Promise<R[]> => {
    const rows = await table.list(user)
    if (rows.length > 0) return rows
    try {
      return [await make(user)]
    } catch (error) {
      // Another process may have made it at the same time, where a user has one only.
      const others = await table.list(user)
      if (others.length === 0) throw error
      return others
    }
  }
  return async (user) => {
    const rows = await table.list(user)
    if (rows.length > 0) return rows
    const present = underway.get(user)
    if (present !== undefined) return present
    const first = look(user).finally(() => underway.delete(user))
    underway.set(user, first)
    return first
  }
}
