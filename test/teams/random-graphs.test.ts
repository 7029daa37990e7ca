import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '../../src/machines/messages/index.ts'
import { type DiGraph, edgesOf, startNodes } from '../../src/machines/teams/digraph.ts'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import type { TaskResult } from '../../src/runtime/team/task-result.ts'
import { GraphFlow } from '../../src/runtime/teams/graph-flow.ts'
import { anyGraph, anySpeech, impossible, type Speech } from './random-graph.ts'

const seed = 20260703

/** A team whose nodes say what a speech has for them, and what each heard. */
function teamOf(graph: DiGraph, speech: Speech, maxTurns: number | null) {
  const heard: Record<string, string[][]> = {}
  const agents = Object.keys(graph.nodes).map((name, i) => {
    heard[name] = []
    const work = async (messages: readonly ChatMessage[], { state }: { state: { runs: number } }) => {
      heard[name]!.push(messages.map(({ id }) => id))
      const { words, ticks } = speech[(state.runs++ + i) % speech.length]!
      for (let tick = 0; tick < ticks; tick++) await null
      return `${name} ${state.runs} says ${words.join(' and ')}`
    }
    return new FunctionAgent(name, work, { initialState: { runs: 0 } })
  })
  return { team: new GraphFlow(agents, graph, { maxTurns, emitTeamEvents: true }), heard }
}

/** What was said, turn by turn. */
function turnsOf({ messages }: TaskResult): ChatMessage[][] {
  const turns: ChatMessage[][] = []
  for (const message of messages) {
    if (message.type === 'SelectSpeakerEvent') turns.push([])
    else if (message.source !== 'user') turns.at(-1)!.push(message as ChatMessage)
  }
  return turns
}

const speakers = (turn: readonly ChatMessage[]) => turn.map(({ source }) => source).sort()

/** Who runs after each turn, by the rules of activation: counted over whole turns, whatever the order in them. */
function expectedAfter(graph: DiGraph, turns: ChatMessage[][]): string[][] {
  const counts = new Map<string, number>()
  return turns.map((turn) => {
    const taken = new Map<string, number>()
    for (const { source, content } of turn)
      for (const edge of graph.nodes[source]!.edges) {
        if (edge.condition !== null && !String(content).includes(edge.condition as string)) continue
        const group = `${edge.target}/${edge.activation_group}`
        taken.set(group, (taken.get(group) ?? 0) + 1)
      }
    return [...taken].flatMap(([group, times]) => {
      const edges = edgesOf(graph).filter(({ edge }) => `${edge.target}/${edge.activation_group}` === group)
      const { target, activation_condition } = edges[0]!.edge
      const count = (counts.get(group) ?? 0) + times
      const triggered = activation_condition === 'any' || count >= edges.length
      counts.set(group, triggered ? 0 : count)
      return triggered ? [target] : []
    })
  })
}

describe('a graph of agents, over 1,000 random graphs', () => {
  test('is refused when its team is made if it could not be run, and only then', () => {
    let refused = 0
    const property = fc.property(anyGraph, ({ graph, limited }) => {
      const make = () => teamOf(graph, [], limited ? 5 : null)
      if (!impossible(graph, limited)) return void make()
      refused++
      expect(make).toThrow()
    })
    fc.assert(property, { seed, numRuns: 1000 })
    expect(refused).toBeGreaterThan(300)
    expect(refused).toBeLessThan(950)
  })

  test('runs by the rules of activation: nobody too early, too late or twice, and it always ends', async () => {
    const met = { ends: 0, limits: 0, twice: 0, parallel: 0, loops: 0 }
    const runnable = anyGraph.filter(({ graph }) => !impossible(graph, true))
    const property = fc.asyncProperty(runnable, anySpeech, async ({ graph }, speech) => {
      const { team } = teamOf(graph, speech, 12)
      const result = await team.run({ task: 'Go.' })
      const turns = turnsOf(result)
      const expected = expectedAfter(graph, turns)
      expect(speakers(turns[0]!)).toEqual(startNodes(graph).sort())
      for (const [i, turn] of turns.slice(1).entries()) expect(speakers(turn)).toEqual(expected[i]!.sort())
      const complete = expected.at(-1)!.length === 0
      expect(result.stopReason).toEqual(
        complete
          ? expect.stringMatching(/^Digraph execution is complete/)
          : 'Maximum number of turns 12 reached.'
      )
      expect(turns.length).toBe(complete ? turns.length : 12)
      met[complete ? 'ends' : 'limits']++
      if (turns.some((turn) => new Set(speakers(turn)).size < turn.length)) met.twice++
      if (turns.some((turn) => new Set(speakers(turn)).size > 1)) met.parallel++
      if (new Set(turns.flatMap(speakers)).size < turns.flat().length) met.loops++
    })
    await fc.assert(property, { seed, numRuns: 1000 })
    expect(Math.min(...Object.values(met))).toBeGreaterThan(100)
  })

  test('lets each node hear everything the others said before its turn, once', async () => {
    const runnable = anyGraph.filter(({ graph }) => !impossible(graph, true))
    const property = fc.asyncProperty(runnable, anySpeech, async ({ graph }, speech) => {
      const { team, heard } = teamOf(graph, speech, 8)
      const result = await team.run({ task: 'Go.' })
      const task = result.messages.find(({ source }) => source === 'user') as ChatMessage
      for (const name of Object.keys(graph.nodes)) {
        let unread = [task.id]
        const expected: string[][] = []
        for (const turn of turnsOf(result)) {
          for (const { source } of turn) if (source === name) expected.push(unread.splice(0))
          unread = [...unread, ...turn.filter(({ source }) => source !== name).map(({ id }) => id)]
        }
        expect(heard[name]).toEqual(expected)
      }
    })
    await fc.assert(property, { seed, numRuns: 300 })
  })

  test('goes on from a saved state as if it had not been stopped', async () => {
    let resumed = 0
    const runnable = anyGraph.filter(({ graph }) => !impossible(graph, true))
    const property = fc.asyncProperty(runnable, anySpeech, fc.nat(3), async ({ graph }, speech, extra) => {
      // Whoever speaks first in a turn is a matter of time; who speaks at all is not.
      const still = speech.map((line) => ({ ...line, ticks: 0 }))
      const whole = turnsOf(await teamOf(graph, still, 8).team.run({ task: 'Go.' }))
      const turns: ChatMessage[][] = []
      let state: unknown
      while (turns.length < whole.length) {
        const { team } = teamOf(graph, still, Math.min(extra + 1, 8 - turns.length))
        if (state) team.loadState(state)
        turns.push(...turnsOf(await team.run({ task: state ? null : 'Go.' })))
        state = JSON.parse(JSON.stringify(team.saveState()))
        resumed++
      }
      const texts = (all: ChatMessage[][]) => all.map((turn) => turn.map(({ content }) => content).sort())
      expect(texts(turns)).toEqual(texts(whole))
    })
    await fc.assert(property, { seed, numRuns: 300 })
    expect(resumed).toBeGreaterThan(500)
  })
})
