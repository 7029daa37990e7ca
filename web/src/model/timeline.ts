import type {
  InspectionEvent,
  MemoryChange,
  SnapshotEvent,
  TakenTransition
} from '../../../src/runtime/inspection/events.ts'

/** What an agent remembered until a moment: what it did before, and what came since. Thousands of them share most. */
interface Memory extends MemoryChange {
  before: Memory | null
}

/** A chart of the run at one moment. */
export interface ActorNow {
  id: string
  name: string
  machine: string
  parent: string | null
  status: string
  value: unknown
  context: unknown
  memory: Memory | null
  /** Since when it stands there, in milliseconds since 1970. */
  since: number
  /** The transitions that led here, and the event. */
  taken: readonly TakenTransition[]
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
    const empty = { value: null, context: null, memory: null, taken: [] }
    const fresh = { ...empty, status: 'active', since: at, event: '' }
    actors.set(id, { id, name, machine, parent: parentId ?? null, ...fresh })
  }
  const actor = actors.get(id)
  if (event.type !== '@xstate.snapshot' || !actor) return { ...moment, position, at }
  const { status, value = null, context = null } = event.snapshot
  const moved = event.transitions.length > 0
  const { remembers } = event
  const memory = remembers ? { ...remembers, before: actor.memory } : actor.memory
  const same = JSON.stringify(actor.value) === JSON.stringify(value)
  actors.set(id, {
    ...actor,
    ...{ status, value, context, memory, since: same ? actor.since : at },
    ...(moved && { taken: event.transitions, event: eventName(event.event) })
  })
  return { position, actors, at, last: moved ? id : moment.last }
}

/** The name of an event. */
export const eventName = (event: unknown): string => String((event as { type?: unknown } | null)?.type ?? '')

/** The last messages that an agent remembers, at most so many, and how many there are. */
export function lastMemories(memory: Memory | null, most: number): { messages: unknown[]; count: number } {
  const count = memory ? memory.from + memory.messages.length : 0
  const messages: unknown[] = []
  let end = count
  for (let at = memory; at && messages.length < most && end > 0; at = at.before) {
    if (at.from >= end) continue
    messages.unshift(...at.messages.slice(0, end - at.from))
    end = at.from
  }
  return { messages: messages.slice(-most), count }
}
