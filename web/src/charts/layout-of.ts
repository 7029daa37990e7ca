import { layouts } from 'virtual:charts'
import type { ActorNow } from '../model/timeline.ts'
import { activeStates } from './active.ts'
import type { ChartLayout } from './layout.ts'

/** How an actor's chart is drawn: what stands deep in it only while the actor is there. */
export function layoutOf({ machine, value }: ActorNow): ChartLayout | undefined {
  const whole = layouts[machine]
  const { folded } = whole ?? {}
  if (!folded) return whole
  const drawn = new Set(folded.boxes.map(({ id }) => id))
  return [...activeStates(machine, value)].every((state) => drawn.has(state)) ? folded : whole
}
