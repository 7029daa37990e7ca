import { createHash } from 'node:crypto'
import type { ConversationEntry, Store } from '../../../runtime/store/store.ts'
import type { DoorName } from './door.ts'

/** What a conversation is called in another protocol: whose it is, with which team, and its name there. */
export interface ConversationName {
  door: DoorName
  /** The user of its runs. */
  owner: string | null
  /** Null where the name is enough. */
  team: number | null
  /** Such as `['thread', 'abc']`. */
  name: readonly unknown[]
}

/** Which runs belong to the conversations of other protocols. */
export class DoorConversations {
  readonly #rows: Store['conversations']

  constructor({ conversations }: Pick<Store, 'conversations'>) {
    this.#rows = conversations
  }

  /** Notes that a run is now what a conversation is about; `data` is what the door keeps of it. */
  async note(conversation: ConversationName, run: number, data: unknown = null): Promise<void> {
    const { door } = conversation
    await this.#rows.add({ door, run_id: run, digest: digestOf(conversation), data })
  }

  /** What was noted last of a conversation. */
  async latest(conversation: ConversationName): Promise<ConversationEntry | undefined> {
    return (await this.#rows.newest(digestOf(conversation), 1))[0]
  }

  /** What was noted of a conversation, newest first; a few at most. */
  all(conversation: ConversationName): Promise<ConversationEntry[]> {
    return this.#rows.newest(digestOf(conversation), FEW)
  }
}

const FEW = 10

const digestOf = ({ door, owner, team, name }: ConversationName): string =>
  createHash('sha256')
    .update(JSON.stringify([door, owner, team, name]))
    .digest('base64url')
