import type { ModelMessage } from '../../../machines/messages/index.ts'
import { formatText, repr, reprOf } from '../../../machines/messages/python-repr.ts'
import type { Model } from '../../models/model.ts'
import { rosterOf } from '../roster.ts'

/** The prompt of a team that is given none. */
export const usualPrompt = `Several roles take part in this conversation:
{roles}

So far it went like this:

{history}

Which one of {participants} is to speak next? Answer with that name only.
`

/** What a selector's prompt is filled with. */
export interface PromptParts {
  roles: readonly { name: string; description: string }[]
  participants: readonly string[]
  history: readonly ModelMessage[]
}

/** Fills the prompt. Throws where it names something else than `{roles}`, `{participants}` and `{history}`. */
export const fillPrompt = (prompt: string, { roles, participants, history }: PromptParts): string =>
  formatText(prompt, {
    roles: rosterOf(roles),
    participants: repr(participants),
    history: history.flatMap(spoken).join('\n')
  })

function spoken(message: ModelMessage): string[] {
  if (message.type !== 'UserMessage' && message.type !== 'AssistantMessage') return []
  return [`${`${message.source}: ${textOf(message.content)}`.trimEnd()}\n\n`]
}

function textOf(content: Extract<ModelMessage, { source: string }>['content']): string {
  if (typeof content === 'string') return content
  const parts = content.map((part) => {
    if (typeof part === 'string') return part
    return 'data' in part ? '<image>' : reprOf('FunctionCall', part)
  })
  return parts.join('\n')
}

// Source: autogen-core `ModelFamily.is_openai`.
const openAi = new Set(['gpt-5', 'gpt-45', 'gpt-41', 'gpt-4o', 'o1', 'o3', 'o4', 'gpt-4', 'gpt-35'])

/** The prompt as a message: models of other families need a user message to answer. */
export const promptMessage = ({ info }: Model, content: string): ModelMessage =>
  openAi.has(info.family)
    ? { type: 'SystemMessage', content }
    : { type: 'UserMessage', content, source: 'user' }
