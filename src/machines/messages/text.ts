import type { ChatMessage, StructuredMessage, TeamMessage } from './chat-message.ts'
import type { ModelMessage } from './model-message.ts'
import { formatText, repr, reprOf } from './python-repr.ts'

/**
 * A message as one text, as people see it and conditions search it. Source: autogen `to_text`, which writes lists as
 * Python does: a mention in a tool's arguments is found there as the model wrote it, its quotes not escaped.
 */
export function textOf(message: TeamMessage): string {
  switch (message.type) {
    case 'MultiModalMessage':
      return message.content.map((part) => (typeof part === 'string' ? part : '<image>')).join('\n')
    case 'ToolCallRequestEvent':
      return list(message.content, ({ id, arguments: text, name }) =>
        reprOf('FunctionCall', { id, arguments: text, name })
      )
    case 'ToolCallExecutionEvent':
      return list(message.content, ({ content, name, call_id, is_error = null }) =>
        reprOf('FunctionExecutionResult', { content, name, call_id, is_error })
      )
    case 'MemoryQueryEvent':
      return list(message.content, ({ content, mime_type, metadata }) =>
        reprOf('MemoryContent', { content, mime_type, metadata })
      )
    case 'SelectSpeakerEvent':
      return repr(message.content)
    case 'CodeExecutionEvent':
      return message.result.output
    default:
      return typeof message.content === 'string' ? message.content : structuredText(message)
  }
}

/** A chat message as a text inside a prompt. Source: autogen `to_model_text`. */
export function modelTextOf(message: ChatMessage): string {
  if (message.type !== 'MultiModalMessage') return textOf(message)
  return message.content.map((part) => (typeof part === 'string' ? part : ' [image]')).join('')
}

/** What a model is given of a chat message: a structured one as JSON, whatever its format. Source: `to_model_message`. */
export function contentForModel({
  content
}: ChatMessage): Extract<ModelMessage, { type: 'UserMessage' }>['content'] {
  return typeof content === 'string' || Array.isArray(content) ? content : JSON.stringify(content)
}

const list = <Item>(items: readonly Item[], write: (item: Item) => string) =>
  `[${items.map(write).join(', ')}]`

function structuredText({ content, format_string }: StructuredMessage): string {
  if (!format_string) return JSON.stringify(content)
  try {
    return formatText(format_string, content)
  } catch {
    // Registered types refuse such a format; searching or showing a message of another type must not fail over it.
    return JSON.stringify(content)
  }
}
