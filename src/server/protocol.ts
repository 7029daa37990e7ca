import { z } from 'zod'
import { type ReasonCode, TroupeError } from '../runtime/errors.ts'
import { isTooDeep } from './depth.ts'

/** A file that comes with a task; `content` is base64. */
export const TaskFile = z.object({ name: z.string(), content: z.string(), type: z.string() })
export type TaskFile = z.infer<typeof TaskFile>

/** Begins the run. `task` is a text, a chat message or a list of them; it may be empty when there are files. */
export const Start = z.object({
  type: z.literal('start'),
  task: z.unknown(),
  team_config: z.record(z.string(), z.unknown()),
  files: z.array(z.unknown()).nullish()
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

/** The reasons for an `error` frame that are the protocol's own; the runtime has more of them. */
export const frameErrors = {
  bad_json: 'Invalid message format',
  bad_frame: 'A frame is a JSON object with a known type.',
  run_over: 'The run is over.',
  binary_frame: 'Binary frames are not understood.',
  invalid_start: 'Invalid start message format',
  internal: 'Something went wrong on the server.'
} as const
export type ErrorCode = ReasonCode | keyof typeof frameErrors

/** Why a socket is closed. Source: protocol.md, "Close codes". */
export const closes = {
  finished: { code: 1000, reason: 'The run is finished' },
  restarting: { code: 1012, reason: 'The server is restarting' },
  wrongState: { code: 4003, reason: 'The run is over: connect with ?after=0 to read it' },
  unknownRun: { code: 4004, reason: 'There is no such run' },
  badCursor: { code: 4400, reason: 'Bad cursor' },
  tooSlow: { code: 4413, reason: 'Too slow: come back with ?after=' }
} as const

/** A frame that answers this client only. */
export const errorFrame = (code: ErrorCode, error: string): string =>
  JSON.stringify({ type: 'error', error, code, timestamp: new Date().toISOString() })

/** What is told of something that was thrown: ours in its own words, anything else without a word from inside. */
export const errorOf = (error: unknown): string =>
  error instanceof TroupeError
    ? errorFrame(error.code, error.message)
    : errorFrame('internal', frameErrors.internal)

/** Reads a frame, or gives the `error` frame that answers it. */
export function parseFrame(text: string): { frame: ClientFrame } | { error: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { error: errorFrame('bad_json', frameErrors.bad_json) }
  }
  if (isTooDeep(value)) return { error: errorFrame('bad_frame', 'This is nested too deeply.') }
  const parsed = ClientFrame.safeParse(value)
  if (parsed.success) return { frame: parsed.data }
  if ((value as { type?: unknown } | null)?.type === 'start') {
    return { error: errorFrame('invalid_start', frameErrors.invalid_start) }
  }
  const { path, message } = parsed.error.issues[0]!
  const where = path.length > 0 ? `${path.join('.')}: ${message}` : frameErrors.bad_frame
  return { error: errorFrame('bad_frame', where) }
}
