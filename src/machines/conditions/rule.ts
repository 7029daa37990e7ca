import type { TeamMessage } from '../messages/index.ts'
import type { EndedBy } from '../shared/outcome.ts'

/** What one look at new messages comes to: what to remember, and why to stop, if so. */
export interface Verdict<State> {
  state: State
  stop?: string
  /** Said where the condition did not come about by itself. */
  by?: EndedBy
}

/**
 * A termination condition as a reducer over messages. Its state is plain JSON in the team's snapshot, so that a
 * restored run stops exactly where the original would have. Times are milliseconds since 1970.
 */
export interface Rule<State> {
  begin(now: number): State
  /** True when nothing more may be said; a team that starts so stops at once. */
  met?(state: State): boolean
  look(state: State, messages: readonly TeamMessage[], now: number): Verdict<State>
  /** The state after a stop was requested from outside; only an external condition minds. */
  set?(state: State): State
}

/** A rule that remembers nothing and stops at the first message for which there is a reason. */
export const stopAt = (reason: (message: TeamMessage) => string | false): Rule<null> => ({
  begin: () => null,
  look(state, messages) {
    for (const message of messages) {
      const stop = reason(message)
      if (stop !== false) return { state, stop }
    }
    return { state }
  }
})

/** Who has ended a run for which several conditions have a reason to stop. */
export function endedBy(verdicts: readonly Pick<Verdict<unknown>, 'by'>[]): { by?: EndedBy } {
  const by = verdicts.map((verdict) => verdict.by).find((one) => one !== undefined)
  return by === undefined ? {} : { by }
}
