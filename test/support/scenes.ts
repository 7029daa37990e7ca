import { test } from 'vitest'

/** Tests as values, so that they can be played with charts that lack something: a rule, and how it is tried. */
export type Scenes = Readonly<Record<string, () => void | Promise<void>>>

/** Makes a test of each scene. */
export function enact(scenes: Scenes): void {
  for (const [rule, play] of Object.entries(scenes)) test(rule, play)
}

/** Plays something of which XState warns when it is developed with: that an actor which broke was told something. */
export async function quietly(play: () => Promise<void>): Promise<void> {
  const { warn } = console
  console.warn = () => {}
  try {
    await play()
  } finally {
    console.warn = warn
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(rounds = 6): Promise<void> {
  for (let round = 0; round < rounds; round++) await nextTurn()
}

/** Waits for something that has only to take its turn; gives up where nothing more can bring it. */
export async function until(met: () => boolean): Promise<boolean> {
  for (let round = 0; round < 60; round++) {
    if (met()) return true
    await nextTurn()
  }
  return met()
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
