import type { Dice } from './dice.ts'
import type { Habits } from './visitor.ts'

/** What is to happen to a run; numbers of frames say when, milliseconds how long. */
export interface Script {
  /** Pauses when the frame with this number is heard, and resumes after a while; null rests for good. */
  pauses: { at: number; rests: number | null }[]
  stop: { at: number; graceful: boolean } | null
  /** How long a person thinks about each answer; null: nobody ever answers. */
  thinks: number | null
  /** Whether answers are sent by two clients. */
  insists: boolean
  visitors: Habits[]
}

/** Random misfortune for one run. */
export function writeScript(dice: Dice): Script {
  const pauses = dice.chance(0.35)
    ? [{ at: dice.int(2, 8), rests: dice.chance(0.1) ? null : longOrShort(dice, 0.9) }]
    : []
  if (pauses[0]?.rests != null && dice.chance(0.3))
    pauses.push({ at: dice.int(9, 14), rests: longOrShort(dice, 0.9) })
  return {
    pauses,
    stop: dice.chance(0.2) ? { at: dice.int(2, 10), graceful: dice.chance(0.4) } : null,
    thinks: dice.chance(0.06) ? null : longOrShort(dice),
    insists: dice.chance(0.4),
    visitors: Array.from({ length: dice.int(0, 2) }, () => habitsOf(dice))
  }
}

// A run that waits for two seconds is put away.
const longOrShort = (dice: Dice, long = 0.25) => (dice.chance(long) ? dice.int(2000, 3500) : dice.int(0, 250))

const habitsOf = (dice: Dice): Habits => ({
  leavesAfter: dice.chance(0.6) ? dice.int(2, 9) : 0,
  forgets: dice.chance(0.5),
  comesFresh: dice.chance(0.25),
  dozes: dice.chance(0.3) ? dice.int(50, 400) : 0,
  sleeps: false
})

/** Who stays from the beginning to the end. */
export const faithful: Habits = { leavesAfter: 0, forgets: false, comesFresh: false, dozes: 0, sleeps: false }
