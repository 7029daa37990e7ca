import { z } from 'zod'
import type { ChatMessage } from '../../../machines/messages/index.ts'
import type { Clock } from '../../../runtime/shared/clock.ts'
import { Text } from '../../http/route.ts'
import type { Approval } from '../common/door-runs.ts'
import { type ContentPart, fileOf, messagesOf } from '../common/task-content.ts'

const Part = z.looseObject({ type: z.string() })

/** A message of a thread. Source: `Message` of @ag-ui/core 1.0. */
const Message = z.looseObject({
  id: z.string(),
  role: z.string(),
  content: z.union([z.string(), z.array(Part)]).nullish()
})
type Message = z.infer<typeof Message>

const Resume = z.looseObject({
  interruptId: z.string(),
  status: z.enum(['resolved', 'cancelled']),
  payload: z.unknown().optional()
})
export type Resume = z.infer<typeof Resume>

/** What a client sends. Source: `RunAgentInput` of @ag-ui/core 1.0. */
export const RunAgentInput = z.looseObject({
  threadId: Text,
  runId: Text,
  messages: z.array(Message).default([]),
  state: z.unknown().optional(),
  resume: z.array(Resume).nullish()
})
export type RunAgentInput = z.infer<typeof RunAgentInput>

const roles = { user: 'user', assistant: 'assistant', system: 'system', developer: 'system' } as const

/** Messages of a thread as those of a task; calls of tools and their results are left out. */
export const taskOf = (messages: readonly Message[], clock: Clock): ChatMessage[] =>
  messages.flatMap(({ role, content }) => {
    const known = roles[role as keyof typeof roles]
    return known && content ? messagesOf(partsOf(content), known, clock) : []
  })

/** The messages of the person that are newer than the one that was answered last; all of the thread where none was. */
export function freshIn({ messages }: RunAgentInput, answered: string | null): Message[] {
  const at = answered === null ? -1 : messages.findIndex(({ id }) => id === answered)
  if (answered === null) return messages.some(({ role }) => role === 'user') ? [...messages] : []
  // A client may cut its history short.
  const newer = at < 0 ? messages.slice(-1) : messages.slice(at + 1)
  return newer.filter(({ role }) => role === 'user')
}

/** The text of messages. */
export const textOf = (messages: readonly Message[]): string =>
  messages
    .flatMap(({ content }) => (content ? partsOf(content) : []))
    .flatMap((part) => (part.kind === 'text' ? [part.text] : []))
    .join('\n')

function partsOf(content: NonNullable<Message['content']>): ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }]
  return content.flatMap((part): ContentPart[] => {
    if (part.type === 'text') return [{ kind: 'text', text: String(part.text ?? '') }]
    const address = addressOf(part)
    return address === undefined ? [] : [fileOf(address, textIn(part.filename))]
  })
}

const Source = z.looseObject({
  type: z.string(),
  value: z.string().optional(),
  mimeType: z.string().optional()
})

/** Where the bytes of a part are: a data URL, or an address that is refused elsewhere. */
function addressOf({ source, data, mimeType, url }: z.infer<typeof Part>): string | undefined {
  const { data: known } = Source.safeParse(source)
  if (known?.value !== undefined)
    return known.type === 'data' ? `data:${known.mimeType};base64,${known.value}` : known.value
  return typeof data === 'string' ? `data:${mimeType};base64,${data}` : textIn(url)
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const Decision = z.looseObject({ approved: z.boolean(), reason: z.string().nullish() })

/** Whether a call may be made: `{approved, reason?}`, `true` or `false`, or a text. */
export function approvalOf({ status, payload }: Resume): string | Approval {
  if (status === 'cancelled') return { approved: false, reason: 'The person has cancelled.' }
  if (typeof payload === 'boolean') return { approved: payload }
  const { data } = Decision.safeParse(payload)
  if (data) return { approved: data.approved, ...(!data.approved && data.reason && { reason: data.reason }) }
  return answerOf(payload)
}

/** What a person has answered, as a text. */
export const answerOf = (payload: unknown): string =>
  typeof payload === 'string' ? payload : payload === undefined ? '' : JSON.stringify(payload)
