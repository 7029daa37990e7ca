import { ActorViews } from '../../../runtime/inspection/events.ts'
import type { DoorServices } from './door.ts'

/** An actor of a run's charts, as clients of other protocols are shown it. */
export interface ActorState {
  machine: string
  value: unknown
  /** Since when, in ISO 8601. */
  since: string
}

/** The longest past that is gone through for a client that did not ask for it, in inspection events. */
const LONGEST = 5000

/** Where the actors of a run are now, by id; null where its past is too long to be gone through in passing. */
export async function actorStates(
  { inspections }: Pick<DoorServices, 'inspections'>,
  run: number
): Promise<Record<string, ActorState> | null> {
  const { events } = await inspections.open(run)
  if (events.length > LONGEST) return null
  const views = new ActorViews()
  for (const event of events) views.take(event)
  return Object.fromEntries(
    views.all.map(({ id, machine, value, since }) => [id, { machine, value, since }] as const)
  ) as Record<string, ActorState>
}
