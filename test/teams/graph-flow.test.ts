import { describe, expect, test } from 'vitest'
import { make } from '../../src/machines/component/component.ts'
import type { ChatMessage, TextMessage } from '../../src/machines/messages/index.ts'
import { DiGraph } from '../../src/machines/teams/digraph.ts'
import { graphFlow } from '../../src/machines/teams/graph-flow.ts'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import { MessageFilterAgent } from '../../src/runtime/agents/message-filter.ts'
import { SocietyOfMindAgent } from '../../src/runtime/agents/society-of-mind.ts'
import { UserProxyAgent } from '../../src/runtime/agents/user-proxy.ts'
import { dump } from '../../src/runtime/components/registry.ts'
import type { Agent } from '../../src/runtime/contract/agent.ts'
import { DiGraphBuilder } from '../../src/runtime/teams/graph/digraph-builder.ts'
import { GraphFlow, graphFlowTeam } from '../../src/runtime/teams/graph-flow.ts'
import { RoundRobinGroupChat } from '../../src/runtime/teams/round-robin.ts'
import { askedModel } from '../agents/asked-model.ts'
import { stored, talker, talkers, texts } from './talk.ts'

/** A goes to B and C at once, and both to D. */
function diamond(agents: Agent[] = talkers('A', 'B', 'C', 'D')) {
  const builder = new DiGraphBuilder()
  for (const agent of agents) builder.addNode(agent)
  builder.addEdge('A', 'B').addEdge('A', 'C').addEdge('B', 'D').addEdge('C', 'D')
  return { builder, agents, graph: builder.build() }
}
const said = (source: string, content = source): ChatMessage =>
  ({ type: 'TextMessage', source, content }) as TextMessage

