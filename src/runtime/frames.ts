import type { ModelClientStreamingChunkEvent, TeamMessage } from '../machines/message.ts'

/** The kinds of message that old clients know; all others go out as `event`. Source: AutoGen Studio 0.4.3. */
const known: ReadonlySet<string> = new Set([
  'TextMessage',
  'MultiModalMessage',
  'StopMessage',
  'HandoffMessage',
  'ToolCallRequestEvent',
  'ToolCallExecutionEvent'
])

/** A message as clients are shown it: pictures as data URLs. */
export function shown(message: TeamMessage): unknown {
  if (message.type !== 'MultiModalMessage') return message
  const content = message.content.map((part) =>
    typeof part === 'string' ? part : { url: `data:${typeOf(part.data)};base64,${part.data}`, alt: 'image' }
  )
  return { ...message, content }
}

/** The media type of base64 picture data, by how it begins. */
function typeOf(data: string): string {
  if (data.startsWith('/9j/')) return 'image/jpeg'
  if (data.startsWith('R0lGOD')) return 'image/gif'
  if (data.startsWith('UklGR')) return 'image/webp'
  return data.startsWith('PHN2Zy') || data.startsWith('PD94bW') ? 'image/svg+xml' : 'image/png'
}

/** What came of a run, in Studio's shape; `duration` in seconds. */
export interface TeamResult {
  task_result: { messages: readonly unknown[]; stop_reason: string }
  usage: ''
  duration: number
}

/** A durable frame before it has a number. */
export type FrameBody = { type: string } & Record<string, unknown>

/** The frame that shows a message or an event. */
export const messageFrame = (message: TeamMessage): FrameBody => ({
  type: known.has(message.type) ? 'message' : 'event',
  data: shown(message)
})

/** The frame that shows a piece of an answer; it has no number and is not stored. */
export const chunkFrame = (run: number, data: ModelClientStreamingChunkEvent): string =>
  JSON.stringify({ type: 'message_chunk', data, run_id: run })

/** The same frame, told a second time. */
export const again = (text: string): string => `${text.slice(0, -1)},"replay":true}`
