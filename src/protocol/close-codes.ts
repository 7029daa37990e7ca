import type { z } from 'zod'
import { type ReasonCode, sentence, TroupeError, toldError } from './errors.ts'
import type { ErrorFrame } from './server-frames.ts'

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
  tooFast: { code: 4429, reason: 'Too many frames: come back with ?after=' },
  tooMany: { code: 4429, reason: sentence('too_many_connections') }
} as const

/** Characters of a reason: what is wrong with a large frame may be said at great length. */
const LONGEST = 4000

/** A frame that answers this client only; `details` are those of the reason. */
export const errorFrame = (code: ReasonCode, ...details: string[]): string =>
  errorText(code, sentence(code, ...details))

const errorText = (code: ReasonCode, error: string): string =>
  JSON.stringify({
    type: 'error',
    error: error.length > LONGEST ? `${error.slice(0, LONGEST)}…` : error,
    code,
    timestamp: new Date().toISOString()
  } satisfies z.infer<typeof ErrorFrame>)

/** How a client is refused: the only frame it gets, and how its socket is closed. */
export interface Refusal {
  code: number
  reason: string
  /** Why, from the list of errors. */
  why: ReasonCode
  frame: string
}

/** The refusal of a client. `details` are those of the reason's sentence. */
export const refusal = (
  why: keyof typeof closeCodes,
  code: ReasonCode,
  ...details: string[]
): { refuse: Refusal } => ({
  refuse: { ...closeCodes[why], why: code, frame: errorFrame(code, ...details) }
})

/** The code of something that was thrown; what has none is our fault. */
export const codeOf = (error: unknown): ReasonCode => (error instanceof TroupeError ? error.code : 'internal')

/** The `error` frame for something that was thrown: a `TroupeError` in its words, anything else as `internal`. */
export function errorFrameOf(error: unknown): string {
  const told = toldError(error)
  return told instanceof TroupeError ? errorText(told.code, told.message) : errorFrame('internal')
}
