import { describe, expect, test } from 'vitest'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { assistant, replayModel, team, until } from '../support/some-teams.ts'

const load = (type: string, more: Record<string, unknown> = {}) => {
  const participants = ['a', 'b'].map((name) => assistant(name, replayModel(['again'])))
  const made = team(type, { participants, ...until(10), ...more })
  return new Registry().load<Team>(made, 'team')
}
const said = (source: string, content: string, more = {}) => ({
  ...{ source, models_usage: null, content, type: 'TextMessage' },
  ...more
})
const container = (agent_state: object, message_buffer: object[] = []) => ({
  type: 'ChatAgentContainerState',
  version: '1.0.0',
  agent_state,
  message_buffer
})
const knows = (key: 'llm_context' | 'llm_messages', ...texts: string[]) => {
  const messages = texts.map((content) => ({ content, source: 'user', type: 'UserMessage' }))
  const kept = key === 'llm_context' ? { messages } : messages
  return { type: 'AssistantAgentState', version: '1.0.0', [key]: kept }
}
const manager = (type: string, message_thread: object[], more: object) => ({
  ...{ type, version: '1.0.0', message_thread, current_turn: 1 },
  ...more
})
// biome-ignore lint/suspicious/noExplicitAny: a state is JSON, of which a test looks at a part
const saved = (state: unknown) => JSON.parse(JSON.stringify(state)) as { agent_states: Record<string, any> }

describe('a state of a team', () => {
  test('without ids and times, as AutoGen 0.4.9 to 0.5.6 saved it, loads; to load it twice gives the same ids', async () => {
    const state = {
      ...{ type: 'TeamState', version: '1.0.0' },
      agent_states: {
        a: container(knows('llm_context', 'hello'), [said('user', 'hello')]),
        b: container(knows('llm_context')),
        RoundRobinGroupChatManager: manager(
          'RoundRobinManagerState',
          [said('user', 'hello'), said('a', 'hi', { metadata: {} })],
          { next_speaker_index: 1 }
        )
      }
    }
    const [one, two] = [1, 2].map(() => load('RoundRobinGroupChat', { max_turns: 2 })) as [Team, Team]
    one.loadState(state)
    two.loadState(state)
    const threads = [one, two].map(
      (team) => saved(team.saveState()).agent_states.RoundRobinGroupChatManager.message_thread
    )
    expect(
      threads[0].map(({ content, id, created_at }: Record<string, string>) => [
        content,
        id?.length,
        Number.isNaN(Date.parse(created_at!))
      ])
    ).toEqual([
      ['hello', 36, false],
      ['hi', 36, false]
    ])
    expect(threads[0].map(({ id }: { id: string }) => id)).toEqual(
      threads[1].map(({ id }: { id: string }) => id)
    )
    const { messages } = await one.run({ task: 'more' })
    expect(messages.slice(0, 2).map(({ source }) => source)).toEqual(['user', 'b'])
  })

  test('whose parts go by ids, as AutoGen 0.4.0 to 0.4.8 saved it, loads', () => {
    const id = '0d1f5a2c-6e0b-4a53-9d4e-1f0c9b0f5f11'
    const state = {
      ...{ type: 'TeamState', version: '1.0.0', team_id: id },
      agent_states: {
        [`group_chat_manager/${id}`]: manager('SelectorManagerState', [said('user', 'x'), said('a', 'y')], {
          previous_speaker: 'a'
        }),
        [`collect_output_messages/${id}`]: {},
        [`a/${id}`]: container(knows('llm_messages', 'x')),
        [`b/${id}`]: container({ type: 'AssistantAgentState', version: '1.0.0' })
      }
    }
    const team = load('SelectorGroupChat', { model_client: replayModel(['b']) })
    team.loadState(state)
    const { agent_states } = saved(team.saveState())
    expect(agent_states.SelectorGroupChatManager).toMatchObject({ previous_speaker: 'a', current_turn: 1 })
    expect(agent_states.a.agent_state.llm_context.messages).toMatchObject([{ content: 'x' }])
    expect(agent_states.b.agent_state.llm_context.messages).toEqual([])
  })

  test('with messages of other names and without types loads', () => {
    const call = { id: '1', name: 'f', arguments: '{}' }
    const state: { agent_states: Record<string, object> } = {
      agent_states: {
        a: container({}),
        b: { message_buffer: [] },
        RoundRobinGroupChatManager: manager(
          'RoundRobinManagerState',
          [
            { source: 'a', content: [call], type: 'ToolCallMessage' },
            { source: 'a', content: [{ content: 'r', call_id: '1' }], type: 'ToolCallResultMessage' },
            { source: 'a', content: 'text' },
            { source: 'a', content: 'to b', target: 'b' },
            { source: 'a', content: [call] }
          ],
          { next_speaker_index: 0 }
        )
      }
    }
    const team = load('RoundRobinGroupChat')
    expect(() => team.loadState(state)).toThrow(/The state of agent "a" is not an assistant's/)
    state.agent_states.a = container(knows('llm_context'))
    state.agent_states.b = container(knows('llm_context'))
    team.loadState(state)
    const thread = saved(team.saveState()).agent_states.RoundRobinGroupChatManager.message_thread
    expect(thread.map(({ type }: { type: string }) => type)).toEqual([
      'ToolCallRequestEvent',
      'ToolCallExecutionEvent',
      'TextMessage',
      'HandoffMessage',
      'ToolCallRequestEvent'
    ])
  })

  const graph = {
    nodes: {
      a: { name: 'a', edges: [{ target: 'b' }] },
      b: { name: 'b', edges: [] }
    }
  }
  test.each([
    [
      '0.5.7',
      { active_nodes: ['b'], pending_execution: {}, active_node_count: {}, default_start_executed: true }
    ],
    ['0.6.0', { remaining: { b: 1 }, enqueued_any: { b: false }, ready: ['b'] }],
    ['0.7.5', { remaining: { b: { b: 1 } }, enqueued_any: { b: { b: false } }, ready: ['b'] }]
  ])('of a graph, as AutoGen %s saved it, goes on with the node that is next', async (_, kept) => {
    const team = load('GraphFlow', { graph })
    team.loadState({
      ...{ type: 'TeamState', version: '1.0.0' },
      agent_states: {
        a: container(knows('llm_context')),
        b: container(knows('llm_context'), [said('a', 'x')]),
        GraphManager: { message_thread: [said('user', 'x'), said('a', 'x')], current_turn: 0, ...kept }
      }
    })
    const { messages } = await team.run({})
    expect(messages.map(({ source }) => source)).toEqual(['b'])
  })

  test('that is none is refused by name, and nothing is changed', () => {
    const team = load('RoundRobinGroupChat')
    const before = team.saveState()
    expect(() => team.loadState({ agent_states: { 'a/1': {} } })).toThrow(
      /has no "RoundRobinGroupChatManager"/
    )
    expect(() => team.loadState([])).toThrow(/In the state, as a whole/)
    expect(team.saveState()).toEqual(before)
  })
})
