import type { Backend } from '../backend.ts'
import { Conversation } from '../entities.ts'
import type { ConversationEntry, Conversations } from '../store.ts'

/** Which runs belong to which conversations of other protocols. */
export const conversations = ({ em: manager, read }: Backend, now: () => string): Conversations => ({
  async add(entry) {
    await manager.fork().insert(Conversation, { ...entry, created_at: now() })
  },
  async newest(digest, limit) {
    const options = { orderBy: { id: 'desc' }, limit } as const
    const found = await read(() => manager.fork().find(Conversation, { digest }, options))
    return found.map(entryOf)
  },
  async firstOf(runs) {
    if (runs.length === 0) return []
    const options = { orderBy: { id: 'asc' } } as const
    const where = { run_id: { $in: [...runs] } }
    const found = await read(() => manager.fork().find(Conversation, where, options))
    const first = new Map<number, ConversationEntry>()
    for (const entry of found.map(entryOf)) if (!first.has(entry.run_id)) first.set(entry.run_id, entry)
    return [...first.values()]
  }
})

const entryOf = ({ run_id, door, digest, data }: ConversationEntry): ConversationEntry => ({
  run_id,
  door,
  digest,
  data
})
