import { type AnyStateNode, type AnyTransitionDefinition, spawnChild } from 'xstate'

/** Whether a state has no others in it. */
export function isLeaf({ type }: AnyStateNode): boolean {
  return type === 'atomic' || type === 'final'
}

/** A state and all around it, from the root inwards. */
export function around(node: AnyStateNode): AnyStateNode[] {
  return node.parent ? [...around(node.parent), node] : [node]
}

/** A state and all that are in it. */
export function within(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states as Record<string, AnyStateNode>).flatMap(within)]
}

/** The states into which a state leads of itself, from the outermost on. */
export function inside(node: AnyStateNode): AnyStateNode[] {
  if (isLeaf(node)) return []
  const first = node.initial.target![0]!
  return [first, ...inside(first)]
}

/** What is done when a state is entered. */
export const entryOf = ({ entry, invoke }: AnyStateNode) => [
  ...entry,
  ...invoke.map((one) => spawnChild(one.src as never, one as never))
]

/** Which states a transition leaves, from the innermost on, and which it enters, from the outermost on. */
export function path(
  nodes: readonly AnyStateNode[],
  { source, target: targets }: AnyTransitionDefinition
): { left: readonly AnyStateNode[]; entered: readonly AnyStateNode[] } {
  if (!targets) return { left: [], entered: [] }
  const [target] = targets as [AnyStateNode]
  const way = around(target)
  // What is around both stays: the source itself, where it leads to a state in it.
  const domain = way.includes(source)
    ? source
    : way.findLast((node) => node !== target && around(source).includes(node))!
  const below = (chain: readonly AnyStateNode[]) => chain.slice(chain.indexOf(domain) + 1)
  return { left: below(nodes).toReversed(), entered: [...below(way), ...inside(target)] }
}

/** Throws where a state has what no table of transitions can hold. */
export function demandPlain(node: AnyStateNode): void {
  const { id, type, config, transitions, always = [], exit, invoke, parent } = node
  const all = [...transitions.values(), always].flat()
  const isPlain =
    type !== 'parallel' &&
    type !== 'history' &&
    !config.after &&
    !invoke.some(({ onSnapshot }) => onSnapshot) &&
    (type !== 'final' || (!parent!.parent && config.output === undefined)) &&
    ((type !== 'final' && parent) || exit.length === 0) &&
    (isLeaf(node) || node.initial.actions.length === 0) &&
    all.every(({ reenter, target }) => !reenter && (target?.length ?? 1) === 1) &&
    [...transitions.keys()].every((descriptor) => !descriptor.includes('*'))
  if (!isPlain) throw new Error(`The state "${id}" has what no table of transitions can hold.`)
}
