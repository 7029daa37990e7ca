import { z } from 'zod'
import { cycleIn } from '../../../machines/teams/check-digraph.ts'
import type { DiGraph } from '../../../machines/teams/digraph.ts'
import {
  type GraphProgress,
  graphFlow,
  type PerGroup,
  rearm,
  startOf
} from '../../../machines/teams/graph-flow.ts'
import { TroupeError } from '../../../protocol/errors.ts'
import type { TeamType } from '../../team/team.ts'
import { read } from '../../team/team-state.ts'

// AutoGen 0.6.0 knew one group for each node: what it counted is that of all of them.
const byGroup = <Value extends z.ZodType>(value: Value) =>
  z.record(z.string(), z.union([z.record(z.string(), value), value]))

const State = z.looseObject({
  remaining: byGroup(z.int()).default({}),
  enqueued_any: byGroup(z.boolean()).default({}),
  ready: z.array(z.string()).optional(),
  /** What AutoGen 0.5.7 kept instead: who is to speak next. */
  active_nodes: z.array(z.string()).default([]),
  /** Ours: AutoGen counts only. */
  waiting: z.array(z.object({ node: z.string(), group: z.string(), for: z.array(z.string()) })).default([])
})

/** The type of the teams that follow a graph. */
export const graphType = (graph: DiGraph): TeamType<GraphProgress> => ({
  name: 'GraphFlow',
  description: 'A team whose participants speak in the order of a graph.',
  manager: 'GraphManager',
  selector: graphFlow(graph),
  // One with an edge that leads nowhere is refused for that.
  endsItself: hasStrayEdges(graph) || !cycleIn(graph, () => true),
  state: {
    type: 'GraphManagerState',
    save: ({ remaining, enqueuedAny, ready, waiting }) => ({
      remaining,
      enqueued_any: enqueuedAny,
      ready,
      waiting
    }),
    load: (fields) => load(graph, fields)
  }
})

const hasStrayEdges = ({ nodes }: DiGraph): boolean =>
  Object.values(nodes).some(({ edges }) => edges.some(({ target }) => !Object.hasOwn(nodes, target)))

function load(graph: DiGraph, fields: Record<string, unknown>): GraphProgress {
  const {
    remaining,
    enqueued_any,
    active_nodes,
    waiting,
    ready = active_nodes
  } = read(State, fields, 'GraphManager')
  const unknown = ready.find((name) => !Object.hasOwn(graph.nodes, name))
  if (unknown !== undefined)
    throw new TroupeError('bad_state', `In GraphManager, ready: the graph has no node "${unknown}".`)
  const start = startOf(graph)
  const progress = {
    ready,
    waiting,
    remaining: over(start.remaining, remaining),
    enqueuedAny: over(start.enqueuedAny, enqueued_any)
  }
  // AutoGen forgets to make a group wait anew when it has itself gone on from a saved state.
  return rearm(start, progress, (node) => !ready.includes(node))
}

/** What is known of each group of this graph, in place of what stands there at the start. */
const over = <Value extends number | boolean>(
  start: PerGroup<Value>,
  known: Record<string, Record<string, Value> | Value>
): PerGroup<Value> =>
  Object.fromEntries(
    Object.entries(start).map(([node, groups]) => [
      node,
      Object.fromEntries(
        Object.entries(groups).map(([group, value]) => [group, of(known[node], group) ?? value])
      )
    ])
  )

const of = <Value extends number | boolean>(
  known: Record<string, Value> | Value | undefined,
  group: string
): Value | undefined => (typeof known === 'object' ? known[group] : known)
