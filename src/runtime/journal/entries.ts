import type { Failure } from '../../machines/shared/outcome.ts'

/** What came of an effect. */
export type EffectResult = { answer: unknown } | { failure: Failure }

/** What somebody outside told a run. */
export type RunCommand = { type: 'pause' | 'resume' } | { type: 'cancel' | 'finish'; reason: string }

/**
 * Something that came into a run from outside, as it is kept. With these entries, in their order, the run can be
 * played again to where it stood: everything else in it follows. Times are milliseconds since 1970.
 */
export type JournalInput =
  | ({ kind: 'effect'; key: string; at: number } & EffectResult)
  /** One of several things within an effect, such as one tool call. */
  | { kind: 'part'; key: string; answer: unknown }
  | { kind: 'command'; at: number; command: RunCommand }
  | TurnEnd
  /** After this turn the ids are others: a fork's are not those of the run that it comes from. */
  | { kind: 'seed'; seed: string; turn: number }

/** Not from outside: the team has ended a turn, and what follows can begin here. `seq` is the last frame's number. */
export interface TurnEnd {
  kind: 'turn'
  at: number
  turn: number
  seq: number
  speakers: readonly string[]
}

/** Where a run's entries are kept. */
export interface JournalWriter {
  append(entry: JournalInput): void
  /** Whether so much waits to be stored that nothing new is to begin before it is. */
  readonly isFull: boolean
  /** Resolves when all that was kept is stored. */
  flushed(): Promise<void>
}

/** The journal of a run that nobody wants to see again. */
export const discardingJournal: JournalWriter = { append: () => {}, isFull: false, flushed: async () => {} }
