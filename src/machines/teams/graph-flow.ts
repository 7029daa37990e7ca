import { type ChatMessage, isChat } from '../messages/index.ts'
import { type DiGraph, type DiGraphEdge, edgesOf, isTaken, startNodes } from './digraph.ts'
import type { Selector } from './selector.ts'
import { sentenceOn, stuckNodes } from './stuck-nodes.ts'

/** A node that some of a group have reached and that needs others too. */
export interface Waiting {
  node: string
  group: string
  /** From whom nothing has come yet. */
  for: readonly string[]
}

/** Something of each node to which edges go, and of each group of those edges. */
export type PerGroup<Value> = Readonly<Record<string, Readonly<Record<string, Value>>>>

/** How far a graph has come. Which nodes are active at present is to be seen in the chart, as its speakers. */
export interface GraphProgress {
  /** How often a group must be reached still before its node runs, where all of it is needed. */
  remaining: PerGroup<number>
  /** Whether a group that needs any of its edges has been reached, and its node has not been asked since. */
  enqueuedAny: PerGroup<boolean>
  /** Who runs in the next turn; one that was triggered by two groups stands there twice. */
  ready: readonly string[]
  waiting: readonly Waiting[]
}

const COMPLETE = 'Digraph execution is complete'

/** Each node speaks when those before it have spoken, several at once where the graph branches. */
export function graphFlow(graph: DiGraph): Selector<GraphProgress> {
  const start = startOf(graph)
  const stuck = stuckNodes(graph)
  const stop = ({ waiting }: GraphProgress) => {
    const held = stuck.filter(({ node }) => waiting.some((entry) => entry.node === node))
    return [COMPLETE, ...held.map(sentenceOn)].join('. ')
  }
  return {
    begin: () => start,
    hear(state, messages, from) {
      const edges = from === null ? [] : (graph.nodes[from]?.edges ?? [])
      const message = messages.at(-1)
      if (!message || !isChat(message)) return state
      return taken(edges, message).reduce((progress, edge) => reach(graph, progress, edge, from!), state)
    },
    over: (state) => (state.ready.length === 0 ? { state: start, stop: stop(state) } : undefined),
    next(state) {
      if (state.ready.length === 0) return { state: start, stop: stop(state) }
      const asked = rearm(start, state, (node) => state.ready.includes(node))
      return { speakers: [...state.ready], state: { ...asked, ready: [] } }
    }
  }
}

const taken = (edges: readonly DiGraphEdge[], message: ChatMessage) =>
  edges.filter((edge) => isTaken(edge, message))

/** The progress of a graph in which no node has run yet. */
export function startOf(graph: DiGraph): GraphProgress {
  const remaining: Record<string, Record<string, number>> = {}
  const enqueuedAny: Record<string, Record<string, boolean>> = {}
  for (const { edge } of edgesOf(graph)) {
    const { target, activation_group: group } = edge
    remaining[target] ??= {}
    remaining[target][group] = (remaining[target][group] ?? 0) + 1
    enqueuedAny[target] ??= {}
    enqueuedAny[target][group] = false
  }
  return { remaining, enqueuedAny, ready: startNodes(graph), waiting: [] }
}

/** Takes one edge: its target is ready if its group is complete by that. */
function reach(graph: DiGraph, state: GraphProgress, edge: DiGraphEdge, from: string): GraphProgress {
  const { target: node, activation_group: group } = edge
  if (edge.activation_condition === 'any') {
    if (state.enqueuedAny[node]![group]) return state
    const enqueuedAny = put(state.enqueuedAny, node, group, true)
    return { ...state, enqueuedAny, ready: [...state.ready, node] }
  }
  const left = state.remaining[node]![group]! - 1
  const remaining = put(state.remaining, node, group, left)
  const waiting = wait(graph, state.waiting, { node, group, left, from })
  return { ...state, remaining, waiting, ready: left === 0 ? [...state.ready, node] : state.ready }
}

const put = <Value>(all: PerGroup<Value>, node: string, group: string, value: Value): PerGroup<Value> => ({
  ...all,
  [node]: { ...all[node], [group]: value }
})

function wait(
  graph: DiGraph,
  all: readonly Waiting[],
  { node, group, left, from }: { node: string; group: string; left: number; from: string }
): readonly Waiting[] {
  const known = all.find((entry) => entry.node === node && entry.group === group)
  const others = all.filter((entry) => entry !== known)
  if (left <= 0) return others
  const missing = [...(known?.for ?? sourcesOf(graph, node, group))]
  const at = missing.indexOf(from)
  return [...others, { node, group, for: at < 0 ? missing : missing.toSpliced(at, 1) }]
}

const sourcesOf = (graph: DiGraph, node: string, group: string): string[] =>
  edgesOf(graph)
    .filter(({ edge }) => edge.target === node && edge.activation_group === group)
    .map(({ source }) => source)

/** Makes groups that have triggered their node wait anew: those of some nodes. */
export function rearm(
  start: GraphProgress,
  state: GraphProgress,
  of: (node: string) => boolean
): GraphProgress {
  let { remaining, enqueuedAny } = state
  for (const [node, groups] of Object.entries(start.remaining)) {
    if (!of(node)) continue
    for (const [group, needed] of Object.entries(groups)) {
      // A group has triggered its node if nothing is left to wait for, so that need not be remembered apart.
      if (remaining[node]![group]! <= 0) remaining = put(remaining, node, group, needed)
      if (enqueuedAny[node]![group]) enqueuedAny = put(enqueuedAny, node, group, false)
    }
  }
  return { ...state, remaining, enqueuedAny }
}
