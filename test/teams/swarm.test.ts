import { describe, expect, test } from 'vitest'
import type { Draft, HandoffMessage } from '../../src/machines/messages/index.ts'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import { UserProxyAgent } from '../../src/runtime/agents/user-proxy.ts'
import { RoundRobinGroupChat } from '../../src/runtime/teams/round-robin.ts'
import { Swarm } from '../../src/runtime/teams/swarm.ts'
import { stored, talker, talkers, texts } from './talk.ts'

const handoff = (target: string, source = 'user'): Draft<HandoffMessage> => ({
  ...{ type: 'HandoffMessage', source, target },
  content: `over to ${target}`,
  context: []
})
const passer = (name: string, target: string) => new FunctionAgent(name, () => handoff(target, name))

describe('a swarm', () => {
  test('lets the target of the latest handoff speak, until the next', async () => {
    const swarm = new Swarm([passer('a', 'b'), talker('b')], { maxTurns: 3 })
    expect(texts(await swarm.run({ task: 'Go.' }))).toEqual(['Go.', 'over to b', 'b 1', 'b 2'])
  })

  test('takes the last handoff of a task, and says so where the first goes to nobody', async () => {
    const swarm = new Swarm(talkers('a', 'b', 'c'), { maxTurns: 1 })
    expect(texts(await swarm.run({ task: [handoff('b'), handoff('c')] })).at(-1)).toBe('c 1')
    await expect(swarm.run({ task: [handoff('nobody'), handoff('c')] })).rejects.toThrow(/nobody.*a, b, c/)
    expect(texts(await swarm.run()).at(-1)).toBe('c 2')
  })

  test('says how to resume when the word was handed to somebody outside', async () => {
    const swarm = new Swarm([passer('a', 'person'), talker('b')], { maxTurns: 1 })
    await swarm.run({ task: 'Go.' })
    const after = new Swarm([passer('a', 'person'), talker('b')], { maxTurns: 1 })
    after.loadState(stored(swarm.saveState()))
    await expect(after.run({ task: 'And now?' })).rejects.toThrow(/person.*HandoffMessage/)
    expect(texts(await after.run({ task: handoff('b') })).at(-1)).toBe('b 1')
  })

  test('does not take teams, nor begin with somebody who never hands over', () => {
    const inner = new RoundRobinGroupChat(talkers('x'), { name: 'inner', maxTurns: 1 })
    expect(() => new Swarm([talker('a'), inner], { maxTurns: 1 })).toThrow('"inner" is a team')
    const silent = Object.assign(talker('a'), { handsOff: false })
    expect(() => new Swarm([silent, talker('b')], { maxTurns: 1 })).toThrow(
      'The first participant must be able to'
    )
    expect(() => new Swarm([talker('b'), silent], { maxTurns: 1 })).not.toThrow()
  })

  test('asks a person again when it was saved while the person was asked', async () => {
    const team = () => new Swarm([passer('a', 'person'), new UserProxyAgent('person')], { maxTurns: 2 })
    const before = team()
    let state: unknown
    const input = async () => {
      state = stored(before.saveState())
      return 'first answer'
    }
    await before.run({ task: 'Go.', input })
    const after = team()
    after.loadState(state)
    const { messages } = await after.run({ input: async () => 'later answer' })
    expect(
      messages.find(({ source, type }) => source === 'person' && type === 'HandoffMessage')
    ).toMatchObject({
      content: 'later answer',
      target: 'a'
    })
  })

  test('refuses a state whose speaker does not take part, and stays as it was', async () => {
    const swarm = new Swarm(talkers('a', 'b'), { maxTurns: 1 })
    await swarm.run({ task: 'Go.' })
    const state = stored(swarm.saveState()) as { agent_states: Record<string, { current_speaker: string }> }
    state.agent_states.SwarmGroupChatManager!.current_speaker = 'c'
    expect(() => swarm.loadState(state)).toThrow(/current_speaker/)
    expect(texts(await swarm.run())).toEqual(['a 2'])
  })
})
