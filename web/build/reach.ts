import type { AnyStateMachine, AnyStateNode } from 'xstate'

/** What of a chart an actor can come to. */
export interface Reach {
  states: ReadonlySet<string>
  /** Whether a transition can ever be taken. */
  allows(transition: Transition): boolean
}

/** A transition as XState keeps it in a state node. */
export interface Transition {
  source: { id: string }
  target?: readonly { id: string }[] | undefined
  eventType: string
  guard?: unknown
}

/** Everything of a chart. */
export const everything: Reach = { states: new Set(), allows: () => true }

const parents = (node: AnyStateNode): AnyStateNode[] =>
  node.parent ? [node.parent, ...parents(node.parent)] : []

const transitionsOf = (node: AnyStateNode): Transition[] =>
  [...node.transitions.values(), node.always ?? []].flat() as unknown as Transition[]

/** The states that an actor can come to, from its first one on, by the transitions that it can ever take. */
export function reachOf(machine: AnyStateMachine, allows: Reach['allows']): Reach {
  const found = new Set<string>()
  const enter = (node: AnyStateNode): void => {
    const fresh = [node, ...parents(node)].filter(({ id }) => !found.has(id))
    for (const { id } of fresh) found.add(id)
    // A transition that leads into a state with others in it leads to the first of them.
    if (node.initial) for (const first of node.initial.target) enter(first)
    for (const one of fresh)
      for (const transition of transitionsOf(one))
        if (allows(transition)) for (const target of transition.target ?? []) enter(target as AnyStateNode)
  }
  enter(machine.root)
  return { states: found, allows }
}
