import type { EndedEffect, InspectionEvent } from './events.ts'

/** An inspection event before it has a position. */
export type Draft = InspectionEvent extends infer E
  ? E extends unknown
    ? Omit<E, 'id' | 'rootId' | 'step' | 'stepEnd' | '_version'>
    : never
  : never

type Slot = { draft: Draft } | { said: string } | { effect: EndedEffect } | null

/**
 * All that the actors of a run do because of one thing that came from outside, in causal order. XState reports an
 * actor's snapshot only after all that the actor's actions have set off in others; here it stands where the actor took
 * its transition, before what followed from it.
 */
export class CausalStep {
  readonly #slots: Slot[] = []
  /** Where the next snapshot of an actor belongs, by the actor's id. */
  readonly #reserved = new Map<string, number>()

  get isEmpty(): boolean {
    return this.#slots.length === 0
  }

  /** Adds what happens now. */
  add(draft: Draft): void {
    this.#slots.push({ draft })
  }

  /** The next snapshot of this actor belongs here, unless a place for it is reserved already. */
  reserve(actor: string, anew = false): void {
    if (this.#reserved.has(actor) && !anew) return
    this.#reserved.set(actor, this.#slots.length)
    this.#slots.push(null)
  }

  /** Adds a snapshot where its place is reserved, or here. */
  snapshot(draft: Draft): void {
    const place = this.#reserved.get(draft.sessionId)
    this.#reserved.delete(draft.sessionId)
    if (place === undefined) this.add(draft)
    else this.#slots[place] = { draft }
  }

  /** A message was said: the next snapshot names it. */
  said(id: string): void {
    this.#slots.push({ said: id })
  }

  /** An effect came to its end: the next snapshot tells it. */
  effect(effect: EndedEffect): void {
    this.#slots.push({ effect })
  }

  /**
   * The events of this step in their order. What no snapshot has named is added to `next`, the step that follows.
   */
  close(next: CausalStep): Draft[] {
    const drafts: Draft[] = []
    let said: string[] = []
    let effects: EndedEffect[] = []
    for (const slot of this.#slots) {
      if (slot === null) continue
      if ('said' in slot) said.push(slot.said)
      else if ('effect' in slot) effects.push(slot.effect)
      else if (slot.draft.type !== '@xstate.snapshot') drafts.push(slot.draft)
      else {
        drafts.push({
          ...slot.draft,
          ...(said.length > 0 && { said }),
          ...(effects.length > 0 && { effects })
        })
        said = []
        effects = []
      }
    }
    for (const id of said) next.said(id)
    for (const effect of effects) next.effect(effect)
    return drafts
  }
}
