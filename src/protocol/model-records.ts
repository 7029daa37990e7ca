/** What a record says of the messages that its model was given. */
interface Given {
  messages: unknown[]
  /** The `seq` of an earlier record, and how many of its first messages stand before these. */
  after?: number
  kept?: number
}

/**
 * Shortens the records of a run's model calls: the messages of a call are nearly all those of the agent's call before, and
 * a run of 200 turns would send 18 MB of it. A record holds what is new; `after` is the `seq` of the same agent's record
 * before, and `kept` is how many of the messages of that one, whole, stand before the new ones.
 */
export class RecordShortener {
  /** The last record of each agent: its number, and all messages of the call. */
  readonly #last = new Map<string, { seq: number; messages: readonly unknown[] }>()

  /** The record as it is stored in the frame with the number `seq`. */
  shorten<Record extends Given>(record: Record, agent: string, seq: number): Record {
    const { messages } = record
    const before = this.#last.get(agent)
    this.#last.set(agent, { seq, messages })
    // One message at least, for those who look at the first one without looking whether it is there.
    const kept = before ? Math.min(sameAtFirst(before.messages, messages), messages.length - 1) : 0
    return before && kept > 0
      ? { ...record, messages: messages.slice(kept), after: before.seq, kept }
      : record
  }
}

/** How many messages at the beginning of two lists are the same. */
function sameAtFirst(one: readonly unknown[], other: readonly unknown[]): number {
  let count = 0
  while (count < one.length && count < other.length && isSame(one[count], other[count])) count++
  return count
}

/** Whether two JSON values are the same. Texts of a history are the same objects in each call, and quick to compare. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => isSame(Reflect.get(one, key), Reflect.get(other, key)))
}

/** Whether the text of a frame may hold a record. */
const mayBeRecord = (text: string): boolean => text.includes('llm_call_event')

interface Frame {
  seq?: number
  data?: { source?: string; content?: unknown }
}

/** Makes the records of a run whole again, where all of its frames come along in their order. */
export class WholeRecords {
  /** The messages of each agent's last record, and of the one that is named by a number. */
  readonly #messages = new Map<string, { seq: number; messages: unknown[] }>()

  /** The text of a frame, its record made whole. */
  frame(text: string): string {
    if (!mayBeRecord(text)) return text
    const frame = JSON.parse(text) as Frame
    return this.message(frame.data, frame.seq ?? 0) ? JSON.stringify(frame) : text
  }

  /** Makes the record in a message whole, in place; whether it was short. */
  message(data: Frame['data'], seq: number): boolean {
    if (data?.source !== 'llm_call_event' || typeof data.content !== 'string') return false
    const record = recordIn(data.content)
    if (!record) return false
    const { after, kept, ...rest } = record
    const before = this.#messages.get(record.agent_id ?? '')
    const isShort = kept !== undefined && before !== undefined && before.seq === after
    const messages = isShort ? [...before.messages.slice(0, kept), ...record.messages] : record.messages
    this.#messages.set(record.agent_id ?? '', { seq, messages })
    if (isShort) data.content = JSON.stringify({ ...rest, messages })
    return isShort
  }
}

function recordIn(content: string): (Given & { agent_id?: string }) | undefined {
  try {
    const record = JSON.parse(content)
    return Array.isArray(record?.messages) ? record : undefined
  } catch {
    return undefined
  }
}
