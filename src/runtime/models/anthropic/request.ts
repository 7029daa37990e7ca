import type { ModelMessage } from '../../../machines/messages/index.ts'
import type { ModelRequest, ToolSchema } from '../model.ts'

/** A request as Anthropic's service takes it: system messages first, no empty texts, no calls of unknown tools. */
export function forAnthropic(request: ModelRequest): ModelRequest {
  const messages = request.messages.map(withWords)
  const system = messages.filter(({ type, content }) => type === 'SystemMessage' && content !== NOTHING)
  const sorted = [...system, ...messages.filter(({ type }) => type !== 'SystemMessage')]
  if (request.tools?.length) return { ...request, messages: sorted }
  const tools = calledTools(messages)
  return tools.length > 0
    ? { ...request, messages: sorted, tools, toolChoice: 'none' }
    : { ...request, messages: sorted }
}

// It refuses messages without words, and a participant may well have said nothing.
const NOTHING = '(nothing)'
const words = (text: string) => (text.trim() ? text : NOTHING)

function withWords(message: ModelMessage): ModelMessage {
  if (message.type === 'FunctionExecutionResultMessage') return message
  const { content } = message
  if (typeof content === 'string') return { ...message, content: words(content) }
  if (message.type === 'AssistantMessage') return message
  const parts = (content as (string | { data: string })[]).map((part) =>
    typeof part === 'string' ? words(part) : part
  )
  return { ...message, content: parts } as ModelMessage
}

/** A history with calls is refused where no tools are declared; these are the ones it names, not to be called again. */
function calledTools(messages: readonly ModelMessage[]): ToolSchema[] {
  const names = messages.flatMap(({ type, content }) =>
    type === 'AssistantMessage' && typeof content !== 'string'
      ? (content as { name: string }[]).map(({ name }) => name)
      : []
  )
  return [...new Set(names)].map((name) => ({
    name,
    description: 'A tool that was called before.',
    parameters: { type: 'object' }
  }))
}
