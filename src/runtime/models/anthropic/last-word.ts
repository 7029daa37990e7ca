import type { ModelMessage } from '../../../machines/messages/index.ts'
import type { ModelRequest } from '../model.ts'
import type { Connection } from '../service/service.ts'

/** Accounts whose model wants the user to have the last word; the one that was learned first is forgotten first. */
const strict = new Set<string>()
const MOST = 1000

/**
 * Newer models refuse a conversation that ends with what the assistant said, which is how one looks to an agent that
 * speaks twice in a row. They are asked again with a word of the user behind it, and from then on at once.
 */
export function withLastWord(connection: Connection): Connection {
  const { account } = connection
  return {
    ...connection,
    async ask(request, attempt) {
      if (!endsWithAssistant(request)) return connection.ask(request, attempt)
      if (strict.has(account)) return connection.ask(answered(request), attempt)
      try {
        return await connection.ask(request, attempt)
      } catch (error) {
        if (!/prefill|end with a user message/i.test((error as Error).message)) throw error
        strict.add(account)
        if (strict.size > MOST) strict.delete(strict.values().next().value!)
        return connection.ask(answered(request), attempt)
      }
    }
  }
}

const endsWithAssistant = ({ messages }: ModelRequest): boolean =>
  messages.at(-1)?.type === 'AssistantMessage'

const last: ModelMessage = { type: 'UserMessage', source: 'user', content: 'Continue.' }
const answered = (request: ModelRequest): ModelRequest => ({
  ...request,
  messages: [...request.messages, last]
})
