import type { ModelMessage } from '../../machines/message.ts'

/** The messages for a model that sees no pictures: a word stands where a picture was. Source: `remove_images`. */
export const withoutImages = (messages: readonly ModelMessage[]): ModelMessage[] =>
  messages.map((message) =>
    message.type === 'UserMessage' && typeof message.content !== 'string'
      ? {
          ...message,
          content: message.content.map((part) => (typeof part === 'string' ? part : '<image>')).join('\n')
        }
      : message
  )
