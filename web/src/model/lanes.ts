import type { ActorEvent, EndedEffect, SnapshotEvent } from '../../../src/runtime/inspection/events.ts'
import { nameOf, namesOf } from './paths.ts'
import { type Activity, activityOf, valuePath } from './states.ts'

/** A stretch of time in which a member did one thing. */
export interface Bar {
  actor: string
  activity: Activity
  /** The state in the actor's chart: `responding.askingModel`. */
  state: string
  /** Milliseconds since 1970; `to` is null while it goes on. */
  from: number
  to: number | null
  /** The positions in the inspection stream at which it began and ended. */
  start: number
  end: number | null
  /** What it came to. */
  effect: EndedEffect | null
  /** Counts the bars of this kind of activity of this actor, from 1. */
  number: number
}

/** All that one actor did. */
export interface Lane {
  actor: string
  machine: string
  name: string
  /** How many teams it stands in, from 0. */
  depth: number
  bars: readonly Bar[]
}

interface OpenLane extends Lane {
  bars: Bar[]
  counts: Map<Activity, number>
}

/** What every actor did, in lanes. It only grows. */
export class LaneBook {
  readonly #lanes = new Map<string, OpenLane>()
  /** Counts the changes, so that what is made of the lanes need not be made again. */
  version = 0

  /** The lanes in the order in which they are drawn: the members of a team below it, and its selector first. */
  list(): readonly Lane[] {
    const lanes = [...this.#lanes.values()]
    const order = new Map(lanes.map(({ actor }, at) => [actor, at]))
    const key = (actor: string): number[] => {
      const parts = actor.split('/')
      // The place of everyone on the way to the actor; a choice stands before those whom it chooses.
      return parts.flatMap((part, at) => {
        if (at === 0 || (part === 'team' && at % 2 === 1)) return []
        return part === 'choice' ? -1 : (order.get(parts.slice(0, at + 1).join('/')) ?? 0)
      })
    }
    const keys = new Map(lanes.map(({ actor }) => [actor, key(actor)]))
    return lanes.toSorted((a, b) => compare(keys.get(a.actor)!, keys.get(b.actor)!))
  }

  lane(actor: string): Lane | undefined {
    return this.#lanes.get(actor)
  }

  /** An actor was raised, perhaps not for the first time. */
  raise({ sessionId, machine }: ActorEvent): void {
    if (machine === null || machine === 'run' || machine === 'groupChat' || this.#lanes.has(sessionId)) return
    this.version++
    const name = machine === 'participant' ? nameOf(sessionId) : machine
    this.#lanes.set(sessionId, {
      ...{ actor: sessionId, machine, name, bars: [], counts: new Map() },
      depth: namesOf(sessionId).length - 1
    })
  }

  /** An effect has come to its end; what it was is still open. */
  effect(effect: EndedEffect): void {
    const bar = this.#lanes.get(effect.actor)?.bars.at(-1)
    if (bar && bar.to === null) bar.effect = effect
  }

  snapshot({ sessionId, createdAt, snapshot, transitions }: SnapshotEvent, position: number): void {
    const at = Number(createdAt)
    // The children of an actor that is over do nothing any more.
    if (snapshot.status !== 'active')
      for (const lane of this.#lanes.values())
        if (lane.actor === sessionId || lane.actor.startsWith(`${sessionId}/`))
          this.#close(lane, at, position)
    const lane = this.#lanes.get(sessionId)
    if (!lane || snapshot.status !== 'active') return
    const activity = activityOf(lane.machine, snapshot.value)
    const state = valuePath(snapshot.value)
    const open = lane.bars.at(-1)
    const isSame = open?.state === state || (activity === 'team' && open?.activity === 'team')
    const goesOn = open?.to === null && isSame && (transitions.length === 0 || open.effect === null)
    if (goesOn) return
    this.#close(lane, at, position)
    if (activity) this.#begin(lane, { activity, state, at, position })
  }

  #begin(
    lane: OpenLane,
    { activity, state, at, position }: { activity: Activity; state: string; at: number; position: number }
  ): void {
    this.version++
    const number = (lane.counts.get(activity) ?? 0) + 1
    lane.counts.set(activity, number)
    const span = { from: at, to: null, start: position, end: null }
    lane.bars.push({ actor: lane.actor, activity, state, number, effect: null, ...span })
  }

  #close(lane: OpenLane, at: number, position: number): void {
    const bar = lane.bars.at(-1)
    if (bar?.to !== null) return
    this.version++
    bar.to = at
    bar.end = position
  }
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const [a = -2, b = -2] = [one[at], other[at]]
    if (a !== b) return a - b
  }
  return 0
}

/** The bar in which a moment lies, or the last one before it. */
export function barAt(bars: readonly Bar[], position: number): Bar | null {
  let [low, high] = [0, bars.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars[middle]!.start <= position) low = middle + 1
    else high = middle
  }
  return bars[low - 1] ?? null
}
