import type { Bar, Lane } from '../model/lanes.ts'
import type { Activity } from '../model/states.ts'
import type { Timeline } from '../model/timeline.ts'
import type { Scale } from './scale.ts'

/** A bar on the line: from and to in pixels. */
export interface PlacedBar {
  bar: Bar
  from: number
  to: number
}

/** No bar is narrower than this, in pixels. */
const LEAST = 2

/** Where the bars of a lane stand; `tail` is how far the line goes on to now. */
export function placed(
  lane: Lane,
  timeline: Timeline,
  scale: Scale,
  pixels: number,
  tail: number
): PlacedBar[] {
  const { at } = scale
  return lane.bars.map((bar) => {
    const from = (at[timeline.momentOf(bar.start)] ?? 0) * pixels
    const to = bar.end === null ? scale.total * pixels + tail : (at[timeline.momentOf(bar.end)] ?? 0) * pixels
    return { bar, from, to: Math.max(from + LEAST, to) }
  })
}

/** One path for all bars of a kind in a lane: few elements, however much was done. */
export function pathsOf(bars: readonly PlacedBar[], top: number, height: number): Map<Activity, string> {
  const paths = new Map<Activity, string>()
  const ends = new Map<Activity, number>()
  for (const { bar, from, to } of bars) {
    // What is drawn on the same pixels already need not be drawn again.
    if (to <= (ends.get(bar.activity) ?? Number.NEGATIVE_INFINITY)) continue
    ends.set(bar.activity, to)
    const gap = to - from > 4 ? 0.5 : 0
    const one = `M${(from + gap).toFixed(1)} ${top}h${(to - from - 2 * gap).toFixed(1)}v${height}h${(from - to + 2 * gap).toFixed(1)}z`
    paths.set(bar.activity, (paths.get(bar.activity) ?? '') + one)
  }
  return paths
}

/** The bar at a place; one that is too narrow to be met is met from some pixels away. */
export function barNear(bars: readonly PlacedBar[], x: number, reach = 4): PlacedBar | null {
  let nearest: PlacedBar | null = null
  let distance = reach
  for (const placed of bars) {
    if (placed.from - reach > x) break
    const away = x < placed.from ? placed.from - x : x > placed.to ? x - placed.to : 0
    if (away <= distance) {
      nearest = placed
      distance = away
    }
  }
  return nearest
}
