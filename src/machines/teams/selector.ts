import type { TeamMessage } from '../message.ts'

/** Who speaks next, or why nobody does. */
export type Choice<State> = { state: State } & ({ speakers: string[] } | { stop: string } | { ask: true })

/**
 * Chooses who speaks next. A reducer: what it remembers is plain JSON in the team's snapshot. One that has to ask
 * somebody answers `ask`; the chart then waits in `choosing` for its `choose` actor.
 */
export interface Selector<State = unknown> {
  begin(participants: readonly string[]): State
  /** What is wrong with a task, if anything, before it is heard. */
  check?(
    state: State,
    task: readonly TeamMessage[] | null,
    participants: readonly string[]
  ): string | undefined
  /** Hears what is added to the thread, before the next choice. */
  hear?(state: State, messages: readonly TeamMessage[]): State
  next(state: State, participants: readonly string[]): Choice<State>
}
