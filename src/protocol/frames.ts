import type { TeamMessage } from '../machines/messages/index.ts'
import type { FrameBody, ShownMessage } from './server-frames.ts'

/** The types of message that AutoGen Studio's clients know; all others go out as `event`. Source: Studio 0.4.3. */
const knownToStudio: ReadonlySet<string> = new Set([
  'TextMessage',
  'MultiModalMessage',
  'StopMessage',
  'HandoffMessage',
  'ToolCallRequestEvent',
  'ToolCallExecutionEvent'
])

/** A message as clients are sent it: pictures as data URLs. */
export function shownToClients(message: TeamMessage): ShownMessage {
  if (message.type !== 'MultiModalMessage') return message
  const content = message.content.map((part) =>
    typeof part === 'string' ? part : { url: `data:${typeOf(part.data)};base64,${part.data}`, alt: 'image' }
  )
  return { ...message, content }
}

/** A message that clients were sent, in AutoGen's JSON again: pictures as `{data}` in base64. */
export function plainMessage(shown: { content?: unknown } | null): TeamMessage {
  if (!Array.isArray(shown?.content)) return shown as TeamMessage
  return { ...shown, content: shown.content.map(plainPart) } as TeamMessage
}

function plainPart(part: unknown): unknown {
  const url = (part as { url?: unknown } | null)?.url
  const prefix = typeof url === 'string' ? /^data:image\/[^,]*;base64,/.exec(url) : null
  return prefix ? { data: (url as string).slice(prefix[0].length) } : part
}

/** The media type of base64 picture data, by how it begins. */
function typeOf(data: string): string {
  if (data.startsWith('/9j/')) return 'image/jpeg'
  if (data.startsWith('R0lGOD')) return 'image/gif'
  if (data.startsWith('UklGR')) return 'image/webp'
  return data.startsWith('PHN2Zy') || data.startsWith('PD94bW') ? 'image/svg+xml' : 'image/png'
}

/** A frame as clients are sent it: its JSON text, and its number where it is durable. */
export interface OutgoingFrame {
  seq: number | null
  text: string
}

/** The frame of a message or an event. */
export const messageFrame = (message: TeamMessage): FrameBody => ({
  type: knownToStudio.has(message.type) ? 'message' : 'event',
  data: shownToClients(message)
})

/** Writes the frame of a chunk; it has no number and is not stored. */
export type ChunkWriter = (content: string, id: string, created_at: string) => string

/** Writes the chunks of one message: all but what each brings is written once. `full_message_id` is the message's id. */
export function chunkWriter(run: number, source: string, full_message_id: string | null): ChunkWriter {
  const type = 'ModelClientStreamingChunkEvent'
  const common = { id: '', source, models_usage: null, metadata: {}, created_at: '' }
  const data = { ...common, type, content: '', full_message_id }
  const frame = JSON.stringify({ type: 'message_chunk', data, run_id: run })
  // A quotation mark inside of a text has a backslash before it, so these are the fields themselves.
  const id = frame.indexOf('"id":""') + 6
  const at = frame.indexOf('"created_at":""') + 14
  const text = frame.indexOf('"content":""') + 10
  const parts = [frame.slice(0, id), frame.slice(id, at), frame.slice(at, text), frame.slice(text + 2)]
  return (content, newId, created_at) =>
    `${parts[0]}${newId}${parts[1]}${created_at}${parts[2]}${JSON.stringify(content)}${parts[3]}`
}

/** The same frame, marked as sent again. */
export const asReplay = (text: string): string => `${text.slice(0, -1)},"replay":true}`
