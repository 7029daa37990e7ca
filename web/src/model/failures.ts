import type { EventEvent } from '../../../src/runtime/inspection/events.ts'
import { valuePath } from './states.ts'
import type { Actors } from './timeline.ts'

/** Something that went wrong, where it went wrong. */
export interface FailureAt {
  /** Whose step it was; the run itself, where its team could not be loaded. */
  actor: string
  /** The state in which it was then. */
  state: string
  message: string
  /** The class of the error, where that is known. */
  type: string | null
  code: string | null
  position: number
  step: number
}

type Told = { type?: string; failure?: { message?: unknown; type?: unknown; code?: unknown } }

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What went wrong in a run. It only grows. */
export class FailureLog {
  readonly all: FailureAt[] = []

  /** Takes an event that an actor receives, with the state of all actors before it. */
  note({ sessionId, event, step }: EventEvent, position: number, actors: Actors): void {
    const { type, failure } = event as Told
    if ((type !== 'broke' && type !== 'refused') || !failure) return
    // A member that is cancelled breaks off, and that is no failure.
    if (failure.message === 'cancelled') return
    this.all.push({
      ...{ actor: sessionId, position, step, message: text(failure.message) ?? '' },
      ...{ type: text(failure.type), code: text(failure.code) },
      state: valuePath(actors.get(sessionId)?.value)
    })
  }

  /** What the run has failed of: the innermost failure of the last step in which something went wrong. */
  get cause(): FailureAt | null {
    const last = this.all.at(-1)
    return this.all.find(({ step }) => step === last?.step) ?? null
  }
}