describe('a graph of agents', () => {
  test('shows from whom a node still waits to hear', () => {
    const rules = graphFlow(diamond().graph)
    const start = rules.begin([])
    const begun = rules.next(rules.hear!(rules.next(start, []).state, [said('A')], 'A'), [])
    expect(begun).toMatchObject({ speakers: ['B', 'C'] })
    const half = rules.hear!(begun.state, [said('C')], 'C')
    expect(half).toMatchObject({ ready: [], waiting: [{ node: 'D', group: 'D', for: ['B'] }] })
    expect(rules.hear!(half, [said('B')], 'B')).toMatchObject({ ready: ['D'], waiting: [] })
  })

  test('takes edges by functions of the message, and cannot be written as JSON then', async () => {
    const [a, b, c] = talkers('A', 'B', 'C')
    const builder = new DiGraphBuilder().addNode(a!).addNode(b!).addNode(c!)
    builder.addEdge('A', 'B', { condition: ({ content }) => content === 'something else' })
    builder.addEdge('A', 'C', { condition: ({ content }) => content === 'A 1' })
    const team = new GraphFlow(builder.participants, builder.build())
    const { messages, stopReason } = await team.run({ task: 'Go.' })
    expect([texts({ messages }), stopReason]).toEqual([
      ['Go.', 'A 1', 'C 1'],
      'Digraph execution is complete'
    ])
    expect(() => dump(team)).toThrow('holds code')
  })

  test('says at once what is wrong with a graph that is built', () => {
    const builder = new DiGraphBuilder().addNode(talker('A')).addNode(talker('B'))
    expect(() => builder.addEdge('A', 'Z')).toThrow('"Z" must be added')
    expect(() => builder.addEdge('A', 'B').addConditionalEdges('A', { yes: 'B' }).build()).toThrow('mix')
  })

  test('is checked against its participants when it is made', () => {
    const { graph, agents } = diamond()
    expect(() => new GraphFlow(agents.slice(0, 3), graph)).toThrow(
      '"D" of the graph is not one of the participants'
    )
  })

  test('is not moved on by a task that bears the name of a node', async () => {
    const { graph, agents } = diamond()
    const task = { type: 'TextMessage' as const, source: 'A', content: 'Go.' }
    const team = new GraphFlow(agents, graph)
    expect(texts(await team.run({ task }))).toHaveLength(5)
  })

  test('knows a node that speaks under another name', async () => {
    const inner = talker('inner')
    const agents = [new MessageFilterAgent('A', inner, [{ source: 'user' }]), talker('B')]
    const graph = new DiGraphBuilder().addNode(agents[0]!).addNode(agents[1]!).addEdge('A', 'B').build()
    const team = new GraphFlow(agents, graph)
    expect(texts(await team.run({ task: 'Go.' }))).toEqual(['Go.', 'inner 1', 'B 1'])
  })

  test('goes on with those who have not spoken yet when it was saved in the middle of a turn', async () => {
    const parts = diamond()
    const slow = Promise.withResolvers<string>()
    parts.agents[2] = new FunctionAgent('C', () => slow.promise, { initialState: { turns: 0 } })
    const before = new GraphFlow(parts.agents, parts.graph)
    let state: unknown
    for await (const message of before.runStream({ task: 'Go.' })) {
      if (message.type === 'TaskResult' || message.source !== 'B') continue
      await null
      state = stored(before.saveState())
      slow.resolve('late')
    }
    const after = new GraphFlow(diamond().agents, parts.graph)
    after.loadState(state)
    expect(texts(await after.run())).toEqual(['C 1', 'D 1'])
  })

  for (const [how, obeys] of [
    ['gives up at once', true],
    ['has to be left behind', false]
  ] as const) {
    test(`goes on with those who have not spoken yet after a cancellation; who hung ${how}`, async () => {
      const parts = diamond()
      let hangs = true
      parts.agents[2] = new FunctionAgent('C', (_messages, { signal }) => {
        if (!hangs) return 'C at last'
        return new Promise((_resolve, reject) => {
          if (obeys) signal.addEventListener('abort', () => reject(signal.reason))
        })
      })
      const team = new GraphFlow(parts.agents, parts.graph)
      const stop = new AbortController()
      for await (const message of team.runStream({ task: 'Go.', signal: stop.signal }))
        if (message.type !== 'TaskResult' && message.source === 'B') setTimeout(() => stop.abort())
      hangs = false
      expect(texts(await team.run())).toEqual(['C at last', 'D 1'])
    })
  }

  test('lets a node run twice in a row that two groups have triggered, a person too', async () => {
    const [a, b, c] = talkers('A', 'B', 'C')
    const person = new UserProxyAgent('P')
    const builder = new DiGraphBuilder().addNode(a!).addNode(b!).addNode(c!).addNode(person)
    builder.addEdge('A', 'B').addEdge('A', 'C')
    builder.addEdge('B', 'P', { activationGroup: 'one' }).addEdge('C', 'P', { activationGroup: 'two' })
    const team = new GraphFlow(builder.participants, builder.build(), { maxTurns: 3 })
    const answers = ['first', 'second']
    const result = await team.run({ task: 'Go.', input: async () => answers.shift()! })
    const answered = result.messages.filter(({ type, source }) => type === 'TextMessage' && source === 'P')
    expect(texts({ messages: answered })).toEqual(['first', 'second'])
    expect(result.stopReason).toBe('Digraph execution is complete')
  })

  test('holds all its branches while it is paused', async () => {
    const parts = diamond()
    const slow = Promise.withResolvers<string>()
    parts.agents[2] = new FunctionAgent('C', () => slow.promise)
    const team = new GraphFlow(parts.agents, parts.graph)
    const heard: string[] = []
    const run = (async () => {
      for await (const message of team.runStream({ task: 'Go.' }))
        if (message.type !== 'TaskResult') heard.push(message.source)
    })()
    while (!heard.includes('B')) await new Promise(setImmediate)
    team.pause()
    slow.resolve('late')
    while (!heard.includes('C')) await new Promise(setImmediate)
    for (let tick = 0; tick < 20; tick++) await new Promise(setImmediate)
    expect(heard).toEqual(['user', 'A', 'B', 'C'])
    team.resume()
    await run
    expect(heard).toEqual(['user', 'A', 'B', 'C', 'D'])
  })
  test('that could never run is refused before anybody speaks, wherever it stands', async () => {
    const agents = talkers('A', 'B')
    const nodes = { A: { name: 'A', edges: [{ target: 'B' }] }, B: { name: 'B', edges: [{ target: 'A' }] } }
    const graph = DiGraph.parse({ nodes, default_start_node: 'A' })
    expect(() => new GraphFlow(agents, graph, { maxTurns: 3 })).toThrow('at least one leaf node')
    // As it comes from a file, where nothing is known of it before it runs.
    const impossible = () => make(graphFlowTeam, { participants: agents, graph, max_turns: 3 } as never)
    const society = new SocietyOfMindAgent({
      name: 'society',
      team: impossible(),
      model_client: askedModel([]).model
    })
    for (const member of [impossible(), society, new MessageFilterAgent('filter', society, [])]) {
      const spoken: unknown[] = []
      const run = async () => {
        for await (const item of new RoundRobinGroupChat([talker('C'), member], { maxTurns: 9 }).runStream({
          task: 'Go.'
        }))
          spoken.push(item)
      }
      await expect(run()).rejects.toThrow('Graph must have at least one leaf node')
      expect(spoken).toEqual([])
    }
  })
})
