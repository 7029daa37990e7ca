import { ChatMessage, type Draft, type TextMessage } from '../../machines/messages/index.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Clock } from './clock.ts'
import { createMessage } from './create-message.ts'

/** What a team may be given: a text, a chat message or several; ids and times may be missing. */
export type Task = string | Draft<ChatMessage> | readonly Draft<ChatMessage>[]

/** Reads a task, from a caller or from JSON, into complete messages; `newId` gives ids, random by default. Throws `empty_task` or `bad_task`. */
export function readTask(task: unknown, clock: Clock, newId?: () => string): ChatMessage[] {
  if (typeof task === 'string')
    return [createMessage<TextMessage>({ type: 'TextMessage', source: 'user', content: task }, clock, newId)]
  if (Array.isArray(task) && task.length === 0) throw new TroupeError('empty_task')
  return (Array.isArray(task) ? task : [task]).map((message, i) => readMessage(message, i, clock, newId))
}

function readMessage(message: unknown, i: number, clock: Clock, newId?: () => string): ChatMessage {
  if (typeof message !== 'object' || message === null)
    throw new TroupeError('bad_task', `item ${i} is no message`)
  const parsed = ChatMessage.safeParse(createMessage(message as Draft<ChatMessage>, clock, newId))
  if (parsed.success) return parsed.data
  const { path, message: reason } = parsed.error.issues[0]!
  throw new TroupeError('bad_task', `item ${i}, ${path.join('.') || 'type'}: ${reason}`)
}
