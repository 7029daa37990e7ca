import type { ActorRefLike, AnyActorRef, AnyStateMachine, InspectionEvent as Inspected } from 'xstate'
import type { JournalInput } from '../journal/entries.ts'
import { CausalStep, type Draft } from './causal-step.ts'
import { endedEffect } from './ended-effect.ts'
import type { InspectionEvent, MemoryChange, ShownSnapshot, TakenTransition } from './events.ts'
import type { Redact } from './redaction.ts'

/** The version of XState whose events these are. */
const VERSION = '5.33.3'

interface InspectionLogOptions {
  /** The run's id: the name of its root actor. */
  run: string
  redact: Redact
  /** The time in the run, in milliseconds since 1970. */
  now(): number
  onAdded(): void
  /** The model context of the agent at a path of the run: messages that never change. */
  memory(path: string): readonly unknown[]
}

/** The inspection events of one run's actors, from its first moment on. */
export class InspectionLog {
  readonly events: InspectionEvent[] = []
  readonly #options: InspectionLogOptions
  readonly #paths = new WeakMap<ActorRefLike, string>()
  readonly #taken = new Map<string, TakenTransition[]>()
  readonly #remembered = new Map<string, readonly unknown[]>()
  /** The ids of those whose effects they are, by the paths in the names of effects. */
  readonly #owners = new Map<string, string>()
  #step = new CausalStep()
  #steps = 0
  #closing: NodeJS.Immediate | undefined

  constructor(options: InspectionLogOptions) {
    this.#options = options
  }

  /** Notes that a message was published; the next snapshot event names it. */
  published(id: string): void {
    this.#open().said(id)
  }

  /** Notes what an effect came to, from which something new follows; the next snapshot tells it. */
  effect(entry: Extract<JournalInput, { kind: 'effect' }>): void {
    this.close()
    this.#open().effect(endedEffect(entry, this.#owners, this.#options.redact))
  }

  /** Ends the causal step: what happens from here on follows from something else. */
  close(): void {
    clearImmediate(this.#closing)
    this.#closing = undefined
    const step = this.#step
    this.#step = new CausalStep()
    const drafts = step.close(this.#step)
    if (drafts.length === 0) return
    const base = { rootId: this.#options.run, step: ++this.#steps, _version: VERSION }
    for (const draft of drafts)
      this.events.push({ id: String(this.events.length + 1), ...draft, ...base } as InspectionEvent)
    this.events.at(-1)!.stepEnd = true
    this.#options.onAdded()
  }

  /** Takes an inspection event of XState. */
  observe = (event: Inspected): void => {
    const ref = event.actorRef as AnyActorRef
    if (event.type === '@xstate.actor') this.#actor(ref)
    else if (event.type === '@xstate.event') this.#event(ref, event)
    else if (event.type === '@xstate.microstep') this.#microstep(this.#path(ref), event._transitions)
    else if (event.type === '@xstate.snapshot' && machineOf(ref)) this.#snapshot(ref, event)
  }

  /** The step that is under way; it ends when all that follows from what began it is over. */
  #open(): CausalStep {
    this.#closing ??= setImmediate(() => this.close())
    return this.#step
  }

  get #createdAt(): string {
    return String(this.#options.now())
  }

  #actor(ref: AnyActorRef): void {
    const parent = parentOf(ref)
    this.#open().add({
      type: '@xstate.actor',
      createdAt: this.#createdAt,
      sessionId: this.#path(ref),
      parentId: parent && this.#path(parent),
      name: ref.id,
      machine: machineOf(ref)?.id ?? null
    })
  }

  #event(ref: AnyActorRef, { event, sourceRef }: Extract<Inspected, { type: '@xstate.event' }>): void {
    const sessionId = this.#path(ref)
    const step = this.#open()
    step.add({
      type: '@xstate.event',
      createdAt: this.#createdAt,
      sessionId,
      sourceId: sourceRef && this.#path(sourceRef as AnyActorRef),
      event: this.#options.redact(event)
    })
    // An actor stands in its first state before its first actions are carried out.
    if (event.type === 'xstate.init' && machineOf(ref)) step.reserve(sessionId, true)
  }

  #microstep(
    path: string,
    transitions: readonly { source: { id: string }; target?: readonly { id: string }[]; eventType: string }[]
  ): void {
    const taken = this.#taken.get(path) ?? []
    for (const { source, target = [], eventType } of transitions)
      taken.push({ from: source.id, to: target.map(({ id }) => id), event: eventType })
    this.#taken.set(path, taken)
    this.#open().reserve(path)
  }

  #snapshot(ref: AnyActorRef, { event, snapshot }: Extract<Inspected, { type: '@xstate.snapshot' }>): void {
    const path = this.#path(ref)
    const { redact } = this.#options
    const { status, value, context, output, error } = snapshot as unknown as ShownSnapshot
    const shown = { status, value, ...(redact({ context, output, error }) as object) }
    this.#own(ref, context)
    const remembers =
      remembering.has(event.type) && isParticipant(ref) && this.#news(context as { path: string })
    this.#open().snapshot({
      type: '@xstate.snapshot',
      createdAt: this.#createdAt,
      sessionId: path,
      event: redact(event),
      snapshot: shown,
      transitions: this.#taken.get(path) ?? [],
      ...(remembers && { remembers })
    } as Draft)
    this.#taken.delete(path)
  }

  /** Effects are named by a participant's path, or by that of a team which has its speaker chosen. */
  #own(ref: AnyActorRef, context: unknown): void {
    const machine = machineOf(ref)?.id
    const { path } = (context ?? {}) as { path?: unknown }
    if (typeof path !== 'string') return
    if (machine === 'participant') this.#owners.set(path, this.#path(ref))
    else if (machine === 'groupChat') this.#owners.set(path, `${this.#path(ref)}/choice`)
  }

  /** What has changed in an agent's model context since the last event about it. */
  #news({ path }: { path: string }): MemoryChange | undefined {
    const { memory, redact } = this.#options
    const before = this.#remembered.get(path) ?? []
    const now = memory(path)
    this.#remembered.set(path, now)
    // Memories grow at their end, or are made anew.
    const from = before.length > 0 && now[before.length - 1] === before.at(-1) ? before.length : 0
    if (from === now.length && from === before.length) return undefined
    return { from, messages: now.slice(from).map(redact) }
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

/** The events after which a participant's agent may remember something new. */
const remembering: ReadonlySet<string> = new Set(['xstate.init', 'said'])

const isParticipant = (ref: AnyActorRef): boolean => machineOf(ref)?.id === 'participant'
