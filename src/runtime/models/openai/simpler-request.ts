import type { ChatMessage } from './request.ts'

/** One system message, which stands first; `messages` with several, or with one in the midst. */
export function asFirstSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const system = messages.filter(({ role }) => role === 'system')
  const content = system.map((message) => textOf(message.content)).join('\n')
  return [{ role: 'system', content }, ...messages.filter(({ role }) => role !== 'system')]
}

/** Messages of which no two of the user or of the assistant follow one another: such are one. */
export function asTurns(messages: readonly ChatMessage[]): ChatMessage[] {
  const turns: ChatMessage[] = []
  for (const message of messages) {
    const before = turns.at(-1)
    if (before && isSpeech(before) && isSpeech(message) && before.role === message.role)
      turns[turns.length - 1] = { role: before.role, content: joined(before.content, message.content) }
    else turns.push(message)
  }
  return turns
}

const isSpeech = ({ role, tool_calls }: ChatMessage) =>
  (role === 'user' || role === 'assistant') && tool_calls === undefined

function joined(first: ChatMessage['content'], second: ChatMessage['content']): ChatMessage['content'] {
  if (!Array.isArray(first) && !Array.isArray(second)) return `${first ?? ''}\n\n${second ?? ''}`
  return [...partsOf(first), ...partsOf(second)]
}

const partsOf = (content: ChatMessage['content']): object[] =>
  Array.isArray(content) ? content : [{ type: 'text', text: content ?? '' }]

const textOf = (content: ChatMessage['content']): string =>
  Array.isArray(content)
    ? content.map((part) => (part as { text?: string }).text ?? '').join('\n')
    : (content ?? '')

/** What stands under these keys of a JSON Schema is a map of schemas: its keys are names. */
const maps = new Set(['properties', '$defs', 'definitions', 'patternProperties'])

/** A JSON Schema without some of its keywords. */
export function withoutKeys(
  keys: readonly string[],
  schema: Record<string, unknown>
): Record<string, unknown> {
  const entries = Object.entries(schema).filter(([key]) => !keys.includes(key))
  return Object.fromEntries(
    entries.map(([key, value]) => [key, maps.has(key) ? each(keys, value) : inside(keys, value)])
  )
}

const each = (keys: readonly string[], schemas: unknown): unknown =>
  Object.fromEntries(
    Object.entries((schemas ?? {}) as object).map(([name, schema]) => [name, inside(keys, schema)])
  )

function inside(keys: readonly string[], value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inside(keys, item))
  return typeof value === 'object' && value !== null
    ? withoutKeys(keys, value as Record<string, unknown>)
    : value
}
