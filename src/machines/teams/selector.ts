import type { ChatMessage, TeamMessage } from '../messages/index.ts'

/** The next speakers, why there is none, or that the choice takes asking. A name that stands twice speaks twice in a row. */
export type Choice<State> = { state: State } & ({ speakers: string[] } | { stop: string } | { ask: true })

/** The result of a choice that took asking; with `stop` the chat ends. */
export interface Chosen {
  state: unknown
  speakers: readonly string[]
  stop?: string
  /** What was said on the way: it goes to the thread and to all participants, and is not judged. */
  messages?: readonly ChatMessage[]
  /** Milliseconds since 1970. */
  at: number
}

/**
 * Chooses who speaks next. A reducer: what it remembers is plain JSON in the team's snapshot. One that has to ask
 * a model or a person answers `ask`; the chart then consults the actor named in `choice`.
 */
export interface Selector<State = unknown> {
  choice?: 'selectorChoice' | 'magenticChoice'
  begin(participants: readonly string[]): State
  /** What is wrong with a task, if anything, before it is heard. */
  check?(
    state: State,
    task: readonly TeamMessage[] | null,
    participants: readonly string[]
  ): string | undefined
  /** Hears what is added to the thread, before the next choice: what a participant said, or the task (`null`). */
  hear?(state: State, messages: readonly TeamMessage[], from: string | null): State
  /** Why the team is done when all have spoken, if it is. This goes before the condition and the limit of turns. */
  over?(state: State): { state: State; stop: string } | undefined
  /** Whether the condition looks at the task too. It does unless this is false. */
  judgesTask?: boolean
  next(state: State, participants: readonly string[]): Choice<State>
}

/** Throws where no speaker was chosen, or one that is no participant. */
export function demandKnown(speakers: readonly string[], participants: readonly string[]): void {
  if (speakers.length === 0) throw new Error('No speaker was chosen.')
  const unknown = speakers.find((name) => !participants.includes(name))
  if (unknown !== undefined) throw new Error(`Speaker ${unknown} not found in participant names.`)
}
