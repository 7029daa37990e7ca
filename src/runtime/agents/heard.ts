import { type ChatMessage, type ModelMessage, textOf } from '../../machines/message.ts'

/** What a model is given of a message that its agent heard: a handoff's context goes before it. */
export function heardByModel(message: ChatMessage): ModelMessage[] {
  const content = message.type === 'MultiModalMessage' ? message.content : textOf(message)
  const said: ModelMessage = { type: 'UserMessage', content, source: message.source }
  return message.type === 'HandoffMessage' ? [...message.context, said] : [said]
}
