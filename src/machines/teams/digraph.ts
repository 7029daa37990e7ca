import { z } from 'zod'
import { type ChatMessage, modelTextOf } from '../messages/index.ts'

/** Decides whether an edge is taken after a message; a pure function. */
export type EdgeTest = (message: ChatMessage) => boolean

const Activation = z.enum(['all', 'any'])

const Edge = z
  .looseObject({
    target: z.string(),
    /** A text that the last message must hold, or (in the library only) a function; without one it is always taken. */
    condition: z
      .union([z.string(), z.custom<EdgeTest>((value) => typeof value === 'function')])
      .nullable()
      .default(null),
    /** Edges to the same target that count together; by default all of them. */
    activation_group: z.string().default(''),
    /** Whether the target runs when all edges of the group were taken, or at any of them. */
    activation_condition: Activation.default('all')
  })
  .transform((edge) => ({ ...edge, activation_group: edge.activation_group || edge.target }))
/** A way from one node to another. */
export type DiGraphEdge = z.infer<typeof Edge>

const Node = z.looseObject({
  name: z.string(),
  edges: z.array(Edge).default(() => []),
  /** Kept for AutoGen, where it has no effect either: what counts is written at the edges. */
  activation: Activation.default('all')
})

/** Who speaks after whom. Nodes are participants by name. */
export const DiGraph = z.looseObject({
  nodes: z.record(z.string(), Node),
  default_start_node: z.string().nullable().default(null)
})
export type DiGraph = z.infer<typeof DiGraph>

/** All edges of a graph, each with the node from which it goes out. */
export const edgesOf = ({ nodes }: DiGraph): { source: string; edge: DiGraphEdge }[] =>
  Object.entries(nodes).flatMap(([source, { edges }]) => edges.map((edge) => ({ source, edge })))

/** Whether an edge is taken after a message. */
export function isTaken({ condition }: DiGraphEdge, message: ChatMessage): boolean {
  if (condition === null) return true
  return typeof condition === 'string' ? modelTextOf(message).includes(condition) : condition(message)
}

/** The nodes that run first: the one that is named, or all to which no edge goes. */
export function startNodes(graph: DiGraph): string[] {
  if (graph.default_start_node) return [graph.default_start_node]
  const targets = new Set(edgesOf(graph).map(({ edge }) => edge.target))
  return Object.keys(graph.nodes).filter((name) => !targets.has(name))
}
