import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  AssistantAgent,
  agentTool,
  models,
  RoundRobinGroupChat,
  type RunOptions,
  teamTool,
  textOf,
  tool
} from '../../src/index.ts'

const called = (...calls: [name: string, args: object][]) => ({
  finish_reason: 'function_calls' as const,
  content: calls.map(([name, args], i) => ({ id: `c${i}`, name, arguments: JSON.stringify(args) })),
  usage: { prompt_tokens: 1, completion_tokens: 1 },
  cached: false
})

/** An agent with a tool that wants to be approved above 1000 cents, and what was paid. */
function desk(answers: Parameters<typeof models.replay>[0], more: object = {}) {
  const paid: number[] = []
  const pay = tool({
    name: 'pay',
    description: 'Pays.',
    parameters: z.object({ cents: z.int() }),
    needsApproval: ({ cents }) => cents > 1000,
    run: ({ cents }) => {
      paid.push(cents)
      return `paid ${cents}`
    }
  })
  const agent = new AssistantAgent({ name: 'desk', model: models.replay(answers), tools: [pay], ...more })
  return { agent, paid }
}

/** Says yes or no to everything, and remembers what it was asked. */
function approver(answer: Awaited<ReturnType<NonNullable<RunOptions['approve']>>>) {
  const asked: string[] = []
  const approve: RunOptions['approve'] = ({ source, call }) => {
    asked.push(`${source}: ${call.name} ${call.arguments}`)
    return answer
  }
  return { approve, asked }
}

describe('a tool call that needs approval', () => {
  test('is made when a person approves it, and a person is asked only where the tool says so', async () => {
    const { agent, paid } = desk([called(['pay', { cents: 999 }], ['pay', { cents: 2000 }])])
    const { approve, asked } = approver(true)
    const result = await agent.run('Go.', { approve })
    expect(asked).toEqual(['desk: pay {"cents":2000}'])
    expect(paid).toEqual([999, 2000])
    expect(result.output).toBe('paid 999\npaid 2000')
  })

  test('is not made when a person rejects it, and the model is told why; other calls are', async () => {
    const { agent, paid } = desk([called(['pay', { cents: 2000 }], ['pay', { cents: 1 }])])
    const { approve } = approver({ approved: false, reason: 'Too much.' })
    const { messages } = await agent.run('Go.', { approve })
    expect(paid).toEqual([1])
    const executed = messages.find((message) => message.type === 'ToolCallExecutionEvent')
    const results = executed && 'content' in executed ? executed.content : undefined
    expect(results).toMatchObject([{ is_error: true }, { is_error: false, content: 'paid 1' }])
    expect(JSON.stringify(results)).toContain('Too much.')
  })

  test('whose arguments do not fit is refused without asking', async () => {
    const { agent, paid } = desk([called(['pay', { cents: 'all' }])])
    const { approve, asked } = approver(true)
    const { output } = await agent.run('Go.', { approve })
    expect([asked, paid]).toEqual([[], []])
    expect(output).toContain('arguments.cents')
  })

  test.each([
    ['yes', [2000]],
    ['Approve.', [2000]],
    ['no', []],
    ['', []],
    ['not before Monday', []]
  ])('is decided by the words "%s" where only words can be given', async (words, expected) => {
    const { agent, paid } = desk([called(['pay', { cents: 2000 }])])
    const prompts: string[] = []
    const { output } = await agent.run('Go.', {
      input: async ({ prompt }) => {
        prompts.push(prompt)
        return words
      }
    })
    expect(paid).toEqual(expected)
    expect(prompts).toEqual([expect.stringContaining('pay with {"cents":2000}')])
    if (words.includes('Monday')) expect(output).toContain('not before Monday')
  })

  test('is an error of the run where nobody can be asked', async () => {
    const { agent, paid } = desk([called(['pay', { cents: 2000 }])])
    await expect(agent.run('Go.')).rejects.toMatchObject({ code: 'no_answer' })
    expect(paid).toEqual([])
  })

  test('asks again in the next round of the same turn', async () => {
    const { agent, paid } = desk(
      [called(['pay', { cents: 2000 }]), called(['pay', { cents: 3000 }]), 'Done.'],
      { maxToolIterations: 3 }
    )
    const { approve, asked } = approver(true)
    await agent.run('Go.', { approve })
    expect(asked).toHaveLength(2)
    expect(paid).toEqual([2000, 3000])
  })
})

describe('an agent may require approval of its calls', () => {
  test.each([[true], [['pay']]])('where it says %j', async (requiresApproval) => {
    const { agent, paid } = desk([called(['pay', { cents: 1 }])], { requiresApproval })
    const { approve, asked } = approver(false)
    await agent.run('Go.', { approve })
    expect([asked, paid]).toEqual([['desk: pay {"cents":1}'], []])
  })

  test('of tools that it has: another name is refused, and the nearest one named', () => {
    expect(() => desk([], { requiresApproval: ['pya'] })).toThrow(/"pya", which is none of its tools.*"pay"/)
  })
})

describe('approval inside of a tool', () => {
  test.each(['agent', 'team'])(
    'is asked for in the name of the one who calls: an %s as a tool',
    async (kind) => {
      const { agent, paid } = desk([called(['pay', { cents: 2000 }])])
      const inner =
        kind === 'agent'
          ? agentTool(agent)
          : teamTool(new RoundRobinGroupChat([agent], { maxTurns: 1 }), 'desk', 'A desk.')
      const lead = new AssistantAgent({
        name: 'lead',
        model: models.replay([called(['desk', { task: 'Pay.' }])]),
        tools: [inner]
      })
      const { approve, asked } = approver(true)
      const { messages } = await lead.run('Go.', { approve })
      expect([asked, paid]).toEqual([['desk: pay {"cents":2000}'], [2000]])
      expect(textOf(messages.at(-1)!)).toBe('desk: paid 2000')
    }
  )

  test('is asked for in a team that runs in a tool of one’s own, which gets the context too', async () => {
    const seen: unknown[] = []
    const look = tool({
      name: 'look',
      description: 'Looks.',
      parameters: z.object({}),
      needsApproval: true,
      run: (_, { context }) => void seen.push(context)
    })
    const inner = new AssistantAgent({
      name: 'inner',
      model: models.replay([called(['look', {}])]),
      tools: [look]
    })
    const work = tool({
      name: 'work',
      description: 'Works.',
      parameters: z.object({}),
      run: async (_, call) => (await inner.run('Look.', { within: call })).status
    })
    const lead = new AssistantAgent({
      name: 'lead',
      model: models.replay([called(['work', {}])]),
      tools: [work]
    })
    const { approve, asked } = approver(true)
    const { output, messages } = await lead.run('Go.', { approve, context: { key: 1 } })
    expect([asked, seen, output]).toEqual([['inner: look {}'], [{ key: 1 }], 'done'])
    expect(messages.map(({ source, type }) => `${source} ${type}`)).toContain('inner ToolCallRequestEvent')
  })
})
