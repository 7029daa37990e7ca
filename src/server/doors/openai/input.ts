import { z } from 'zod'
import type { ChatMessage } from '../../../machines/messages/index.ts'
import { TroupeError } from '../../../protocol/errors.ts'
import type { Clock } from '../../../runtime/shared/clock.ts'
import { type ContentPart, fileOf, messagesOf } from '../common/task-content.ts'

/** Something that a client of OpenAI says or was told, of chat completions and of responses alike. */
export const InputMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.null(), z.array(z.looseObject({ type: z.string() }))]).optional()
})
export type InputMessage = z.infer<typeof InputMessage>

/** What a client sends, parted into what is new and what was said before. */
export interface Input {
  /** What was said before, up to the last answer, as pairs of role and text; instructions are left out. */
  history: readonly (readonly [role: string, text: string])[]
  /** What is new: what follows the last answer. */
  fresh: readonly InputMessage[]
  all: readonly InputMessage[]
}

/** Parts messages into what is new and what was said before. */
export function inputOf(all: readonly InputMessage[]): Input {
  const last = all.findLastIndex(({ role }) => role === 'assistant')
  const said = all.filter(({ role }) => role === 'user' || role === 'assistant')
  const lastSaid = said.findLastIndex(({ role }) => role === 'assistant')
  return {
    all,
    fresh: all.slice(last + 1).filter(({ role }) => role === 'user'),
    history: said.slice(0, lastSaid + 1).map((message) => [message.role, plainText(message)] as const)
  }
}

/** Messages as those of a task; instructions are said by `system`. */
export const taskOf = (messages: readonly InputMessage[], clock: Clock): ChatMessage[] =>
  messages.flatMap(({ role, content }) =>
    role === 'tool' || role === 'function' ? [] : messagesOf(partsOf(content), sources[role], clock)
  )

const sources = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' } as const

/** What messages say, as one text. */
export const textOfAll = (messages: readonly InputMessage[]): string =>
  messages.map(plainText).join('\n\n').trim()

/** What a message says, without what clients change about it, such as space around it. */
export const plainText = ({ content }: InputMessage): string =>
  (typeof content === 'string' ? content : textIn(content ?? [])).trim()

const textIn = (parts: readonly { type: string }[]): string =>
  parts
    .map((part) => ('text' in part && typeof part.text === 'string' ? part.text : `<${part.type}>`))
    .join('\n')

function partsOf(content: InputMessage['content']): ContentPart[] {
  if (content == null) return []
  return typeof content === 'string' ? [{ kind: 'text', text: content }] : content.map(partOf)
}

/** A part of a message, as chat completions (`image_url`) and responses (`input_image`) have it. */
function partOf(part: Record<string, unknown> & { type: string }): ContentPart {
  if (typeof part.text === 'string') return { kind: 'text', text: part.text }
  if (typeof part.refusal === 'string') return { kind: 'text', text: part.refusal }
  const image = part.image_url as string | { url?: unknown } | undefined
  const url = typeof image === 'string' ? image : image?.url
  if (typeof url === 'string') return fileOf(url)
  const { file_data, filename } = (part.file ?? part) as { file_data?: unknown; filename?: unknown }
  const name = typeof filename === 'string' ? filename : undefined
  if (typeof file_data === 'string')
    return fileOf(file_data.startsWith('data:') ? file_data : `data:text/plain;base64,${file_data}`, name)
  throw new TroupeError(
    'bad_task',
    `a part of the type "${part.type}" is not understood; send texts, pictures or files`
  )
}
