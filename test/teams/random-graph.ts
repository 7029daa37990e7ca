import fc from 'fast-check'
import { DiGraph } from '../../src/machines/teams/digraph.ts'

const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
const words = ['red', 'green', 'blue']

interface Plan {
  /** Per node: whether its edges have conditions. */
  conditional: boolean[]
  edges: { from: number; to: number; group: number; word: number; any: boolean; odd: number }[]
  start: number
  limited: boolean
}

const plan = (size: number): fc.Arbitrary<Plan> => {
  const node = fc.nat(size - 1)
  const edge = fc.record({
    from: node,
    to: node,
    group: fc.nat(2),
    word: fc.nat(2),
    any: fc.boolean(),
    odd: fc.nat(19)
  })
  return fc.record({
    conditional: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
    edges: fc.array(edge, { minLength: size, maxLength: size * 2 + 1 }),
    start: fc.nat(size * 2),
    limited: fc.boolean()
  })
}

/** Graphs of up to seven nodes, many of which could not be run. */
export const anyGraph = fc
  .integer({ min: 1, max: names.length })
  .chain(plan)
  .map(({ conditional, edges, start, limited }) => {
    const nodes = conditional.map((has, i) => ({
      name: names[i]!,
      edges: edges
        .filter(({ from }) => from === i)
        .map(({ to, group, word, any, odd }) => ({
          target: names[to]!,
          // One in twenty is unlike the others of its node, or of its group.
          condition: has === (odd !== 0) ? words[word] : null,
          activation_group: group === 0 ? '' : `g${group}`,
          activation_condition: ((to + group) % 3 === 0) === (odd !== 1 || any) ? 'any' : 'all'
        }))
    }))
    const graph = DiGraph.parse({
      nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
      default_start_node: start < conditional.length ? names[start] : null
    })
    return { graph, limited }
  })

/** What nodes say: some of the words that conditions look for, and how many ticks they take to say it. */
export const anySpeech = fc.array(
  fc.record({ words: fc.subarray(words, { minLength: 2 }), ticks: fc.nat(4) }),
  {
    minLength: 5,
    maxLength: 12
  }
)
export type Speech = { words: string[]; ticks: number }[]

/** Whether a graph could not be run, found in another way than by looking for cycles. */
export function impossible(graph: DiGraph, limited: boolean): boolean {
  const nodes = Object.entries(graph.nodes)
  const all = nodes.flatMap(([from, { edges }]) => edges.map((edge) => ({ from, ...edge })))
  const hasStart = graph.default_start_node !== null || nodes.some(([n]) => all.every((e) => e.target !== n))
  const hasLeaf = nodes.some(([, { edges }]) => edges.length === 0)
  const mixed = nodes.some(([, { edges }]) => new Set(edges.map((e) => e.condition === null)).size > 1)
  const conflict = all.some((a) =>
    all.some(
      (b) =>
        a.target === b.target &&
        a.activation_group === b.activation_group &&
        a.activation_condition !== b.activation_condition
    )
  )
  const endless = loops(all.filter((edge) => edge.condition === null))
  return !hasStart || !hasLeaf || mixed || conflict || endless || (!limited && loops(all))
}

/** Whether somebody can come back to where he was: by taking away what leads nowhere until nothing changes. */
function loops(edges: { from: string; target: string }[]): boolean {
  const left = edges.filter((edge) => edges.some(({ from }) => from === edge.target))
  return left.length === edges.length ? edges.length > 0 : loops(left)
}
