import type {
  EndedEffect,
  InspectionEvent,
  MemoryChange,
  SnapshotEvent,
  TakenTransition
} from '../../../src/runtime/inspection/events.ts'
import { FailureLog } from './failures.ts'
import { LaneBook } from './lanes.ts'

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
  /** `active`, `done`, `stopped` or `error`; stopped too where the actor it belongs to is over. */
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

/** Who was chosen to speak next, where a team's manager asks a model for that. */
export interface Decision {
  position: number
  /** Milliseconds since 1970. */
  at: number
  /** The actor that has chosen: `12/team/choice`, and its chart. */
  actor: string
  machine: string
  speakers: readonly string[]
}

/** The end of a turn: a member has given the word back to the manager of its team, whether it said something or not. */
export interface TurnEnd {
  position: number
  /** The manager of the team: `12/team`. */
  manager: string
  /** Whose turn it was: `12/team/critic`. */
  member: string
}

/** A model call, a tool call or a question that has come to its end. */
export interface EffectAt extends EndedEffect {
  position: number
  /** Milliseconds since 1970. */
  at: number
}

const STRIDE = 32
const nothing: Moment = { position: 0, actors: new Map(), last: null, at: 0 }

/**
 * All that the actors of a run did, and how everything stood at any moment of it. It only grows. Moments are the ends of
 * causal steps: how the actors stood in the middle of one was never to be seen.
 */
export class Timeline {
  readonly events: InspectionEvent[] = []
  /** The positions of the ends of steps in which a chart has moved: where a slider stops. */
  readonly moments: number[] = []
  /** When each of these moments was, in milliseconds since 1970. */
  readonly times: number[] = []
  /** How many turns of the run's team were over at each of these moments. */
  readonly turns: number[] = []
  /** Where each message was said. */
  readonly saidAt = new Map<string, number>()
  readonly effects: EffectAt[] = []
  readonly decisions: Decision[] = []
  readonly turnEnds: TurnEnd[] = []
  readonly lanes = new LaneBook()
  readonly failures = new FailureLog()
  /** How everything stands at the end of the last step. */
  now: Moment = nothing
  /** How everything stands in the step that is being read. */
  #open: Moment = nothing
  readonly #kept: Moment[] = [nothing]
  #moved = false

  add(events: readonly InspectionEvent[]): void {
    const actors = new Map(this.#open.actors)
    for (const event of events) {
      this.events.push(event)
      const position = this.events.length
      // What led to a change is noted with how things stood before it.
      this.#note(event, position, actors)
      this.#open = step({ ...this.#open, actors }, event, position)
      if (event.stepEnd) this.#end(position)
      if (position % STRIDE === 0) this.#kept.push({ ...this.#open, actors: new Map(actors) })
    }
    this.#open = { ...this.#open, actors }
    if (events.at(-1)?.stepEnd) this.now = this.#open
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

  /** Which of the moments is the first one that holds a position; the last one where none does. */
  momentOf(position: number): number {
    let [low, high] = [0, this.moments.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.moments[middle]! < position) low = middle + 1
      else high = middle
    }
    return Math.max(0, low)
  }

  /** The events of the causal step that ends at a moment. */
  stepOf(moment: number): readonly InspectionEvent[] {
    const end = this.moments[moment] ?? 0
    const number = this.events[end - 1]?.step
    let start = end
    while (start > 0 && this.events[start - 1]!.step === number) start--
    return this.events.slice(start, end)
  }

  #note(event: InspectionEvent, position: number, actors: Actors): void {
    const at = Number(event.createdAt)
    if (event.type === '@xstate.actor') this.lanes.raise(event)
    else if (event.type === '@xstate.event') {
      this.failures.note(event, position, actors)
      const { type, speakers } = (event.event ?? {}) as { type?: string; speakers?: unknown }
      const chooser = actors.get(event.sourceId ?? '')
      if (type === 'said' && event.sourceId && actors.get(event.sessionId)?.machine === 'groupChat')
        this.turnEnds.push({ position, manager: event.sessionId, member: event.sourceId })
      if (type === 'chosen' && chooser && Array.isArray(speakers)) {
        const { id: actor, machine } = chooser
        this.decisions.push({ position, at, actor, machine, speakers: speakers.map(String) })
      }
    } else this.#snapshot(event, position)
  }

  #snapshot(event: SnapshotEvent, position: number): void {
    const at = Number(event.createdAt)
    for (const id of event.said ?? []) this.saidAt.set(id, position)
    for (const effect of event.effects ?? []) {
      this.effects.push({ ...effect, position, at })
      this.lanes.effect(effect)
    }
    this.lanes.snapshot(event, position)
    if (event.transitions.length > 0) this.#moved = true
  }

  #end(position: number): void {
    if (!this.#moved) return
    this.#moved = false
    this.moments.push(position)
    this.times.push(this.#open.at)
    const team = this.#open.actors.get(`${this.events[0]!.rootId}/team`)
    const turn = (team?.context as { turn?: unknown } | null)?.turn
    const before = this.turns.at(-1) ?? 0
    // A team that has come to its end begins to count anew.
    this.turns.push(typeof turn === 'number' && turn > before ? turn : before)
  }
}

/** Takes one event; changes the map of actors in place. */
function step(moment: Moment, event: InspectionEvent, position: number): Moment {
  const actors = moment.actors as Map<string, ActorNow>
  const { sessionId: id } = event
  const at = Number(event.createdAt)
  if (event.type === '@xstate.actor' && event.machine !== null) {
    const { machine, parentId } = event
    // XState gives the run itself a name of its own making.
    const name = parentId === undefined ? 'run' : event.name
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
  if (status !== 'active') endInside(actors, id)
  return { position, actors, at, last: moved ? id : moment.last }
}

/** The children of an actor that is over do nothing any more, whether an event said so or not. */
function endInside(actors: Map<string, ActorNow>, id: string): void {
  for (const actor of actors.values())
    if (actor.status === 'active' && actor.id.startsWith(`${id}/`))
      actors.set(actor.id, { ...actor, status: 'stopped' })
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
