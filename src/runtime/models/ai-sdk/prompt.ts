import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { FunctionCall, Image, ModelMessage } from '../../../machines/messages/index.ts'
import { argumentsOf } from '../wire/arguments.ts'
import { mediaType } from '../wire/media-type.ts'

/** How one service wants to be told who said what. */
export interface PromptStyle {
  /** Sends the speaker of a user message as the message's name. */
  names: boolean
  /** Puts the speaker before the text: `writer said:`. */
  prefixes: boolean
  /** Makes one system message of several in a row. */
  oneSystemMessage: boolean
  /** Gives the arguments of tool calls as objects, not as the text that the model wrote. */
  parsedArguments?: boolean
}

/** The messages in the words of the SDK. */
export function promptOf(messages: readonly ModelMessage[], style: PromptStyle): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = []
  for (const message of messages) {
    const before = prompt.at(-1)
    if (style.oneSystemMessage && message.type === 'SystemMessage' && before?.role === 'system') {
      before.content += `\n${message.content}`
    } else prompt.push(messageOf(message, style))
  }
  return prompt
}

function messageOf(message: ModelMessage, style: PromptStyle): LanguageModelV4Message {
  switch (message.type) {
    case 'SystemMessage':
      return { role: 'system', content: message.content }
    case 'UserMessage':
      return userMessage(message, style)
    case 'AssistantMessage':
      return { role: 'assistant', content: assistantParts(message, style) }
    case 'FunctionExecutionResultMessage':
      return {
        role: 'tool',
        content: message.content.map(({ call_id, name, content }) => ({
          type: 'tool-result',
          toolCallId: call_id,
          toolName: name,
          // An error goes as text too: the service would get `{"error": …}` instead of the text AutoGen sends.
          output: { type: 'text', value: content }
        }))
      }
  }
}

type Of<Type extends ModelMessage['type']> = Extract<ModelMessage, { type: Type }>

function userMessage({ content, source }: Of<'UserMessage'>, style: PromptStyle): LanguageModelV4Message {
  const prefix = style.prefixes ? `${source} said:\n` : ''
  const parts = typeof content === 'string' ? [content] : content
  return {
    role: 'user',
    content: parts.map((part, index) =>
      typeof part === 'string' ? textPart(index === 0 ? prefix + part : part) : imagePart(part)
    ),
    // The service takes no other letters in a name.
    ...(style.names && /^[\w-]{1,64}$/.test(source) && { providerOptions: { openai: { name: source } } })
  }
}

// The thought of a message with calls is the text the model wrote beside them.
function assistantParts({ content, thought }: Of<'AssistantMessage'>, style: PromptStyle) {
  if (typeof content === 'string') return [textPart(content)]
  const calls = content.map((call) => callPart(call, style))
  return [...(thought ? [textPart(thought)] : []), ...calls]
}

const textPart = (text: string) => ({ type: 'text' as const, text })

const callPart = ({ id, name, arguments: text }: FunctionCall, { parsedArguments }: PromptStyle) => {
  const input = parsedArguments ? argumentsOf(text) : text
  return { type: 'tool-call', toolCallId: id, toolName: name, input } as const
}

const imagePart = ({ data }: Image) =>
  ({ type: 'file', mediaType: mediaType(data), data: { type: 'data', data } }) as const
