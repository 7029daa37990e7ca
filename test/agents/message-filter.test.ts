import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '../../src/machines/messages/index.ts'
import { AssistantAgent } from '../../src/runtime/agents/assistant.ts'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import { MessageFilterAgent, type SourceFilter } from '../../src/runtime/agents/message-filter.ts'
import type { Turn } from '../../src/runtime/contract/agent.ts'
import { askedModel, text, turnsOf } from './asked-model.ts'

const said = ['a1', 'b1', 'a2', 'b2', 'a3'].map(
  (content) => ({ type: 'TextMessage', source: content[0], content }) as ChatMessage
)

/** What the inner agent hears of it. */
function heardThrough(filters: SourceFilter[]): unknown[] {
  let heard: unknown[] = []
  const inner = new FunctionAgent('inner', () => '')
  inner.respond = (messages) => {
    heard = messages.map(({ content }: { content?: unknown }) => content)
    return [].values() as never
  }
  new MessageFilterAgent('f', inner, filters).respond(said, {} as Turn)
  return heard
}

describe('a message filter', () => {
  test.each<[string, SourceFilter[], string[]]>([
    ['the first of a source', [{ source: 'a', position: 'first', count: 1 }], ['a1']],
    ['the last two of a source', [{ source: 'a', position: 'last', count: 2 }], ['a2', 'a3']],
    ['all of a source, without a position', [{ source: 'b', count: 1 }], ['b1', 'b2']],
    ['all of a source, with a count of 0', [{ source: 'b', position: 'last', count: 0 }], ['b1', 'b2']],
    [
      'sources in the order of the filters',
      [{ source: 'b' }, { source: 'a', position: 'last', count: 1 }],
      ['b1', 'b2', 'a3']
    ],
    ['nothing of others', [{ source: 'c' }], []]
  ])('lets through %s', (_, filters, expected) => {
    expect(heardThrough(filters)).toEqual(expected)
  })

  test('keeps the state of the agent inside', async () => {
    const make = () =>
      new MessageFilterAgent('f', new AssistantAgent('a', { modelClient: askedModel([text('ok')]).model }), [
        { source: 'user' }
      ])
    const agent = make()
    await turnsOf(agent)
    const state = JSON.parse(JSON.stringify(agent.saveState()))
    const other = make()
    other.loadState(state)
    expect(other.saveState()).toMatchObject({
      wrapped_agent: { llm_context: { messages: [{}, { content: 'ok' }] } }
    })
  })

  test('takes a state that AutoGen has saved, which holds nothing', () => {
    const agent = new MessageFilterAgent('f', new FunctionAgent('a', () => ''), [])
    agent.loadState({ type: 'BaseState', version: '1.0.0' })
  })
})
