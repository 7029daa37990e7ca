import type { EndedBy, Failure } from '../../machines/shared/outcome.ts'

/** What an effect came to. */
export type EffectResult = { answer: unknown } | { failure: Failure }

/** What a client or the server told a run to do. */
export type RunCommand =
  | { type: 'pause' | 'resume' }
  | { type: 'cancel' | 'finish'; reason: string; by?: EndedBy }

/** The team has ended a turn, and a fork can begin here. `seq` is the number of the last frame before. */
export interface TurnEnd {
  kind: 'turn'
  /** Milliseconds since 1970. */
  at: number
  turn: number
  seq: number
  speakers: readonly string[]
}

/**
 * One input of a run, as the journal has it. Executing these inputs again, in their order, brings a run to where it
 * was: everything else follows from them. Times are milliseconds since 1970.
 */
export type JournalInput =
  | ({ kind: 'effect'; key: string; at: number } & EffectResult)
  /** One of several things within an effect, such as one tool call. */
  | { kind: 'part'; key: string; answer: unknown }
  | { kind: 'command'; at: number; command: RunCommand }
  | TurnEnd
  /** After this turn the ids follow from another seed: a fork's are not those of the run that it comes from. */
  | { kind: 'seed'; seed: string; turn: number }

/** Where the inputs of a run are recorded. */
export interface JournalWriter {
  /** Appends an entry; throws where it cannot be written as JSON. */
  append(entry: JournalInput): void
  /** Whether so much waits for its commit that the run is to begin nothing new before. */
  readonly isFull: boolean
  /** Resolves when all that was appended is committed. */
  flushed(): Promise<void>
}

/** The journal of a run that is never replayed. */
export const discardingJournal: JournalWriter = {
  append: () => {},
  isFull: false,
  flushed: async () => {}
}
