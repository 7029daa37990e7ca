import { z } from 'zod'
import { isTooDeep } from '../server/http/json-depth.ts'
import type { Refusal } from '../server/ws/socket.ts'
import { type ReasonCode, sentence, TroupeError } from './errors.ts'
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

/** Why a socket is closed. Source: protocol.md, "Close codes". */
export const closeCodes = {
  finished: { code: 1000, reason: 'The run is finished' },
  lost: { code: 1011, reason: sentence('internal') },
  restarting: { code: 1012, reason: sentence('restarting') },
  busy: { code: 1013, reason: 'The server is busy: come back with ?after=' },
  wrongState: { code: 4003, reason: sentence('run_over') },
  unknownRun: { code: 4004, reason: 'There is no such run' },
  notAuthenticated: { code: 4401, reason: 'Not authenticated' },
  tokenExpired: { code: 4401, reason: sentence('token_expired') },
  notYours: { code: 4403, reason: sentence('not_yours') },
  foreignOrigin: { code: 4403, reason: 'This host or origin is not allowed' },
  unknownSession: { code: 4004, reason: 'There is no such session' },
  badCursor: { code: 4400, reason: 'Bad cursor' },
  tooSlow: { code: 4413, reason: 'Too slow: come back with ?after=' },
  tooMany: { code: 4429, reason: sentence('too_many_connections') }
} as const

/** A frame that answers this client only; `details` are those of the reason. */
export const errorFrame = (code: ReasonCode, ...details: string[]): string =>
  errorText(code, sentence(code, ...details))

const errorText = (code: ReasonCode, error: string): string =>
  JSON.stringify({ type: 'error', error, code, timestamp: new Date().toISOString() })

/** Turns a client away: its only frame, and how its socket is closed. */
export const refusal = (
  why: keyof typeof closeCodes,
  code: ReasonCode,
  ...details: string[]
): { refuse: Refusal } => ({
  refuse: { ...closeCodes[why], frame: errorFrame(code, ...details) }
})

/** What is told of something that was thrown: ours in its own words, anything else without a word from inside. */
export const errorOf = (error: unknown): string =>
  error instanceof TroupeError ? errorText(error.code, error.message) : errorFrame('internal')

/** Reads a frame, or gives the `error` frame that answers it. */
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
