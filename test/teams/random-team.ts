import fc from 'fast-check'
import { z } from 'zod'
import {
  functional,
  functionCall,
  handoffTo,
  maxMessages,
  sourceMatch,
  type TerminationCondition,
  textMention,
  textMessage,
  timeout,
  tokenUsage
} from '../../src/machines/conditions/index.ts'
import { textOf } from '../../src/machines/messages/index.ts'
import type { DiGraph } from '../../src/machines/teams/digraph.ts'
import { AssistantAgent } from '../../src/runtime/agents/assistant.ts'
import { MessageFilterAgent } from '../../src/runtime/agents/message-filter.ts'
import { SocietyOfMindAgent } from '../../src/runtime/agents/society-of-mind.ts'
import { UserProxyAgent } from '../../src/runtime/agents/user-proxy.ts'
import { buffered } from '../../src/runtime/contexts/index.ts'
import type { Agent } from '../../src/runtime/contract/agent.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { GraphFlow } from '../../src/runtime/teams/graph-flow.ts'
import { MagenticOneGroupChat } from '../../src/runtime/teams/magentic-one.ts'
import { RoundRobinGroupChat } from '../../src/runtime/teams/round-robin.ts'
import { SelectorGroupChat } from '../../src/runtime/teams/selector-group-chat.ts'
import { Swarm } from '../../src/runtime/teams/swarm.ts'
import { tool } from '../../src/runtime/tools/function-tool.ts'
import { hearer, thinker } from './deterministic.ts'
import { anyGraph, impossible } from './random-graph.ts'

/** A condition, with numbers that mean something else in each kind. */
type Until =
  | {
      kind: 'messages' | 'mention' | 'source' | 'text' | 'tokens' | 'call' | 'handoff' | 'odd' | 'never'
      n: number
    }
  | { kind: 'and' | 'or'; of: Until[] }

interface Base {
  until: Until
  maxTurns: number | null
  shown: boolean
}

/** A team, as a plan of which any number can be made that are alike. */
export type TeamPlan = Base &
  (
    | { kind: 'roundRobin'; members: Member[] }
    | { kind: 'selector'; members: Member[]; repeats: boolean }
    | { kind: 'swarm'; size: number }
    | { kind: 'graph'; graph: DiGraph }
    | { kind: 'magentic'; members: Member[]; stalls: number }
  )

type Member =
  | { kind: 'hearer' | 'assistant' | 'tooler' | 'person' | 'forgetful' | 'filtered' }
  | { kind: 'team' | 'society'; inner: TeamPlan }

const simple = fc
  .constantFrom('hearer', 'assistant', 'tooler', 'person', 'forgetful', 'filtered')
  .map((kind): Member => ({ kind: kind as 'hearer' }))

const { until } = fc.letrec<{ until: Until }>((tie) => ({
  until: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constantFrom(
        ...(['messages', 'mention', 'source', 'text', 'tokens', 'call', 'handoff', 'odd', 'never'] as const)
      ),
      n: fc.nat(11)
    }),
    fc.record({
      kind: fc.constantFrom('and', 'or'),
      of: fc.array(tie('until'), { minLength: 2, maxLength: 3 })
    })
  )
}))

/** Of a node that runs twice in one turn nobody can say which of both comes before the others. */
const onceATurn = ({ graph }: { graph: DiGraph }): DiGraph => {
  const edges = Object.values(graph.nodes).flatMap((node) => node.edges)
  for (const edge of edges) {
    edge.activation_group = edge.target
    edge.activation_condition = edge.target < 'C' ? 'any' : 'all'
  }
  return graph
}

const maxTurns = fc.option(fc.integer({ min: 1, max: 9 }))
const base = { until, maxTurns, shown: fc.boolean() }

/** Whoever speaks first in a turn of several is a matter of time: here nothing may follow from that. */
const graphs = fc.record({
  kind: fc.constant('graph'),
  graph: anyGraph.map(onceATurn).filter((graph) => !impossible(graph, true)),
  until: fc.record({ kind: fc.constant('messages'), n: fc.nat(11) }),
  ...{ maxTurns, shown: fc.boolean() }
})

const { inTurn } = fc.letrec<{ inTurn: TeamPlan; member: Member }>((tie) => {
  const members = (minLength: number) => fc.array(tie('member'), { minLength, maxLength: 3 })
  return {
    member: fc.oneof(
      { maxDepth: 1, withCrossShrink: true },
      { weight: 3, arbitrary: simple },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('team', 'society'), inner: tie('inTurn') }) }
    ),
    inTurn: fc.oneof(
      fc.record({ kind: fc.constant('roundRobin'), members: members(1), ...base }),
      fc.record({ kind: fc.constant('selector'), members: members(2), repeats: fc.boolean(), ...base }),
      fc.record({ kind: fc.constant('swarm'), size: fc.integer({ min: 1, max: 3 }), ...base }),
      fc.record({
        kind: fc.constant('magentic'),
        members: fc.array(simple, { minLength: 1, maxLength: 3 }),
        stalls: fc.integer({ min: 1, max: 2 }),
        ...base
      })
    )
  }
})
const team = fc.oneof({ weight: 4, arbitrary: inTurn }, { weight: 1, arbitrary: graphs })

