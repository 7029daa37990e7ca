import { describe, expect, test } from 'vitest'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { type Line, scripted } from '../support/scripted.ts'
import { type Part, team } from '../support/some-teams.ts'

// Each test holds what was wrong in a public bug report; the number in its title is that of microsoft/autogen.

const agent = (name: string, lines: readonly Line[], more: object = {}): Part => ({
  provider: 'autogen_agentchat.agents.AssistantAgent',
  config: { name, model_client: scripted(lines), ...more }
})
const load = (part: Part) => new Registry().load<Team>(part, 'team')
// biome-ignore lint/suspicious/noExplicitAny: a state is JSON
const stored = (state: unknown): any => JSON.parse(JSON.stringify(state))
const saying = ({ messages }: { messages: readonly { source: string; type: string }[] }) =>
  messages
    .filter(({ source, type }) => source !== 'user' && !type.endsWith('Event'))
    .map(({ source }) => source)
const stop = (...conditions: [name: string, config: object][]) => ({
  provider: 'autogen_agentchat.base.OrTerminationCondition',
  config: {
    conditions: conditions.map(([name, config]) => ({
      provider: `autogen_agentchat.conditions.${name}Termination`,
      config
    }))
  }
})
const edge = (target: string, more: object = {}) => ({ target, ...more })
const node = (name: string, ...edges: object[]) => ({ name, edges, activation: 'all' })
const graph = (
  participants: Part[],
  nodes: ReturnType<typeof node>[],
  more: object = {},
  default_start_node: string | null = null
) =>
  team('GraphFlow', {
    ...{ participants, ...more },
    graph: { nodes: Object.fromEntries(nodes.map((one) => [one.name, one])), default_start_node }
  })

describe('a graph', () => {
  const line = (more: object = {}) =>
    graph(
      ['a', 'b', 'c'].map((name) =>
        agent(
          name,
          ['1', '2', '3'].map((n) => `${name} ${n}`)
        )
      ),
      [node('a', edge('b')), node('b', edge('c')), node('c')],
      more
    )

  test('that was saved between two of its nodes goes on with the next one (7043)', async () => {
    const before = load(line())
    const stopped = new AbortController()
    let state: unknown
    await (async () => {
      for await (const item of before.runStream({ task: 'Go.', signal: stopped.signal }))
        if (item.type === 'TextMessage' && item.source === 'a') {
          state = stored(before.saveState())
          stopped.abort(new Error('Interrupted.'))
        }
    })().catch(() => {})
    const after = load(line())
    after.loadState(state)
    const result = await after.run({ task: 'continue' })
    expect([saying(result), result.stopReason]).toEqual([['b', 'c'], 'Digraph execution is complete'])
  })

  test('with a loop that was saved at its stop is as able to go on as the one that was not saved (7092)', async () => {
    const again = { condition: 'again', activation_group: 'loop', activation_condition: 'any' }
    const looped = graph(
      [agent('a', ['again, STOP', 'again, STOP', 'next, STOP', 'next, STOP']), agent('b', ['end'])],
      [node('a', edge('a', again), edge('b', { condition: 'next' })), node('b')],
      { termination_condition: stop(['TextMention', { text: 'STOP', sources: ['a'] }]) },
      'a'
    )
    const one = load(looped)
    const reasons = [(await one.run({ task: 'Start' })).stopReason]
    const two = load(looped)
    two.loadState(stored(one.saveState()))
    const [goesOn, wasSaved] = [await one.run({ task: 'Continue' }), await two.run({ task: 'Continue' })]
    expect(wasSaved.stopReason).toBe(goesOn.stopReason)
    expect(saying(wasSaved)).toEqual(saying(goesOn))
    expect([...reasons, wasSaved.stopReason].every((reason) => /STOP/.test(String(reason)))).toBe(true)
  })

  test('that has come to its end begins anew with the next task (6746)', async () => {
    const flow = load(line({ termination_condition: stop(['MaxMessage', { max_messages: 20 }]) }))
    const results = [await flow.run({ task: 'One.' }), await flow.run({ task: 'Two.' })]
    expect(results.map(saying)).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c']
    ])
  })

  test('that a condition has ended goes on with the next node when it is given another task (6746)', async () => {
    const flow = load(line({ termination_condition: stop(['TextMention', { text: 'a 1' }]) }))
    expect(saying(await flow.run({ task: 'One.' }))).toEqual(['a'])
    expect(saying(await flow.run({ task: 'Two.' }))).toEqual(['b', 'c'])
  })

  test('finds the next speaker where an agent has called tools, by the text of the summary (6523)', async () => {
    const http = {
      provider: 'autogen_ext.tools.http.HttpTool',
      config: { name: 'look', host: '127.0.0.1', port: 1, json_schema: { type: 'object', properties: {} } }
    }
    const flow = load(
      graph(
        [
          agent('a', [['look', {}]], { tools: [http], tool_call_summary_format: 'approved: {tool_name}' }),
          agent('b', ['yes']),
          agent('c', ['no'])
        ],
        [
          node('a', edge('b', { condition: 'approved' }), edge('c', { condition: 'refused' })),
          node('b'),
          node('c')
        ]
      )
    )
    expect(saying(await flow.run({ task: 'Go.' }))).toEqual(['a', 'b'])
  })
})

