import type { ActorRefLike, AnyActorRef, AnyStateMachine, InspectionEvent as Inspected } from 'xstate'
import type { InspectionEvent, MemoryChange, ShownSnapshot, TakenTransition } from './events.ts'
import type { Redact } from './redaction.ts'

/** The version of XState whose events these are. */
const VERSION = '5.33.3'

type Draft<E> = E extends unknown ? Omit<E, 'id' | 'rootId' | 'createdAt' | '_version'> : never

interface InspectionLogOptions {
  /** The run's id: the name of its root actor. */
  run: string
  trim: Redact
  /** When it was, in milliseconds since 1970. */
  now(): number
  added(): void
  /** What the agent at a path of the stage remembers: messages that never change. */
  memory(path: string): readonly unknown[]
}

/** What the actors of one run did, from the first moment on, ready to be told. */
export class InspectionLog {
  readonly events: InspectionEvent[] = []
  readonly #options: InspectionLogOptions
  readonly #paths = new WeakMap<ActorRefLike, string>()
  readonly #taken = new Map<string, TakenTransition[]>()
  readonly #remembered = new Map<string, readonly unknown[]>()
  #said: string[] = []

  constructor(options: InspectionLogOptions) {
    this.#options = options
  }

  /** Notes that a message was said; the next snapshot tells it. */
  said(id: string): void {
    this.#said.push(id)
  }

  /** Takes what XState tells of the run's actors. */
  observe = (event: Inspected): void => {
    const ref = event.actorRef as AnyActorRef
    if (event.type === '@xstate.actor') this.#actor(ref)
    else if (event.type === '@xstate.event')
      this.#add({
        type: '@xstate.event',
        sessionId: this.#path(ref),
        sourceId: event.sourceRef && this.#path(event.sourceRef as AnyActorRef),
        event: this.#options.trim(event.event)
      })
    else if (event.type === '@xstate.microstep') this.#note(this.#path(ref), event._transitions)
    else if (event.type === '@xstate.snapshot' && machineOf(ref)) this.#snapshot(ref, event)
  }

  #actor(ref: AnyActorRef): void {
    const parent = parentOf(ref)
    this.#add({
      type: '@xstate.actor',
      sessionId: this.#path(ref),
      parentId: parent && this.#path(parent),
      name: ref.id,
      machine: machineOf(ref)?.id ?? null
    })
  }

  #note(
    path: string,
    transitions: readonly { source: { id: string }; target?: readonly { id: string }[]; eventType: string }[]
  ): void {
    const taken = this.#taken.get(path) ?? []
    for (const { source, target = [], eventType } of transitions)
      taken.push({ from: source.id, to: target.map(({ id }) => id), event: eventType })
    this.#taken.set(path, taken)
  }

  #snapshot(ref: AnyActorRef, { event, snapshot }: Extract<Inspected, { type: '@xstate.snapshot' }>): void {
    const path = this.#path(ref)
    const { trim } = this.#options
    const { status, value, context, output, error } = snapshot as unknown as ShownSnapshot
    const shown = { status, value, ...(trim({ context, output, error }) as object) }
    const said = this.#said
    this.#said = []
    const remembers =
      remembering.has(event.type) && isParticipant(ref) && this.#news(context as { path: string })
    this.#add({
      type: '@xstate.snapshot',
      sessionId: path,
      event: trim(event),
      snapshot: shown,
      transitions: this.#taken.get(path) ?? [],
      ...(said.length > 0 && { said }),
      ...(remembers && { remembers })
    })
    this.#taken.delete(path)
  }

  /** What an agent remembers since it was looked at last. */
  #news({ path }: { path: string }): MemoryChange | undefined {
    const { memory, trim } = this.#options
    const before = this.#remembered.get(path) ?? []
    const now = memory(path)
    this.#remembered.set(path, now)
    // Memories grow at their end, or are made anew.
    const from = before.length > 0 && now[before.length - 1] === before.at(-1) ? before.length : 0
    if (from === now.length && from === before.length) return undefined
    return { from, messages: now.slice(from).map(trim) }
  }

  #add(draft: Draft<InspectionEvent>): void {
    const { run, now, added } = this.#options
    const id = String(this.events.length + 1)
    this.events.push({
      id,
      ...draft,
      rootId: run,
      createdAt: String(now()),
      _version: VERSION
    } as InspectionEvent)
    added()
  }

  #path(ref: AnyActorRef): string {
    const known = this.#paths.get(ref)
    if (known !== undefined) return known
    const parent = parentOf(ref)
    const path = parent ? `${this.#path(parent)}/${ref.id}` : this.#options.run
    this.#paths.set(ref, path)
    return path
  }
}

const parentOf = (ref: AnyActorRef): AnyActorRef | undefined => ref._parent

const machineOf = (ref: AnyActorRef): AnyStateMachine | undefined => {
  const { logic } = ref as unknown as { logic?: Partial<AnyStateMachine> }
  return logic && 'root' in logic ? (logic as AnyStateMachine) : undefined
}

/** What a participant is told of when its agent may remember something new: that it is there, and its own words. */
const remembering: ReadonlySet<string> = new Set(['xstate.init', 'said'])

const isParticipant = (ref: AnyActorRef): boolean => machineOf(ref)?.id === 'participant'