/** Teams of every type, with members of every kind, teams among them, and conditions within conditions. */
export const anyTeam = team

/** Makes a team of a plan; all that it says follows from what it hears. `tick` is waited for wherever work is done. */
export function makeTeam(plan: TeamPlan, tick: () => Promise<void>, prefix = 'm'): Team {
  const names = namesOf(plan, prefix)
  const member = (kind: Member, at: number) => make(kind, names[at]!, names, tick)
  const options = {
    name: prefix === 'm' ? 'outer' : prefix,
    // Whatever else is looked for, it has an end.
    terminationCondition: conditionOf(plan.until, names).or(maxMessages(prefix === 'm' ? 26 : 7)),
    maxTurns: plan.maxTurns,
    emitTeamEvents: plan.shown
  }
  const model = thinker(names, tick)
  switch (plan.kind) {
    case 'roundRobin':
      return new RoundRobinGroupChat(plan.members.map(member), options)
    case 'selector': {
      const allowRepeatedSpeaker = plan.repeats
      return new SelectorGroupChat(plan.members.map(member), model, { ...options, allowRepeatedSpeaker })
    }
    case 'swarm':
      return new Swarm(
        names.map((name) => hearer(name, tick, names)),
        options
      )
    case 'graph':
      return new GraphFlow(
        names.map((name) => hearer(name, tick)),
        plan.graph,
        options
      )
    case 'magentic':
      return new MagenticOneGroupChat(plan.members.map(member), model, { ...options, maxStalls: plan.stalls })
  }
}

function namesOf(plan: TeamPlan, prefix: string): string[] {
  if (plan.kind === 'graph') return Object.keys(plan.graph.nodes)
  const count = plan.kind === 'swarm' ? plan.size : plan.members.length
  return Array.from({ length: count }, (_, at) => `${prefix}${at}`)
}

const lookUp = tool({
  name: 'look_up',
  description: 'Looks something up.',
  parameters: z.object({ what: z.string() }),
  run: ({ what }) => `${what} is known.`
})

function make(member: Member, name: string, names: readonly string[], tick: () => Promise<void>): Agent {
  const model = thinker(names, tick)
  switch (member.kind) {
    case 'hearer':
      return hearer(name, tick)
    case 'person':
      return new UserProxyAgent(name)
    case 'assistant':
      return new AssistantAgent(name, { modelClient: model, description: `${name} thinks.` })
    case 'forgetful':
      return new AssistantAgent(name, { modelClient: model, modelContext: buffered(3) })
    case 'tooler':
      return new AssistantAgent(name, { modelClient: model, tools: [lookUp], maxToolIterations: 2 })
    case 'filtered':
      return new MessageFilterAgent(name, new AssistantAgent(name, { modelClient: model }), [
        { source: 'user', position: 'first', count: 1 }
      ])
    case 'team':
      return makeTeam(member.inner, tick, `${name}x`)
    case 'society':
      return new SocietyOfMindAgent({
        name,
        team: makeTeam(member.inner, tick, `${name}x`),
        model_client: model
      })
  }
}

function conditionOf(plan: Until, names: readonly string[]): TerminationCondition {
  if ('of' in plan) {
    const [first, ...others] = plan.of.map((one) => conditionOf(one, names))
    return others.reduce((all, one) => (plan.kind === 'and' ? all.and(one) : all.or(one)), first!)
  }
  const { kind, n } = plan
  const name = names[n % names.length]!
  const kinds: Record<typeof kind, () => TerminationCondition> = {
    messages: () => maxMessages(n + 2, { includeAgentEvent: n % 2 === 0 }),
    mention: () => textMention(['red', 'green', 'STOP'][n % 3]!),
    source: () => sourceMatch(name),
    text: () => textMessage(n % 2 ? { source: name } : {}),
    tokens: () => tokenUsage({ maxTotal: 20 * (n + 1) }),
    call: () => functionCall('look_up'),
    handoff: () => handoffTo(name),
    odd: () => functional((messages) => messages.length > 0 && textOf(messages.at(-1)!).length % 5 === 0),
    never: () => timeout(10_000 + n)
  }
  return kinds[kind]()
}