describe('a swarm', () => {
  const swarm = () =>
    team('Swarm', {
      participants: [
        agent('planner', [['transfer_to_user', {}], 'thanks'], { handoffs: ['user', 'helper'] }),
        agent('helper', ['helped', 'helped', 'helped', 'helped', 'helped', 'helped'], {
          handoffs: ['planner']
        })
      ],
      termination_condition: stop(['Handoff', { target: 'user' }], ['MaxMessage', { max_messages: 6 }])
    })
  const answer = (target: string) => ({
    type: 'HandoffMessage' as const,
    source: 'user',
    target,
    content: 'Here.',
    context: []
  })

  test('that was saved when it handed over to a person loads, and goes on with whom the person hands to (5912)', async () => {
    const before = load(swarm())
    expect((await before.run({ task: 'Go.' })).stopReason).toMatch(/Handoff to user/)
    const after = load(swarm())
    after.loadState(stored(before.saveState()))
    const result = await after.run({ task: answer('helper') as never })
    expect(saying(result)[0]).toBe('helper')
  })

  test('lets speak whom the latest handoff names, whatever was said since (4180)', async () => {
    const talk = load(
      team('Swarm', {
        participants: [
          agent('a', [['transfer_to_b', {}]], { handoffs: ['b'] }),
          agent('b', ['first', 'second', ['transfer_to_a', {}]], { handoffs: ['a'] })
        ],
        max_turns: 3
      })
    )
    expect(saying(await talk.run({ task: 'Go.' }))).toEqual(['a', 'b', 'b'])
  })
})

describe('MagenticOne', () => {
  const entry = (answer: unknown) => ({ reason: 'r', answer })
  const ledger = (satisfied: boolean, more: object = {}) =>
    JSON.stringify({
      is_request_satisfied: entry(satisfied),
      is_in_loop: entry(false),
      is_progress_being_made: entry(true),
      next_speaker: entry('x'),
      instruction_or_question: entry('go'),
      ...more
    })
  const magentic = (...ledgers: string[]) =>
    load(
      team('MagenticOneGroupChat', {
        ...{ max_turns: 4, max_stalls: 3, final_answer_prompt: '{task}' },
        participants: [agent('x', ['worked', 'worked again'])],
        model_client: scripted(['facts', 'plan', ...ledgers, 'final', 'final', 'final'])
      })
    )
  test.each([
    ['fenced', '```json\n', '\n```'],
    ['fenced without a name', '```\n', '\n```'],
    ['with words before and behind it', 'Here is the ledger:\n\n', '\n\nI hope that helps.'],
    ['fenced, with words before it', 'Sure!\n```json\n', '\n```\nDone.']
  ])('reads a ledger that a model gives %s (6599)', async (_, before, behind) => {
    const wrapped = (text: string) => before + text + behind
    const result = await magentic(wrapped(ledger(false)), wrapped(ledger(true))).run({ task: 'Go.' })
    expect(saying(result)).toContain('x')
    expect(result.messages.at(-1)).toMatchObject({ content: 'final' })
  })
})

describe('a selector', () => {
  const asked = async (family: string) => {
    const chooser = scripted(['b', 'a'], { family })
    const talk = load(
      team('SelectorGroupChat', {
        ...{ participants: [agent('a', ['1', '2']), agent('b', ['1', '2'])], max_turns: 1 },
        model_client: chooser
      })
    )
    return saying(await talk.run({ task: 'Go.' }))
  }
  test('works with models of every family, of which some refuse a system message alone (5528)', async () => {
    for (const family of ['gpt-4o', 'gemini-2.0-flash', 'claude-4-sonnet', 'unknown'])
      expect(await asked(family)).toEqual(['b'])
  })
})
