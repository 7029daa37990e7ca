import { z } from 'zod'
import type { Approval } from '../common/door-runs.ts'
import { type ContentPart, fileOf } from '../common/task-content.ts'

/** A request of JSON-RPC. */
export const Request = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number(), z.null()]).default(null),
  method: z.string(),
  params: z.unknown()
})

const Part = z.looseObject({
  text: z.string().optional(),
  raw: z.string().optional(),
  url: z.string().optional(),
  data: z.unknown().optional(),
  filename: z.string().optional(),
  mediaType: z.string().optional()
})
type Part = z.infer<typeof Part>

/** What a client says. Source: `SendMessageRequest` of A2A 1.0. */
export const SendMessage = z.looseObject({
  message: z.looseObject({
    messageId: z.string().min(1),
    contextId: z.string().optional(),
    taskId: z.string().optional(),
    role: z.literal('ROLE_USER'),
    parts: z.array(Part).min(1)
  }),
  configuration: z
    .looseObject({
      returnImmediately: z.boolean().default(false),
      historyLength: z.int().min(0).optional()
    })
    .optional()
})
export type SendMessage = z.infer<typeof SendMessage>

/** Which task is meant. */
export const TaskQuery = z.looseObject({ id: z.string().min(1), historyLength: z.int().min(0).optional() })

export const ListTasks = z.looseObject({
  contextId: z.string().optional(),
  status: z.string().optional(),
  includeArtifacts: z.boolean().optional(),
  pageSize: z.int().min(1).max(100).optional(),
  pageToken: z.string().optional(),
  historyLength: z.int().min(0).optional()
})
export type ListTasks = z.infer<typeof ListTasks>

/** A part of a message as content of a task. */
export function toContent({ text, raw, url, data, filename, mediaType }: Part): ContentPart[] {
  if (text !== undefined) return [{ kind: 'text', text }]
  if (raw !== undefined)
    return [
      {
        ...{ kind: 'file', data: raw, type: mediaType || 'application/octet-stream' },
        ...(filename && { name: filename })
      } as ContentPart
    ]
  if (url !== undefined) return [fileOf(url, filename || undefined)]
  return data === undefined ? [] : [{ kind: 'text', text: JSON.stringify(data) }]
}

/** The text of a message. */
export const textIn = (parts: readonly Part[]): string =>
  parts.flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n')

const Decision = z.looseObject({ approved: z.boolean(), reason: z.string().optional() })

/** Whether a tool may be called, where a part says so as data: `{approved, reason?}`. */
export function approvalIn(parts: readonly Part[]): Approval | undefined {
  for (const { data } of parts) {
    const decision = Decision.safeParse(data).data
    if (decision)
      return {
        approved: decision.approved,
        ...(!decision.approved && decision.reason && { reason: decision.reason })
      }
  }
  return undefined
}
