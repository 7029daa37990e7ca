import { createHash } from 'node:crypto'
import type { EntityManager } from '@mikro-orm/core'
import type { Backend } from '../backend.ts'
import { Secret } from '../entities.ts'
import type { Secrets, StoredSecret } from '../store.ts'

/** The values behind references. */
export const secrets = (manager: EntityManager, read: Backend['read'], now: () => string): Secrets => ({
  async put(secret) {
    const digest = digestOf(secret)
    const known = async () => (await read(() => manager.fork().findOne(Secret, { digest })))?.id
    const before = await known()
    if (before !== undefined) return before
    const id = crypto.randomUUID()
    try {
      await manager.fork().insert(Secret, { id, ...secret, digest, created_at: now() })
      return id
    } catch (error) {
      // It was put in by another caller at the same time.
      const meanwhile = await known()
      if (meanwhile === undefined) throw error
      return meanwhile
    }
  },
  async get(id) {
    const found = await read(() => manager.fork().findOne(Secret, { id }))
    return found
      ? { id: found.id, user_id: found.user_id, place: found.place, value: found.value }
      : undefined
  }
})

const digestOf = ({ user_id, place, value }: Omit<StoredSecret, 'id'>): string =>
  createHash('sha256')
    .update(JSON.stringify([user_id, place, value]))
    .digest('hex')
