import { describe, expect, test } from 'vitest'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import { Work } from '../../src/runtime/agents/work.ts'
import { dump } from '../../src/runtime/components/registry.ts'
import type { EffectCall } from '../../src/runtime/contract/agent.ts'
import { RoundRobinGroupChat } from '../../src/runtime/teams/round-robin.ts'
import { turnsOf } from './asked-model.ts'

const counter = () =>
  new FunctionAgent(
    'counter',
    async (messages, { state }) => {
      state.turns++
      return `${state.turns}: heard ${messages.length}`
    },
    { initialState: { turns: 0 } }
  )

const effect = {
  signal: new AbortController().signal,
  env: {},
  idempotencyKey: 'run:team/a:0:0'
} as unknown as EffectCall

describe('an agent that is a function', () => {
  test('answers with a text or a whole message', async () => {
    expect(await turnsOf(counter())).toMatchObject([
      { type: 'TextMessage', source: 'counter', content: '1: heard 1' }
    ])
    const stopper = new FunctionAgent('stopper', () => ({ type: 'StopMessage', content: 'Done.' }))
    expect(await turnsOf(stopper)).toMatchObject([{ type: 'StopMessage', source: 'stopper' }])
  })

  test('remembers its state from turn to turn, and forgets it when it is reset', async () => {
    const agent = counter()
    const said = await turnsOf(agent, {}, 2)
    expect(said.at(-1)).toMatchObject({ content: '2: heard 0' })
    const state = JSON.parse(JSON.stringify(agent.saveState()))
    agent.reset()
    expect(agent.saveState()).toMatchObject({ state: { turns: 0 } })
    agent.loadState(state)
    expect(agent.saveState()).toMatchObject({ state: { turns: 2 } })
  })

  test('keeps its state as it was when its turn breaks off', async () => {
    const agent = new FunctionAgent(
      'a',
      (_, { state }) => {
        state.turns++
        throw new Error('Broken.')
      },
      { initialState: { turns: 0 } }
    )
    await expect(turnsOf(agent)).rejects.toThrow('Broken.')
    expect(agent.saveState()).toMatchObject({ state: { turns: 0 } })
  })

  test('shows events as they come, and pieces that carry the id of its answer', async () => {
    const agent = new FunctionAgent('a', async function* (_, { chunk }) {
      yield { type: 'ThoughtEvent', content: 'Hm.' }
      chunk('Yes')
      return 'Yes'
    })
    const said = await turnsOf(agent)
    expect(said.map(({ type }) => type)).toEqual([
      'ThoughtEvent',
      'ModelClientStreamingChunkEvent',
      'TextMessage'
    ])
    expect(said[1]).toMatchObject({ full_message_id: said[2]!.id })
  })

  test('ends its generator when the run is cancelled', async () => {
    const leave = new AbortController()
    const ended = Promise.withResolvers<string>()
    const agent = new FunctionAgent('a', async function* (_, { signal }) {
      try {
        yield { type: 'ThoughtEvent', content: 'Hm.' }
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          leave.abort(new Error('Enough.'))
        })
        return 'never'
      } finally {
        ended.resolve('ended')
      }
    })
    expect(await turnsOf(agent, { signal: leave.signal })).toHaveLength(1)
    expect(await ended.promise).toBe('ended')
  })

  test('cannot be written as a component, and says so', () => {
    expect(() => dump(new RoundRobinGroupChat([counter()], { maxTurns: 1 }))).toThrow('holds code')
  })
})

test('after a crash a function begins anew, and says only what it had not said yet', async () => {
  const begun: string[] = []
  const work = () =>
    new Work<object>(
      async function* (_, { idempotencyKey }) {
        begun.push(idempotencyKey)
        yield { type: 'ThoughtEvent', content: 'one' }
        yield { type: 'ThoughtEvent', content: 'two' }
        return 'three'
      },
      [],
      {},
      () => {}
    )
  await work().line(0, effect)
  const again = work()
  expect(await again.line(1, { ...effect, idempotencyKey: 'run:team/a:0:1' })).toMatchObject({
    event: { content: 'two' }
  })
  expect(await again.line(2, effect)).toMatchObject({ answer: 'three' })
  expect(begun).toEqual(['run:team/a:0', 'run:team/a:0'])
})
