import { createHash } from 'node:crypto'
import type { EntityManager } from '@mikro-orm/core'
import type { Backend } from '../backend.ts'
import { Secret } from '../entities.ts'
import { isEncrypted, type SecretKeys, UnknownSecretKey } from '../secret-keys.ts'
import type { Secrets, StoredSecret } from '../store.ts'

/** The values behind references: encrypted where there are keys. */
export const secrets = (
  manager: EntityManager,
  read: Backend['read'],
  now: () => string,
  keys?: SecretKeys
): Secrets => ({
  async put(secret) {
    const digest = digestOf(secret, keys)
    const known = async () => (await read(() => manager.fork().findOne(Secret, { digest })))?.id
    const before = await known()
    if (before !== undefined) return before
    const id = crypto.randomUUID()
    const value = keys?.encrypt(secret.value, contextOf({ id, ...secret })) ?? secret.value
    try {
      await manager.fork().insert(Secret, { id, ...secret, value, digest, created_at: now() })
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
    if (!found) return undefined
    const { user_id, place, value } = found
    return { id, user_id, place, value: keys?.decrypt(value, contextOf(found)) ?? value }
  }
})

/** Rows that are read at a time. */
const PAGE = 500

/**
 * Encrypts by the newest key what was stored as it is or by an older one. Throws `UnknownSecretKey` where something is
 * encrypted by a key that is not there.
 */
export async function encryptAll(
  { em: manager, read }: Backend,
  keys: SecretKeys | undefined
): Promise<void> {
  for (let after = ''; ; ) {
    const where = { id: { $gt: after } }
    const page = await read(() => manager.fork().find(Secret, where, { orderBy: { id: 'asc' }, limit: PAGE }))
    if (!keys && page.some(({ value }) => isEncrypted(value))) throw new UnknownSecretKey()
    for (const row of keys ? page.filter(({ value }) => !keys.isCurrent(value)) : []) {
      const context = contextOf(row)
      const plain = keys!.decrypt(row.value, context)
      const value = keys!.encrypt(plain, context)
      const digest = digestOf({ ...row, value: plain }, keys)
      await manager.fork().nativeUpdate(Secret, { id: row.id }, { value, digest })
    }
    if (page.length < PAGE) return
    after = page.at(-1)!.id
  }
}

/** An encrypted value that is put in the place of another one is of no use there. */
const contextOf = ({ id, user_id, place }: Pick<StoredSecret, 'id' | 'user_id' | 'place'>): string =>
  JSON.stringify([id, user_id, place])

function digestOf({ user_id, place, value }: Omit<StoredSecret, 'id'>, keys: SecretKeys | undefined): string {
  const text = JSON.stringify([user_id, place, value])
  return keys?.digest(text) ?? createHash('sha256').update(text).digest('hex')
}
