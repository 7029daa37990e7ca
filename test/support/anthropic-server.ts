import { answers, pieces, type Reply } from './scripted-server.ts'

const usage = { input_tokens: 11, output_tokens: 7 }
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-20250514' }

/** Answers with an error in Anthropic's shape. */
export const fails = (status: number, text: string, headers?: Record<string, string>): Reply =>
  answers(status, { type: 'error', error: { type: 'api_error', message: text } }, headers)

/** Answers with these blocks of content, or with a text. */
export const says = (content: object[] | string, stop_reason = 'end_turn'): Reply => {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return answers(200, { ...message, content: blocks, stop_reason, stop_sequence: null, usage })
}

type Delta = { type: string } & Record<string, unknown>

/** The events of one streamed block: how it begins, and its deltas. */
export const block = (index: number, content_block: object, ...deltas: Delta[]): object[] => [
  { type: 'content_block_start', index, content_block },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index }
]

/** A streamed block of text. */
export const text = (index: number, ...parts: string[]) =>
  block(index, { type: 'text', text: '' }, ...parts.map((part) => ({ type: 'text_delta', text: part })))

/** Streams events and leaves the stream open. */
export const begins = (...events: object[]): Reply => {
  const start = { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } }
  return pieces('text/event-stream', [start, ...events].map(eventOf))
}

/** Streams blocks and ends as Anthropic does. */
export const streams =
  (events: object[], stop_reason = 'end_turn'): Reply =>
  async (response, asked) => {
    const end = { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage }
    await begins(...events, end, { type: 'message_stop' })(response, asked)
    response.end()
  }

const eventOf = (event: object) =>
  `event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`
