import type { InspectionEvent, SnapshotEvent, Taken } from '../../../src/runtime/inspect-event.ts'

/** A chart of the run at one moment. */
export interface ActorNow {
  id: string
  name: string
  machine: string
  parent: string | null
  status: string
  value: unknown
  context: unknown
  /** Since when it stands there, in milliseconds since 1970. */
  since: number
  /** The transitions that led here, and the event. */
  taken: readonly Taken[]
  event: string
}

export type Actors = ReadonlyMap<string, ActorNow>

/** The whole run at one moment. */
export interface Moment {
  /** How many events of the stream have happened. */
  position: number
  actors: Actors
  /** The chart that moved last. */
  last: string | null
  /** Milliseconds since 1970. */
  at: number
}

const STRIDE = 32
const nothing: Moment = { position: 0, actors: new Map(), last: null, at: 0 }

/** All that the actors of a run did, and how everything stood at any moment of it. It only grows. */
export class Timeline {
  readonly events: InspectionEvent[] = []
  /** The positions after which a chart had moved: where a slider stops. */
  readonly moments: number[] = []
  /** Where each message was said. */
  readonly saidAt = new Map<string, number>()
  /** How everything stands now. */
  now: Moment = nothing
  readonly #kept: Moment[] = [nothing]

  add(events: readonly InspectionEvent[]): void {
    const actors = new Map(this.now.actors)
    for (const event of events) {
      this.events.push(event)
      const position = this.events.length
      this.now = step({ ...this.now, actors }, event, position)
      if (event.type === '@xstate.snapshot') this.#note(event, position)
      if (position % STRIDE === 0) this.#kept.push({ ...this.now, actors: new Map(actors) })
    }
  }

  /** How everything stood after so many events. */
  at(position: number): Moment {
    const whole = Math.min(position, this.events.length)
    const kept = this.#kept[Math.floor(whole / STRIDE)] ?? nothing
    if (kept.position === whole) return kept
    const actors = new Map(kept.actors)
    let moment: Moment = { ...kept, actors }
    for (let at = kept.position; at < whole; at++) moment = step(moment, this.events[at]!, at + 1)
    return moment
  }

  #note({ transitions, said = [] }: SnapshotEvent, position: number): void {
    for (const id of said) this.saidAt.set(id, position)
    if (transitions.length > 0) this.moments.push(position)
  }
}

/** Takes one event; changes the map of actors in place. */
function step(moment: Moment, event: InspectionEvent, position: number): Moment {
  const actors = moment.actors as Map<string, ActorNow>
  const { sessionId: id } = event
  const at = Number(event.createdAt)
  if (event.type === '@xstate.actor' && event.machine !== null) {
    const { name, machine, parentId } = event
    const fresh = { status: 'active', value: null, context: null, since: at, taken: [], event: '' }
    actors.set(id, { id, name, machine, parent: parentId ?? null, ...fresh })
  }
  const actor = actors.get(id)
  if (event.type !== '@xstate.snapshot' || !actor) return { ...moment, position, at }
  const { status, value = null, context = null } = event.snapshot
  const moved = event.transitions.length > 0
  const same = JSON.stringify(actor.value) === JSON.stringify(value)
  actors.set(id, {
    ...actor,
    ...{ status, value, context, since: same ? actor.since : at },
    ...(moved && { taken: event.transitions, event: eventName(event.event) })
  })
  return { position, actors, at, last: moved ? id : moment.last }
}

/** The name of an event. */
export const eventName = (event: unknown): string => String((event as { type?: unknown } | null)?.type ?? '')
