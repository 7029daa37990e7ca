import { type DiGraph, type DiGraphEdge, edgesOf, startNodes } from './digraph.ts'

/** Throws where a graph could not be run. */
export function checkDiGraph(graph: DiGraph): void {
  const { nodes } = graph
  if (Object.keys(nodes).length === 0) throw new Error('Graph has no nodes.')
  const starts = startNodes(graph)
  if (starts.length === 0) throw new Error('Graph must have at least one start node.')
  const unknown = [...starts, ...edgesOf(graph).map(({ edge }) => edge.target)].find(
    (name) => !Object.hasOwn(nodes, name)
  )
  if (unknown !== undefined) throw new Error(`The graph names "${unknown}", which is not one of its nodes.`)
  if (!Object.values(nodes).some(({ edges }) => edges.length === 0))
    throw new Error('Graph must have at least one leaf node.')
  for (const [name, { edges }] of Object.entries(nodes)) {
    if (edges.some(isFree) && !edges.every(isFree))
      throw new Error(`Node '${name}' has a mix of conditional and unconditional edges.`)
  }
  checkGroups(graph)
  const endless = cycleIn(graph, isFree)
  if (endless) throw new Error(`Cycle detected without exit condition: ${endless.join(' -> ')}`)
}

const isFree = ({ condition }: DiGraphEdge) => condition === null

/** Throws where edges of one group disagree on whether all of them are needed. */
function checkGroups(graph: DiGraph): void {
  const first = new Map<string, { source: string; edge: DiGraphEdge }>()
  for (const found of edgesOf(graph)) {
    const { target, activation_group: group, activation_condition: wanted } = found.edge
    const key = JSON.stringify([target, group])
    const other = first.get(key)
    if (!other) first.set(key, found)
    else if (other.edge.activation_condition !== wanted) {
      throw new Error(
        `Conflicting activation conditions for target '${target}' group '${group}': ` +
          `'${other.edge.activation_condition}' (from node '${other.source}') and ` +
          `'${wanted}' (from node '${found.source}')`
      )
    }
  }
}

/** A cycle of edges of some kind, from a node back to it, if there is one. */
export function cycleIn(graph: DiGraph, counts: (edge: DiGraphEdge) => boolean): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const walk = (name: string): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (done.has(name)) return undefined
    path.push(name)
    for (const edge of graph.nodes[name]!.edges.filter(counts)) {
      const cycle = walk(edge.target)
      if (cycle) return cycle
    }
    path.pop()
    done.add(name)
    return undefined
  }
  for (const name of Object.keys(graph.nodes)) {
    const cycle = walk(name)
    if (cycle) return cycle
  }
  return undefined
}
