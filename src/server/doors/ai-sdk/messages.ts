import { z } from 'zod'
import type { ChatMessage } from '../../../machines/messages/index.ts'
import type { Clock } from '../../../runtime/shared/clock.ts'
import type { Approval } from '../common/door-runs.ts'
import { type ContentPart, fileOf, messagesOf } from '../common/task-content.ts'

/** A part of a message of a chat. Source: `UIMessage` of ai 7. */
const Part = z.looseObject({ type: z.string() })

/** A message of a chat. */
export const UiMessage = z.looseObject({
  id: z.string().optional(),
  role: z.enum(['system', 'user', 'assistant']),
  parts: z.array(Part)
})
export type UiMessage = z.infer<typeof UiMessage>

/** Messages of a chat as those of a task; what a team has thought and called before is left out. */
export const taskOf = (messages: readonly UiMessage[], clock: Clock): ChatMessage[] =>
  messages.flatMap(({ role, parts }) => messagesOf(parts.flatMap(contentOf), role, clock))

/** The text of a message. */
export const textOf = ({ parts }: UiMessage): string =>
  parts
    .flatMap((part) => (part.type === 'text' && typeof part.text === 'string' ? [part.text] : []))
    .join('\n')

function contentOf(part: z.infer<typeof Part>): ContentPart[] {
  if (part.type === 'text') return [{ kind: 'text', text: String(part.text ?? '') }]
  if (part.type !== 'file') return []
  return [fileOf(String(part.url), typeof part.filename === 'string' ? part.filename : undefined)]
}

const Responded = z.looseObject({
  state: z.literal('approval-responded'),
  approval: z.looseObject({
    id: z.string(),
    approved: z.boolean(),
    reason: z.string().optional()
  })
})

/** What a person has decided about calls of tools, by the id of the question. */
export function approvalsIn({ role, parts }: UiMessage): Map<string, Approval> {
  if (role !== 'assistant') return new Map()
  return new Map(
    parts.flatMap((part) => {
      const { data } = Responded.safeParse(part)
      if (!data) return []
      const { id, approved, reason } = data.approval
      return [[id, { approved, ...(!approved && reason && { reason }) }] as const]
    })
  )
}
