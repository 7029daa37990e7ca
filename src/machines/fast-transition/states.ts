import { type AnyStateMachine, type AnyStateNode, type AnyTransitionDefinition, stopChild } from 'xstate'
import { actionsOf, type Guard, guardOf, type Known, type Named, type Work } from './implementations.ts'
import { around, demandPlain, entryOf, isLeaf, path, within } from './nodes.ts'

/** What a transition does in one state, as far as that is known before anything happens. */
export interface Step {
  transition: AnyTransitionDefinition
  guard: Known<Guard> | null
  /** Of the states that are left, of the transition, and of the states that are entered. */
  actions: readonly Known<Work>[]
  next: State
}

/** A state that has no others in it, and those around it: where a machine may stand. */
export interface State {
  /** From the root inwards. */
  nodes: readonly AnyStateNode[]
  value: unknown
  tags: ReadonlySet<string>
  /** By type of event; the first that may be taken is. */
  on: Map<string, Step[]>
  always: Step[]
  isFinal: boolean
}

/** All states in which a machine may stand, with what it does in each. Throws where the chart is none for a table. */
export function statesOf(machine: AnyStateMachine): ReadonlyMap<AnyStateNode, State> {
  const all = within(machine.root)
  all.forEach(demandPlain)
  const states = new Map(all.filter(isLeaf).map((leaf) => [leaf, stateOf(leaf)]))
  for (const state of states.values()) fill(state, (transition) => stepOf(machine, states, state, transition))
  return states
}

function stateOf(leaf: AnyStateNode): State {
  const nodes = around(leaf)
  const value = nodes
    .slice(1)
    .reduceRight<unknown>((inner, { key }) => (inner === null ? key : { [key]: inner }), null)
  const tags = new Set(nodes.flatMap(({ tags }) => tags))
  return { nodes, value, tags, on: new Map(), always: [], isFinal: leaf.type === 'final' }
}

// Of inner states first: what they do with an event goes before what those around them do.
function fill({ nodes, on, always }: State, step: (transition: AnyTransitionDefinition) => Step): void {
  for (const node of nodes.toReversed()) {
    for (const [type, transitions] of node.transitions)
      on.set(type, [...(on.get(type) ?? []), ...transitions.map(step)])
    always.push(...(node.always ?? []).map(step))
  }
}

function stepOf(
  machine: AnyStateMachine,
  states: ReadonlyMap<AnyStateNode, State>,
  { nodes }: State,
  transition: AnyTransitionDefinition
): Step {
  const { left, entered } = path(nodes, transition)
  const actions = [
    ...left.flatMap(({ exit, invoke }) => [...exit, ...invoke.map(({ id }) => stopChild(id))]),
    ...transition.actions,
    ...entered.flatMap(entryOf)
  ]
  return {
    transition,
    guard: transition.guard ? guardOf(machine, transition.guard as Named<Guard>) : null,
    actions: actionsOf(machine, actions),
    next: states.get(entered.at(-1) ?? nodes.at(-1)!)!
  }
}
