import type { ModelMessage } from '../../machines/messages/index.ts'

/** The messages for a model that sees no pictures: a word stands where a picture was. Source: `remove_images`. */
export const withoutImages = (messages: readonly ModelMessage[]): readonly ModelMessage[] =>
  messages.some(mayShow) ? messages.map((message) => (mayShow(message) ? told(message) : message)) : messages

type Showing = Extract<ModelMessage, { type: 'UserMessage' }> & { content: readonly unknown[] }

const mayShow = (message: ModelMessage): message is Showing =>
  message.type === 'UserMessage' && typeof message.content !== 'string'

const told = (message: Showing): ModelMessage => ({
  ...message,
  content: message.content.map((part) => (typeof part === 'string' ? part : '<image>')).join('\n')
})
