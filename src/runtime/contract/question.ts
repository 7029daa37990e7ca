import type { FunctionCall } from '../../machines/messages/index.ts'
import type { Decision } from '../../machines/shared/decision.ts'
import type { Failure } from '../../machines/shared/outcome.ts'

/** A question to a person: for a text or, where there is a call, whether that tool may be called. */
export interface Question {
  /** A UUID, the same when the run is replayed. */
  requestId: string
  prompt: string
  /** The call that is to be approved. */
  call?: FunctionCall
}

/** A question for whether a tool may be called. */
export type ApprovalQuestion = Question & { call: FunctionCall }

/** A person's answer, or why there is none. */
export type InputAnswer = { content: string } | { decision: Decision } | { failure: Failure }
