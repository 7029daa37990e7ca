import { z } from 'zod'
import type { ComponentModel } from '../machines/component/component.ts'
import { RunStatus } from './run-status.ts'
import { PlainMessage, Timestamp } from './server-frames.ts'

/** Rows as the REST API gives them, in AutoGen Studio's shape. */

const Json = z.record(z.string(), z.unknown())

export const Component = z
  .looseObject({
    provider: z.string(),
    component_type: z.string().nullish(),
    version: z.number().nullish(),
    component_version: z.number().nullish(),
    description: z.string().nullish(),
    label: z.string().nullish(),
    config: Json
  })
  .describe("A component as JSON, in AutoGen's shape.") as unknown as z.ZodType<ComponentModel>

export const Row = z
  .object({
    id: z.int(),
    user_id: z.string().nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
    version: z.string().describe("of the row's shape: AutoGen Studio's")
  })
  .describe('What every row has.')

export const TeamRow = z
  .object({
    ...Row.shape,
    component: Component,
    published: z.boolean().describe('whether others than its owner may run it'),
    default: z.boolean().describe('whether it is the one that a client is shown who names none')
  })
  .describe('A stored team.')
export const SessionRow = z
  .object({ ...Row.shape, name: z.string(), team_id: z.int().nullable() })
  .describe('A session: what runs belong together.')
export const ConfigRow = z.object({ ...Row.shape, config: Json }).describe("A gallery, or a user's settings.")

export const MessageRow = z
  .object({
    ...Row.shape,
    session_id: z.int(),
    run_id: z.int(),
    config: PlainMessage.describe('a picture is `{data}` in base64'),
    message_meta: Json
  })
  .describe('A message of a run.')
export type MessageRow = z.infer<typeof MessageRow>

export const RunRow = z
  .object({
    ...Row.shape,
    session_id: z.int(),
    status: RunStatus,
    task: z.unknown().describe('`{}` before the start'),
    team_result: z.unknown().describe('a TeamResult; `{}` before the end'),
    error_message: z.string().nullable(),
    messages: z.array(MessageRow)
  })
  .describe('A run.')
export type RunRow = z.infer<typeof RunRow>
