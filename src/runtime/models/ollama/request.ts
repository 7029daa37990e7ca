import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider'
import type { ChatRequest, Message } from 'ollama'

/** What a config says that every request to Ollama holds: options of the model, and fields beside them. */
export interface Fixed {
  options: Record<string, unknown>
  fields: Record<string, unknown>
}

/** The body of a request to `/api/chat`. */
export function ollamaRequest(
  model: string,
  { prompt, tools, toolChoice, responseFormat }: LanguageModelV4CallOptions,
  { options, fields }: Fixed,
  stream: boolean
): ChatRequest {
  const request: ChatRequest = { model, messages: prompt.flatMap(messagesOf), stream, ...fields }
  if (Object.keys(options).length > 0) request.options = options
  // It knows no way to forbid calls but to offer none.
  if (tools?.length && toolChoice?.type !== 'none') request.tools = tools.map(toolOf) as ChatRequest['tools']
  if (responseFormat?.type === 'json') request.format = responseFormat.schema ?? 'json'
  return request
}

function messagesOf(message: LanguageModelV4Message): Message[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [userMessage(message)]
    case 'assistant':
      return [assistantMessage(message)]
    case 'tool':
      return message.content.flatMap((part) =>
        part.type === 'tool-result' && part.output.type === 'text'
          ? [{ role: 'tool', content: part.output.value, tool_name: part.toolName }]
          : []
      )
  }
}

type Of<Role extends LanguageModelV4Message['role']> = Extract<LanguageModelV4Message, { role: Role }>

function userMessage({ content }: Of<'user'>): Message {
  const images = content.flatMap((part) =>
    part.type === 'file' && part.data.type === 'data' ? [String(part.data.data)] : []
  )
  return { role: 'user', content: textOf(content), ...(images.length > 0 && { images }) }
}

function assistantMessage({ content }: Of<'assistant'>): Message {
  const calls = content.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ function: { name: part.toolName, arguments: part.input as Record<string, unknown> } }]
      : []
  )
  return { role: 'assistant', content: textOf(content), ...(calls.length > 0 && { tool_calls: calls }) }
}

const textOf = (parts: Of<'user'>['content'] | Of<'assistant'>['content']) =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')

type Tool = NonNullable<LanguageModelV4CallOptions['tools']>[number]

function toolOf(tool: Tool) {
  const { name, description, inputSchema } = tool as Extract<Tool, { type: 'function' }>
  return { type: 'function', function: { name, description, parameters: inputSchema } }
}
