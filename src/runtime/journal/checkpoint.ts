import { z } from 'zod'
import type { JournalEntry } from '../store/store.ts'

/** The version of the shape of checkpoints. A program that knows another one plays the journal from the start. */
const VERSION = 1

const count = z.int().nonnegative()
const counts = z.record(z.string(), count)

const Counters = z.object({
  /** The UUID from which the ids of the run follow. */
  seed: z.string(),
  /** How many ids were taken from the run's one source for a key. */
  ids: counts,
  /** How many turns the participants of a team have ended, by the team's path and their names. */
  turns: z.record(z.string(), counts),
  /** How many speakers a team has chosen with a model, by the team's path. */
  choices: counts,
  /** How many model calls were answered in the turns of a speaker, by the speaker's path. */
  calls: counts,
  /** What each model has used. */
  spent: z.array(
    z.object({
      usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }),
      calls: count,
      model: z.string().nullable(),
      client: z.string().nullable()
    })
  )
})

/** What a run has counted, and what the state of its team does not hold. */
export type Counters = z.infer<typeof Counters>

const Checkpoint = z.object({
  version: z.literal(VERSION),
  /** The turn at whose end it was made. */
  turn: count,
  /** When that was, in milliseconds since 1970. */
  at: z.number(),
  /** The number of the last frame before it. */
  seq: count,
  /** Characters of the frames and of the journal entries before it. */
  size: count,
  journalSize: count,
  counters: Counters,
  /** The state of the team in AutoGen's shape, as `saveState` gives it. */
  state: z.record(z.string(), z.unknown())
})

/** Where a run stood at the end of a turn: a run that is recovered goes on from here, and plays the journal after it. */
export type Checkpoint = Omit<z.infer<typeof Checkpoint>, 'version'> & {
  /** The number of its own journal entry. */
  n: number
  /** Characters of its text. */
  length: number
}

/** The text of a checkpoint as it is stored. */
export const checkpointText = (checkpoint: Omit<Checkpoint, 'n' | 'length'>): string =>
  JSON.stringify({ version: VERSION, ...checkpoint })

/** Reads a checkpoint; undefined where this program does not understand it. */
export function parseCheckpoint({ n, body }: JournalEntry): Checkpoint | undefined {
  try {
    const parsed = Checkpoint.safeParse(JSON.parse(body))
    return parsed.success ? { ...parsed.data, n, length: body.length } : undefined
  } catch {
    return undefined
  }
}
