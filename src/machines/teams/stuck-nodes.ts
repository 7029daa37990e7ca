import { type DiGraph, edgesOf, startNodes } from './digraph.ts'

/** A node that can never run, and what it waits for. */
export interface Stuck {
  node: string
  group: string
  /** Nodes that can only run after it. */
  waitsFor: string[]
}

/**
 * The nodes of a graph that can be reached and can never run, because all edges of a group are needed and some
 * of them begin at nodes that come after it: a loop that waits for itself.
 */
export function stuckNodes(graph: DiGraph): Stuck[] {
  const runs = runnable(graph)
  const stuck: Stuck[] = []
  for (const { node, group, condition, sources } of groupsOf(graph)) {
    if (runs.has(node) || condition === 'any') continue
    const after = reachableFrom(node, graph)
    const waitsFor = sources.filter((source) => !runs.has(source) && after.has(source))
    if (waitsFor.length > 0 && sources.some((source) => runs.has(source)))
      stuck.push({ node, group, waitsFor })
  }
  return stuck
}

/** The warning for a node that can never run, and what to do. */
export function sentenceOn({ node, group, waitsFor }: Stuck): string {
  const names = waitsFor.map((name) => (name === node ? 'its own edge' : `"${name}", which comes after it`))
  return (
    `"${node}" can never run: it waits for ${names.join(' and ')}. Give the edges into "${node}" ` +
    `(activation_group "${group}") the activation_condition "any", or those of the loop a group of their own.`
  )
}

interface Group {
  node: string
  group: string
  condition: 'all' | 'any'
  sources: string[]
}

function groupsOf(graph: DiGraph): Group[] {
  const groups = new Map<string, Group>()
  for (const { source, edge } of edgesOf(graph)) {
    const { target: node, activation_group: group, activation_condition: condition } = edge
    const key = JSON.stringify([node, group])
    const known = groups.get(key) ?? { node, group, condition, sources: [] }
    known.sources.push(source)
    groups.set(key, known)
  }
  return [...groups.values()]
}

/** A node and all to which its edges lead. */
function reachableFrom(node: string, { nodes }: DiGraph, found = new Set<string>()): Set<string> {
  if (found.has(node)) return found
  found.add(node)
  for (const { target } of nodes[node]?.edges ?? []) reachableFrom(target, { nodes } as DiGraph, found)
  return found
}

/** The nodes that can run at all, whatever is said. */
function runnable(graph: DiGraph): Set<string> {
  const runs = new Set(startNodes(graph))
  const groups = groupsOf(graph)
  for (let before = -1; before < runs.size; ) {
    before = runs.size
    for (const { node, condition, sources } of groups) {
      const comes = (source: string) => runs.has(source)
      if (condition === 'any' ? sources.some(comes) : sources.every(comes)) runs.add(node)
    }
  }
  return runs
}
