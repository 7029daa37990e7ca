import { type ChatMessage, contentForModel, type ModelMessage } from '../../../machines/messages/index.ts'

/** What an orchestrator asks its model. */
export const question = (manager: string, content: string): ModelMessage => ({
  type: 'UserMessage',
  content,
  source: manager
})

/** What an orchestrator's model has answered, or the orchestrator has said. */
export const own = (manager: string, content: string): ModelMessage => ({
  type: 'AssistantMessage',
  content,
  thought: null,
  source: manager
})

/** What was said in the team, as its orchestrator's model is given it. */
export const historyOf = (messages: readonly ChatMessage[], manager: string): ModelMessage[] =>
  messages.map((message) => {
    const content = contentForModel(message)
    const said = message.source === manager && typeof content === 'string'
    return said ? own(manager, content) : { type: 'UserMessage', content, source: message.source }
  })
