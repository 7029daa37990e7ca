import { EventSourceParserStream } from 'eventsource-parser/stream'

// Anthropic may add events and kinds of blocks at any time, and wants clients to pass over them; the SDK refuses a whole
// answer for one. What is listed here is all that an agent has a use for.
const events = new Set([
  ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
  ...['message_delta', 'message_stop', 'error', 'ping']
])
const blocks = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use'])
const deltas = new Set(['text_delta', 'thinking_delta', 'signature_delta', 'input_json_delta'])

/** A `fetch` whose answers hold only events and blocks that are known; what is refused comes as it is. */
export const withKnownParts =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (url, init) => {
    const response = await fetch(url, init)
    if (!response.ok || !response.body) return response
    const { status, statusText } = response
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    const type = headers.get('content-type') ?? ''
    if (type.includes('text/event-stream'))
      return new Response(knownEvents(response.body), { status, statusText, headers })
    return new Response(knownBlocks(await response.text()), { status, statusText, headers })
  }

interface Event {
  type?: unknown
  index?: unknown
  content_block?: { type?: unknown }
  delta?: { type?: unknown }
}

function knownEvents(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const dropped = new Set<unknown>()
  return body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream())
    .pipeThrough(
      new TransformStream<{ event?: string | undefined; data: string }, string>({
        transform({ event, data }, out) {
          if (isKnown(data, dropped)) out.enqueue(`${event ? `event: ${event}\n` : ''}data: ${data}\n\n`)
        }
      })
    )
    .pipeThrough(new TextEncoderStream())
}

/** `dropped`: the indices of the blocks that are left out. */
function isKnown(data: string, dropped: Set<unknown>): boolean {
  const { type, index, content_block, delta } = (parsed(data) ?? {}) as Event
  // What is no event at all is for the SDK to complain of.
  if (typeof type !== 'string') return true
  if (!events.has(type)) return false
  if (type === 'content_block_start' && !blocks.has(String(content_block?.type))) dropped.add(index)
  if (!type.startsWith('content_block')) return true
  return !dropped.has(index) && (type !== 'content_block_delta' || deltas.has(String(delta?.type)))
}

function knownBlocks(text: string): string {
  const answer = parsed(text) as { content?: unknown } | undefined
  if (!Array.isArray(answer?.content)) return text
  const content = answer.content.filter((block: { type?: unknown } | null) => blocks.has(String(block?.type)))
  return content.length === answer.content.length ? text : JSON.stringify({ ...answer, content })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
