import { type ChatMessage, contentForModel, type ModelMessage } from '../../machines/messages/index.ts'

/** What a model is given of a message that its agent heard: a handoff's context goes before it. */
export function heardByModel(message: ChatMessage): ModelMessage[] {
  const said: ModelMessage = {
    type: 'UserMessage',
    content: contentForModel(message),
    source: message.source
  }
  return message.type === 'HandoffMessage' ? [...message.context, said] : [said]
}
