import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import { checkDiGraph, cycleIn } from '../../machines/teams/check-digraph.ts'
import { DiGraph } from '../../machines/teams/digraph.ts'
import { sentenceOn, stuckNodes } from '../../machines/teams/stuck-nodes.ts'
import type { Agent } from '../contract/agent.ts'
import type { ContextOfMembers, OutputOfMembers } from '../contract/typing.ts'
import { Team, type TeamOptions } from '../team/team.ts'
import { fromConfig, type MarkedTeamOptions } from '../team/team-options.ts'
import { demandAgents, fieldsOf, optionsOf, teamFields } from './config.ts'
import { graphType } from './graph/graph-state.ts'

const Config = (nested: Nested) =>
  z.looseObject({ ...teamFields(nested), participants: z.array(nested<Agent>('agent')), graph: DiGraph })
type Config = z.infer<ReturnType<typeof Config>>

/** A team whose participants speak in the order of a graph: one after the other, several at once, in loops. */
export class GraphFlow<const Members extends readonly Agent[] = readonly Agent[]> extends Team<
  OutputOfMembers<Members>,
  ContextOfMembers<Members>
> {
  readonly graph: DiGraph
  readonly #isEndless: boolean

  /** Throws also where the graph could not be run. */
  constructor(participants: Members, graph: DiGraph, options: TeamOptions = {}) {
    const type = graphType(graph)
    demandAgents(participants, type.name)
    super(type, participants, options)
    this.graph = graph
    this.#isEndless = options.maxTurns === Number.POSITIVE_INFINITY
    remember(graphFlowTeam, { ...fieldsOf(this, participants, options), graph }, this)
    if (!(options as MarkedTeamOptions)[fromConfig]) this.check()
  }

  /** Sentences about a graph that will not do what it seems to. */
  override get note(): string | undefined {
    return [super.note, ...stuckNodes(this.graph).map(sentenceOn)].filter(Boolean).join(' ') || undefined
  }

  override check(): void {
    super.check()
    const { names, condition, maxTurns } = this.definition
    const idle = Object.keys(this.graph.nodes).find((node) => !names.includes(node))
    if (idle !== undefined) throw new Error(`The node "${idle}" of the graph is not one of the participants.`)
    checkDiGraph(this.graph)
    if (condition === null && maxTurns === null && !this.#isEndless && cycleIn(this.graph, () => true))
      throw new Error('A cyclic graph needs a termination condition or a maximum number of turns.')
  }
}

/** The component type of teams that follow a graph. */
export const graphFlowTeam: ComponentType<GraphFlow, Config> = {
  provider: 'autogen_agentchat.teams.GraphFlow',
  kind: 'team',
  version: 1,
  description: 'A team whose participants speak in the order of a graph.',
  config: Config,
  create: ({ participants, graph, ...config }) => new GraphFlow(participants, graph, optionsOf(config))
}
