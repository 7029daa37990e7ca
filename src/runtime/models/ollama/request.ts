import type { ModelMessage } from '../../../machines/messages/index.ts'
import type { ModelRequest } from '../model.ts'
import { argumentsOf } from '../wire/arguments.ts'

/** What a config says that every request to Ollama holds: options of the model, and fields beside them. */
export interface Fixed {
  options: Record<string, unknown>
  fields: Record<string, unknown>
  /** The form of the answer, where a request names none. */
  format: unknown
}

/** A message as `/api/chat` takes it. */
interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string
  images?: string[]
  tool_calls?: { function: { name: string; arguments: Record<string, unknown> } }[]
  tool_name?: string
}

/** The body of a request to `/api/chat`. */
export interface OllamaBody extends Record<string, unknown> {
  model: string
  messages: Message[]
  stream: boolean
}

/** The body of a request to `/api/chat`. */
export function ollamaBody(model: string, request: ModelRequest, fixed: Fixed): OllamaBody {
  const { messages, tools, toolChoice, json, stream } = request
  const body: OllamaBody = { model, messages: messages.flatMap(messagesOf), stream, ...fixed.fields }
  if (Object.keys(fixed.options).length > 0) body.options = fixed.options
  // It knows no way to forbid calls but to offer none.
  if (tools?.length && toolChoice !== 'none')
    body.tools = tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters }
    }))
  const format = json === true ? 'json' : json === undefined ? fixed.format : json || undefined
  if (format) body.format = format
  return body
}

function messagesOf(message: ModelMessage): Message[] {
  switch (message.type) {
    case 'SystemMessage':
      return [{ role: 'system', content: message.content }]
    case 'UserMessage':
      return [userMessage(message)]
    case 'AssistantMessage':
      return [assistantMessage(message)]
    case 'FunctionExecutionResultMessage':
      return message.content.map(({ name, content }) => ({ role: 'tool', content, tool_name: name }))
  }
}

type Of<Type extends ModelMessage['type']> = Extract<ModelMessage, { type: Type }>

function userMessage({ content }: Of<'UserMessage'>): Message {
  if (typeof content === 'string') return { role: 'user', content }
  const texts = content.filter((part) => typeof part === 'string')
  const images = content.flatMap((part) => (typeof part === 'string' ? [] : [part.data]))
  return { role: 'user', content: texts.join('\n'), ...(images.length > 0 && { images }) }
}

function assistantMessage({ content, thought }: Of<'AssistantMessage'>): Message {
  if (typeof content === 'string') return { role: 'assistant', content }
  const tool_calls = content.map(({ name, arguments: text }) => ({
    function: { name, arguments: argumentsOf(text) }
  }))
  return { role: 'assistant', content: thought ?? '', tool_calls }
}
