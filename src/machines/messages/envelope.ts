import { z } from 'zod'
import { Usage } from './model-message.ts'

/** The fields that all messages and events have, in the order in which AutoGen writes them. */
export const common = {
  /** A UUID. */
  id: z.string(),
  source: z.string(),
  models_usage: Usage.nullable().default(null),
  metadata: z.record(z.string(), z.string()).default(() => ({})),
  /** ISO 8601 with zone. */
  created_at: z.string()
}

/** Declares a message or event: its type and the fields it has beyond the common ones. */
export const message = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.object({ ...common, ...fields, type: z.literal(type) })
