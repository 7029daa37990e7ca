import { checkDiGraph } from '../../../machines/teams/check-digraph.ts'
import { DiGraph, type EdgeTest } from '../../../machines/teams/digraph.ts'
import type { Agent } from '../../contract/agent.ts'

/** When an edge is taken, and with which others it counts. */
export interface EdgeOptions {
  /** A text that the last message must hold, or a function of it. A graph with functions cannot be written as JSON. */
  condition?: string | EdgeTest
  /** Edges to the same target that count together; by default all of them. */
  activationGroup?: string
  /** Whether the target runs when all edges of the group were taken, which is the default, or at any of them. */
  activationCondition?: 'all' | 'any'
}

type Named = string | { readonly name: string }
const nameOf = (node: Named): string => (typeof node === 'string' ? node : node.name)

/** Builds the graph of a `GraphFlow` step by step. */
export class DiGraphBuilder {
  readonly #agents = new Map<string, Agent>()
  readonly #edges: { source: string; target: string; options: EdgeOptions }[] = []
  #start: string | null = null

  /** The agents that were added, in that order. */
  get participants(): Agent[] {
    return [...this.#agents.values()]
  }

  /** Adds an agent as a node. */
  addNode(agent: Agent): this {
    if (!this.#agents.has(agent.name)) this.#agents.set(agent.name, agent)
    return this
  }

  /** Lets one node speak after another. Both have to be there. */
  addEdge(source: Named, target: Named, options: EdgeOptions = {}): this {
    this.#edges.push({ source: this.#known(source), target: this.#known(target), options })
    return this
  }

  /** Adds an edge for each text: it is taken when the message holds it. */
  addConditionalEdges(source: Named, targets: Readonly<Record<string, Named>>): this {
    for (const [condition, target] of Object.entries(targets)) this.addEdge(source, target, { condition })
    return this
  }

  /** Says where the graph begins; by default at all nodes to which no edge goes. */
  setEntryPoint(node: Named): this {
    this.#start = this.#known(node)
    return this
  }

  /** The graph. Throws where it could not be run. */
  build(): DiGraph {
    const nodes = [...this.#agents.keys()].map((name) => [name, { name, edges: this.#edgesFrom(name) }])
    const graph = DiGraph.parse({ nodes: Object.fromEntries(nodes), default_start_node: this.#start })
    checkDiGraph(graph)
    return graph
  }

  #edgesFrom(name: string) {
    return this.#edges
      .filter(({ source }) => source === name)
      .map(({ target, options: { condition, activationGroup, activationCondition } }) => ({
        target,
        condition,
        activation_group: activationGroup,
        activation_condition: activationCondition
      }))
  }

  #known(node: Named): string {
    const name = nameOf(node)
    if (!this.#agents.has(name)) throw new Error(`The node "${name}" must be added before it is referred to.`)
    return name
  }
}
