import type { Timeline } from '../model/timeline.ts'

/** How moments stand beside each other: by the time between them, or one as far from the next as any other. */
export type ScaleMode = 'time' | 'steps'

/** Where moments stand along a line, from 0 to `total`. */
export interface Scale {
  mode: ScaleMode
  /** Where each moment stands. */
  at: readonly number[]
  total: number
  /** The moments before which a long time was cut short. */
  cuts: ReadonlySet<number>
}

/** A wait is drawn at most so many times as long as one in the middle of all. */
const MOST = 6
/** No wait shorter than this is cut, in milliseconds. */
const SHORT = 1500

/** Puts the moments of a run on a line. Long waits are cut short, so that the rest can be seen. */
export function scaleOf({ times }: Pick<Timeline, 'times'>, mode: ScaleMode): Scale {
  if (mode === 'steps') {
    const at = times.map((_, index) => index)
    return { mode, at, total: Math.max(1, times.length - 1), cuts: new Set() }
  }
  const gaps = times.slice(1).map((time, index) => Math.max(0, time - times[index]!))
  const sorted = gaps.filter((gap) => gap > 0).toSorted((a, b) => a - b)
  const longest = Math.max(SHORT, MOST * (sorted[Math.floor(sorted.length / 2)] ?? 0))
  const shown = gaps.map((gap) => Math.min(gap, longest))
  // What happens at once is to be seen too.
  const least = (0.15 * shown.reduce((sum, gap) => sum + gap, 0)) / Math.max(1, gaps.length) || 1
  const at = [0]
  const cuts = new Set<number>()
  for (const [index, gap] of shown.entries()) {
    at.push(at[index]! + Math.max(gap, least))
    if (gap < gaps[index]!) cuts.add(index + 1)
  }
  return { mode, at: at.slice(0, Math.max(1, times.length)), total: Math.max(1, at.at(-1)!), cuts }
}

/** The moment that stands nearest to a place on the line. */
export function momentNear({ at }: Scale, place: number): number {
  let [low, high] = [0, at.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (at[middle]! < place) low = middle + 1
    else high = middle
  }
  const before = at[low - 1]
  return before !== undefined && place - before < at[low]! - place ? low - 1 : low
}
