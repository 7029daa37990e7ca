import type { RunCounters } from '../execution/run-counters.ts'
import { type Checkpoint, checkpointText } from '../journal/checkpoint.ts'
import type { Outbox } from './outbox.ts'

/** Between two checkpoints there are so many turns at least. */
const TURNS = 32
/**
 * And the log grows by this part of the last checkpoint at least: a team that remembers everything has a state as long
 * as its log, and all checkpoints together are to be about twice as long at most.
 */
const SHARE = 0.5
/** A longer state is not stored: reading it would cost more than it spares. In characters. */
const LONGEST = 8 * 2 ** 20

/** Stores a run's checkpoints: now and then, when its team has ended a turn and goes on. */
export class Checkpoints {
  readonly #outbox: Outbox
  readonly #stateOf: () => Record<string, unknown> | undefined
  #turn: number
  #written: number
  #length: number

  /** `stateOf` gives the state of the team as it is at the end of a turn. `last`: the checkpoint that the run goes on from. */
  constructor(outbox: Outbox, stateOf: () => Record<string, unknown> | undefined, last?: Checkpoint) {
    this.#outbox = outbox
    this.#stateOf = stateOf
    this.#turn = last?.turn ?? 0
    this.#written = last ? last.size + last.journalSize : 0
    this.#length = last?.length ?? 0
  }

  /** The team has ended a turn and goes on. `at` in milliseconds since 1970. */
  turnEnded(turn: number, at: number, counting: RunCounters): void {
    const { size, journalSize, seq } = this.#outbox
    const written = size + journalSize
    if (turn - this.#turn < TURNS || written - this.#written < this.#length * SHARE) return
    // Also where none can be stored: the next try costs as much.
    this.#turn = turn
    this.#written = written
    const [counters, state] = [counting.save(), this.#stateOf()]
    if (!counters || !state) return
    const text = checkpointText({ turn, at, seq, size, journalSize, counters, state })
    this.#length = text.length
    if (text.length <= LONGEST) this.#outbox.appendCheckpoint(text)
  }
}
