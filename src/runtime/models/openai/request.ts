import type { FunctionCall, Image, ModelMessage } from '../../../machines/messages/index.ts'
import type { ModelRequest, ToolSchema } from '../model.ts'
import { mediaType } from '../wire/media-type.ts'
import { strictSchema } from '../wire/strict-schema.ts'

/** A message as OpenAI's chat completions take it. */
export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  content: string | null | object[]
  name?: string
  tool_calls?: object[]
  tool_call_id?: string
}

/** A tool as OpenAI's chat completions take it. */
export interface ChatTool {
  type: 'function'
  function: { name: string; description?: string; parameters: Record<string, unknown>; strict?: boolean }
}

/** The body of a request. */
export interface ChatBody extends Record<string, unknown> {
  model: string
  messages: ChatMessage[]
  tools?: ChatTool[]
  response_format?: { type: string; json_schema?: { name: string; schema: unknown; strict?: boolean } }
  stream?: boolean
}

/** How one service wants to be told who said what. */
export interface MessageStyle {
  /** Sends the speaker of a user message as the message's name. */
  names: boolean
  /** Puts the speaker before the text: `writer said:`. */
  prefixes: boolean
  /** Makes one system message of several in a row. */
  oneSystemMessage: boolean
}

/** The body of a request: what a config says about all of them (`settings`), and this one. */
export function chatBody(
  model: string,
  request: ModelRequest,
  settings: Readonly<Record<string, unknown>>,
  style: MessageStyle
): ChatBody {
  const { parallel_tool_calls, response_format, stream_options, ...rest } = settings
  const body: ChatBody = { model, messages: chatMessages(request.messages, style), ...rest }
  if (request.tools?.length) {
    body.tools = request.tools.map(chatTool)
    body.tool_choice = request.toolChoice ?? 'auto'
    // OpenAI refuses it where there are no tools.
    if (parallel_tool_calls !== undefined) body.parallel_tool_calls = parallel_tool_calls
  }
  const format = formatOf(request.json) ?? (request.json === false ? undefined : response_format)
  if (format) body.response_format = format as ChatBody['response_format']
  if (request.stream) {
    body.stream = true
    if (stream_options) body.stream_options = stream_options
  }
  return body
}

function formatOf(json: ModelRequest['json']): ChatBody['response_format'] {
  if (json === true) return { type: 'json_object' }
  if (!json) return undefined
  const strict = strictSchema(json)
  const name = String(json.title ?? 'response')
    .replace(/[^\w-]/g, '_')
    .slice(0, 64)
  return { type: 'json_schema', json_schema: { name, schema: strict ?? json, strict: strict !== undefined } }
}

function chatTool({ name, description, parameters, strict }: ToolSchema): ChatTool {
  const asked: ChatTool['function'] = { name, description, parameters: withProperties(parameters) }
  if (strict !== undefined) asked.strict = strict
  return { type: 'function', function: asked }
}

/** Services refuse the schema of an object that does not say what is in it. */
const withProperties = (schema: Record<string, unknown>): Record<string, unknown> =>
  schema.properties || (schema.type !== undefined && schema.type !== 'object')
    ? schema
    : { ...schema, type: 'object', properties: {} }

/** The messages as OpenAI's chat completions take them. */
export function chatMessages(messages: readonly ModelMessage[], style: MessageStyle): ChatMessage[] {
  const all: ChatMessage[] = []
  for (const message of messages) {
    const before = all.at(-1)
    if (style.oneSystemMessage && message.type === 'SystemMessage' && before?.role === 'system')
      before.content = `${before.content}\n${message.content}`
    else add(all, message, style)
  }
  return all
}

function add(all: ChatMessage[], message: ModelMessage, style: MessageStyle): void {
  switch (message.type) {
    case 'SystemMessage':
      all.push({ role: 'system', content: message.content })
      break
    case 'UserMessage':
      all.push(userMessage(message, style))
      break
    case 'AssistantMessage':
      all.push(assistantMessage(message))
      break
    case 'FunctionExecutionResultMessage':
      for (const { call_id, content } of message.content)
        all.push({ role: 'tool', tool_call_id: call_id, content })
  }
}

type Of<Type extends ModelMessage['type']> = Extract<ModelMessage, { type: Type }>

function userMessage({ content, source }: Of<'UserMessage'>, { prefixes, names }: MessageStyle): ChatMessage {
  const prefix = prefixes ? `${source} said:\n` : ''
  const message: ChatMessage = {
    role: 'user',
    content: typeof content === 'string' ? prefix + content : partsOf(content, prefix)
  }
  // The service takes no other letters in a name.
  if (names && /^[\w-]{1,64}$/.test(source)) message.name = source
  return message
}

function partsOf(parts: readonly (string | Image)[], prefix: string): string | object[] {
  if (parts.length === 1 && typeof parts[0] === 'string') return prefix + parts[0]
  return parts.map((part, at) =>
    typeof part === 'string'
      ? { type: 'text', text: at === 0 ? prefix + part : part }
      : { type: 'image_url', image_url: { url: `data:${mediaType(part.data)};base64,${part.data}` } }
  )
}

// The thought of a message with calls is the text the model wrote beside them.
function assistantMessage({ content, thought }: Of<'AssistantMessage'>): ChatMessage {
  if (typeof content === 'string') return { role: 'assistant', content }
  return { role: 'assistant', content: thought || null, tool_calls: content.map(toolCall) }
}

const toolCall = ({ id, name, arguments: text }: FunctionCall) => ({
  id,
  type: 'function',
  function: { name, arguments: text }
})
