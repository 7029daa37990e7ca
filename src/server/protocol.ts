import { z } from 'zod'
import { type ReasonCode, TroupeError } from '../runtime/errors.ts'
import { RunOptions } from '../runtime/settings.ts'
import { isTooDeep } from './depth.ts'

/** A file that comes with a task; `content` is base64. */
export const TaskFile = z.object({ name: z.string(), content: z.string(), type: z.string() })
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

/** The reasons for an `error` frame that are the protocol's own; the runtime has more of them. */
export const frameErrors = {
  bad_json: 'Invalid message format',
  bad_frame: 'A frame is a JSON object with a known type.',
  run_over: 'The run is over.',
  binary_frame: 'Binary frames are not understood.',
  invalid_start: 'Invalid start message format',
  not_authenticated: 'A token is needed.',
  token_expired: 'The token has expired.',
  not_yours: 'This belongs to another user.',
  unknown_session: 'There is no such session, or it was used already.',
  internal: 'Something went wrong on the server.'
} as const
export type ErrorCode = ReasonCode | keyof typeof frameErrors

/** A refusal for a reason that is the protocol's own. */
export class ProtocolError extends Error {
  readonly code: keyof typeof frameErrors
  constructor(code: keyof typeof frameErrors) {
    super(frameErrors[code])
    this.code = code
  }
}

/** Why a socket is closed. Source: protocol.md, "Close codes". */
export const closes = {
  finished: { code: 1000, reason: 'The run is finished' },
  lost: { code: 1011, reason: 'Internal server error' },
  restarting: { code: 1012, reason: 'The server is restarting' },
  busy: { code: 1013, reason: 'The server is busy: come back with ?after=' },
  wrongState: { code: 4003, reason: 'The run is over: connect with ?after=0 to read it' },
  unknownRun: { code: 4004, reason: 'There is no such run' },
  notAuthenticated: { code: 4401, reason: 'Not authenticated' },
  notYours: { code: 4403, reason: 'This belongs to another user' },
  unknownSession: { code: 4004, reason: 'There is no such session' },
  badCursor: { code: 4400, reason: 'Bad cursor' },
  tooSlow: { code: 4413, reason: 'Too slow: come back with ?after=' }
} as const

/** A frame that answers this client only. */
export const errorFrame = (code: ErrorCode, error: string): string =>
  JSON.stringify({ type: 'error', error, code, timestamp: new Date().toISOString() })

/** What is told of something that was thrown: ours in its own words, anything else without a word from inside. */
export const errorOf = (error: unknown): string =>
  error instanceof TroupeError || error instanceof ProtocolError
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
  const { path, message } = parsed.error.issues[0]!
  const place = `${path.join('.')}: ${message}`
  if ((value as { type?: unknown } | null)?.type === 'start') {
    // Of what old clients send they know this text only.
    const ours = ['options', 'state', 'continue', 'team_id'].includes(String(path[0]))
    const text = ours ? `${frameErrors.invalid_start}: ${place}` : frameErrors.invalid_start
    return { error: errorFrame('invalid_start', text) }
  }
  const where = path.length > 0 ? place : frameErrors.bad_frame
  return { error: errorFrame('bad_frame', where) }
}
