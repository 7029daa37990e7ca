import { z } from 'zod'
import { errorFrame } from './close-codes.ts'
import { isTooDeep } from './json-depth.ts'
import { RunOptions } from './run-options.ts'

/** A file that comes with a task; `content` is base64. Scripts may leave the name out. */
export const TaskFile = z.object({ name: z.string().nullish(), content: z.string(), type: z.string() })
export type TaskFile = z.infer<typeof TaskFile>

/**
 * Begins the run. `task` is a text, a chat message or a list of them; it may be empty when there are files, or a state
 * to go on from. `team_id` names a team of the run's owner instead of `team_config`.
 */
export const Start = z.object({
  type: z.literal('start'),
  task: z.unknown().optional(),
  team_config: z.record(z.string(), z.unknown()).nullish(),
  team_id: z.int().nullish(),
  files: z.array(z.unknown()).nullish(),
  options: RunOptions.nullish(),
  state: RunOptions.shape.state.nullable(),
  continue: RunOptions.shape.continue.nullable()
})
/** Cancels the run. */
export const Stop = z.object({
  type: z.literal('stop'),
  reason: z.string().nullish(),
  /** After the present turn, with a `result`. */
  graceful: z.boolean().nullish(),
  code: z.number().nullish()
})
/** Asks for a `pong`. */
export const Ping = z.object({ type: z.literal('ping') })
/** Answers a question; without `request_id` the oldest open one. */
export const InputResponse = z.object({
  type: z.literal('input_response'),
  response: z.string(),
  request_id: z.string().nullish()
})
/** Holds the run before its next model or tool call. */
export const Pause = z.object({ type: z.literal('pause') })
/** Lets a held run go on. */
export const Resume = z.object({ type: z.literal('resume') })

/** What a client may send. */
export const ClientFrame = z.discriminatedUnion('type', [Start, Stop, Ping, InputResponse, Pause, Resume])
export type ClientFrame = z.infer<typeof ClientFrame>
export type FrameOf<Type extends ClientFrame['type']> = Extract<ClientFrame, { type: Type }>

/** Parses a frame; gives the text of the `error` frame that answers it where that fails. */
export function parseFrame(text: string): { frame: ClientFrame } | { error: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { error: errorFrame('bad_json') }
  }
  if (isTooDeep(value)) return { error: errorFrame('bad_frame', 'This is nested too deeply.') }
  const parsed = ClientFrame.safeParse(value)
  if (parsed.success) return { frame: parsed.data }
  const { path, message } = parsed.error.issues[0]!
  const place = `${path.join('.')}: ${message}`
  if ((value as { type?: unknown } | null)?.type === 'start') {
    // Of what old clients send they know the bare text only.
    const ours = ['options', 'state', 'continue', 'team_id'].includes(String(path[0]))
    return { error: errorFrame('invalid_start', ...(ours ? [`: ${place}`] : [])) }
  }
  return { error: errorFrame('bad_frame', ...(path.length > 0 ? [place] : [])) }
}
