/** A transition that a chart took: the ids of its states, as XState names them. */
export interface TakenTransition {
  from: string
  to: string[]
  event: string
}

/** A snapshot as those who watch are shown it. */
export interface ShownSnapshot {
  status: string
  /** The statechart value; absent in actors that are no charts. */
  value?: unknown
  context?: unknown
  output?: unknown
  error?: unknown
}

interface Base {
  /** The position in the stream, from 1. */
  id: string
  rootId: string
  /**
   * The causal step that this event is a part of, from 1: all that follows from one thing that came from outside. What
   * stands in one step happened at once; how the actors stood between two of its events was never to be seen.
   */
  step: number
  /** True on the last event of a step: after it the actors stand as they were to be seen. */
  stepEnd?: true
  /** Stable, and says where the actor stands: `12/team/critic`. */
  sessionId: string
  /** Milliseconds since 1970. */
  createdAt: string
  /** XState's version. */
  _version: string
}

/** An actor that was raised. One that is raised again has the same id. */
export interface ActorEvent extends Base {
  type: '@xstate.actor'
  name: string
  parentId: string | undefined
  /** The id of its chart, or null where it is none. */
  machine: string | null
}

/** Something that an actor was told. */
export interface EventEvent extends Base {
  type: '@xstate.event'
  sourceId: string | undefined
  event: unknown
}

/** What an agent's model is to know of its past, from a place on: what stood there before is replaced. */
export interface MemoryChange {
  from: number
  /** Messages in AutoGen's shape, each trimmed. */
  messages: readonly unknown[]
}

/** What an effect came to: a model's answer, the end of tool calls, a person's answer. */
export interface EndedEffect {
  /** The id of the actor whose effect it was: a participant, or what chooses a team's speaker. */
  actor: string
  /** The effect's name in the journal: `path:turn:step`. */
  effect: string
  /** The tokens of a model call. */
  usage?: { prompt_tokens: number; completion_tokens: number }
  /** Why the model stopped: `stop`, `function_calls`, … */
  finish_reason?: string
  /** What the model answered, trimmed: a text, or the tool calls that it asks for. */
  content?: unknown
  /** Why the effect failed, where it did. */
  failure?: { message: string; type?: string; code?: string }
}

/** Where a chart stands after it was told something. */
export interface SnapshotEvent extends Base {
  type: '@xstate.snapshot'
  event: unknown
  snapshot: ShownSnapshot
  /** The transitions that led here; none where the event changed nothing. */
  transitions: TakenTransition[]
  /** The ids of the messages that were said since the last one of these in the run. */
  said?: string[]
  /** The effects that came to their end since the last one of these in the run. */
  effects?: EndedEffect[]
  /** What the agent of a participant remembers since; absent where that is what it was. */
  remembers?: MemoryChange
}

/**
 * What a run's actors do, in the shapes of `@statelyai/inspect`. Ours adds `step`, `machine`, `transitions`, `said`,
 * `effects` and `remembers`, and leaves definitions to `/api/machines`.
 */
export type InspectionEvent = ActorEvent | EventEvent | SnapshotEvent

/** An actor of a run at one moment. */
export interface ActorView {
  id: string
  machine: string
  parent: string | null
  status: string
  value: unknown
  context: unknown
  /** What the model of its agent is to know of the past: the messages of its context. */
  memory: readonly unknown[]
  /** Since when it stands there, in ISO 8601. */
  since: string
}

/** The charts of a run after some of its inspection events. */
export function actorsAfter(events: Iterable<InspectionEvent>): ActorView[] {
  const views = new ActorViews()
  for (const event of events) views.take(event)
  return views.all
}

/** The charts of a run, as its inspection events are taken one after the other. Each event takes little, however long the run is. */
export class ActorViews {
  readonly #actors = new Map<string, ActorView & { memory: unknown[] }>()

  get all(): ActorView[] {
    return [...this.#actors.values()]
  }

  take(event: InspectionEvent): void {
    const since = () => new Date(Number(event.createdAt)).toISOString()
    const { sessionId: id } = event
    if (event.type === '@xstate.actor' && event.machine !== null) {
      const fresh = { status: 'active', value: null, context: null, memory: [], since: since() }
      this.#actors.set(id, { id, machine: event.machine, parent: event.parentId ?? null, ...fresh })
    }
    const actor = this.#actors.get(id)
    if (event.type !== '@xstate.snapshot' || !actor) return
    const { status, value, context = null } = event.snapshot
    if (event.remembers) {
      actor.memory.length = event.remembers.from
      for (const message of event.remembers.messages) actor.memory.push(message)
    }
    if (!isSameValue(actor.value, value)) actor.since = since()
    Object.assign(actor, { status, value, context })
    if (status !== 'active') this.#endInside(id)
  }

  /** What belongs to an actor that is over does nothing any more, whether it said so or was left behind. */
  #endInside(id: string): void {
    for (const actor of this.#actors.values())
      if (actor.status === 'active' && actor.id.startsWith(`${id}/`)) actor.status = 'stopped'
  }
}

const isSameValue = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
