import { drawings } from 'virtual:charts'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { chooserOf, outlineAt } from '../model/members.ts'
import type { ActorNow, Timeline } from '../model/timeline.ts'
import { abilitiesOf, managerKey, participantKey, type Step, stepFor } from './abilities.ts'
import { activeStates } from './active.ts'
import { type ChartDrawings, type ChartLayout, scaleIn } from './layout.ts'

/** The drawing of an actor's chart that holds what this actor can come to and fits best into a place. */
export function layoutOf(
  actor: Pick<ActorNow, 'id' | 'machine' | 'value'>,
  { outline, timeline }: { outline: TeamOutline | null; timeline: Timeline },
  place: { width: number; height: number }
): ChartLayout | undefined {
  const active = [...activeStates(actor.machine, actor.value)]
  const holds = ({ boxes }: ChartLayout) => {
    const drawn = new Set(boxes.map(({ id }) => id))
    return active.every((state) => drawn.has(state))
  }
  const candidates = [drawings[keyOf(actor, outline, timeline)], drawings[actor.machine]]
  const sets = candidates.flatMap((found: ChartDrawings | undefined) => [found?.folded, found?.whole])
  // What is left out elsewhere is drawn while the actor is there.
  const set = sets.find((set) => set?.[0] !== undefined && holds(set[0]))
  return set?.toSorted((a, b) => scaleIn(b, place) - scaleIn(a, place))[0]
}

function keyOf(
  { id, machine }: Pick<ActorNow, 'id' | 'machine'>,
  outline: TeamOutline | null,
  timeline: Timeline
): string {
  if (machine === 'groupChat') return managerKey(chooserOf(outlineAt(outline, id)) !== null)
  if (machine !== 'participant') return machine
  const done = new Set<Step>(
    timeline.lanes
      .lane(id)
      ?.bars.flatMap(({ state, activity }) => (activity === 'paused' ? [] : (stepFor(state) ?? [])))
  )
  return participantKey(abilitiesOf(outlineAt(outline, id), done))
}
