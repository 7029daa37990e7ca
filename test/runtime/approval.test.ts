import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tool } from '../../src/index.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import { registeredTools } from '../../src/runtime/tools/registered-tool.ts'
import type { Frame } from '../support/run-client.ts'
import { patience, runtimeWithRounds } from '../support/runtime-here.ts'
import { assistant, type Part, team } from '../support/some-teams.ts'

type Call = [name: string, args: object]

/** A model that says words or calls tools, one after the other. */
const model = (answers: readonly (string | Call[])[]): Part => ({
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  config: {
    model_info: { vision: false, function_calling: true, json_output: false, family: 'unknown' },
    chat_completions: answers.map((answer, turn) =>
      typeof answer === 'string'
        ? answer
        : {
            finish_reason: 'function_calls',
            content: answer.map(([name, args], i) => ({
              id: `c${turn}.${i}`,
              name,
              arguments: JSON.stringify(args)
            })),
            usage: { prompt_tokens: 1, completion_tokens: 1 },
            cached: false
          }
    )
  }
})

/** A team of one, which speaks once. */
const one = (agent: Part): Part => team('RoundRobinGroupChat', { participants: [agent], max_turns: 1 })

const named = (name: string): Part => ({ provider: 'troupe.tools.RegisteredTool', config: { name } })

/** An agent that may pay, and look at things. */
function payer(answers: readonly (string | Call[])[], more: object = {}): Part {
  const agent = assistant('desk', model(answers))
  return { ...agent, config: { ...agent.config, tools: [named('pay'), named('look')], ...more } }
}

/** A runtime whose tools note what they did: `pay` needs approval, `look` needs none. */
async function shop() {
  const done: string[] = []
  const cents = z.object({ cents: z.int() })
  const registry = new Registry()
  registry.register(
    registeredTools([
      tool({
        name: 'pay',
        description: 'Pays.',
        parameters: cents,
        needsApproval: true,
        run: (args) => {
          done.push(`pay ${args.cents}`)
          return `paid ${args.cents}`
        }
      }),
      tool({
        name: 'look',
        description: 'Looks.',
        parameters: z.object({}),
        run: () => {
          done.push('look')
          return 'seen'
        }
      })
    ])
  )
  return { done, ...(await runtimeWithRounds({ registry })) }
}

const requests = (log: Frame[]) => log.filter(({ type }) => type === 'input_request')
const events = (log: Frame[], kind: string) => log.filter(({ data }) => data?.type === kind)

describe('a durable run asks for approval', () => {
  test('with a request of its own kind, with the call, and goes on where it is approved [INPUT-15]', async () => {
    const { begin, becomes, log, done, runtime, store } = await shop()
    const run = await begin(one(payer([[['pay', { cents: 5 }]]])))
    await becomes(run.id, 'awaiting_input')
    const call = { id: 'c0.0', name: 'pay', arguments: '{"cents":5}' }
    expect(requests(await log(run.id))).toMatchObject([{ kind: 'approval', call, source: 'desk' }])
    const { pending_input } = await runtime.info((await store.runs.get(run.id))!)
    expect(pending_input).toMatchObject([{ kind: 'approval', call, source: 'desk' }])
    expect(done).toEqual([])
    expect(run.answerInput({ approved: true })).toBe(pending_input[0]!.request_id)
    await becomes(run.id, 'complete')
    expect(done).toEqual(['pay 5'])
    expect(events(await log(run.id), 'ToolCallSummaryMessage')).toMatchObject([
      { data: { content: 'paid 5' } }
    ])
  })

  test('of several calls of one turn, each decided by itself, in any order and over a restart [INPUT-16]', async () => {
    const { begin, becomes, log, done, here } = await shop()
    const calls: Call[] = [
      ['look', {}],
      ['pay', { cents: 1 }],
      ['pay', { cents: 2 }]
    ]
    const { id } = await begin(one(payer([calls])))
    await becomes(id, 'awaiting_input')
    const first = here.runtime.loaded.get(id)!
    await expect.poll(() => first.pendingInput.length, patience).toBe(2)
    const [open, decided] = first.pendingInput
    first.answerInput({ approved: false, reason: 'Not twice.' }, decided!.request_id)
    await first.flushed()
    await here.restart()
    const second = await here.runtime.getOrWake(id)
    expect(second.pendingInput).toEqual([open])
    expect(second.answerInput({ approved: true }, decided!.request_id)).toBeNull()
    second.answerInput({ approved: true }, open!.request_id)
    await becomes(id, 'complete')
    const frames = await log(id)
    expect(requests(frames)).toHaveLength(2)
    expect(done.toSorted()).toEqual(['look', 'pay 1'])
    const [{ data }] = events(frames, 'ToolCallExecutionEvent') as [Frame]
    expect(data.content[2]).toMatchObject({ is_error: true, content: expect.stringContaining('Not twice.') })
  })

  test('and repeats no model call and no finished tool when it is answered after a restart', async () => {
    const { begin, becomes, log, done, here } = await shop()
    const steps = payer([[['look', {}]], [['pay', { cents: 7 }]], 'All paid.'], { max_tool_iterations: 3 })
    const { id } = await begin(one(steps))
    await becomes(id, 'awaiting_input')
    await here.restart()
    const run = await here.runtime.getOrWake(id)
    run.answerInput('yes')
    await becomes(id, 'complete')
    expect(done).toEqual(['look', 'pay 7'])
    const frames = await log(id)
    expect(frames.filter(({ data }) => data?.content === 'All paid.')).toHaveLength(1)
    expect(events(frames, 'ToolCallRequestEvent')).toHaveLength(2)
  })

  test('in a paused run too, and goes on when that is resumed', async () => {
    const { begin, becomes, done } = await shop()
    const run = await begin(one(payer([[['pay', { cents: 5 }]]])))
    await becomes(run.id, 'awaiting_input')
    run.pause()
    await becomes(run.id, 'paused')
    run.answerInput({ approved: true })
    await run.flushed()
    expect(done).toEqual([])
    run.resume()
    await becomes(run.id, 'complete')
    expect(done).toEqual(['pay 5'])
  })

  test('and takes the answer for a question as what it is: no decision where words are wanted', async () => {
    const { begin, becomes } = await shop()
    const boss = { provider: 'autogen_agentchat.agents.UserProxyAgent', config: { name: 'boss' } }
    const run = await begin(one(boss))
    await becomes(run.id, 'awaiting_input')
    expect(() => run.answerInput({ approved: true })).toThrow('not whether a tool may be called')
    run.answerInput('Fine.')
    await becomes(run.id, 'complete')
  })

  test('of every call that its config names, or of all [INPUT-15]', async () => {
    const { begin, becomes, done, log } = await shop()
    for (const requires_approval of [true, ['look']]) {
      const run = await begin(one(payer([[['look', {}]]], { requires_approval })))
      await becomes(run.id, 'awaiting_input')
      run.answerInput({ approved: false })
      await becomes(run.id, 'complete')
      expect(requests(await log(run.id))).toMatchObject([{ call: { name: 'look' } }])
    }
    expect(done).toEqual([])
  })
})

describe('approval inside', () => {
  const inner = (): Part =>
    one(payer([[['look', {}]], [['pay', { cents: 3 }]], 'Paid.'], { max_tool_iterations: 3 }))
  const insideTool = (provider: string, config: object): Part => {
    const lead = assistant('lead', model([[['group', { task: 'Pay.' }]]]))
    return one({ ...lead, config: { ...lead.config, tools: [{ provider, config }] } })
  }
  const places: [string, Part][] = [
    ['a nested team', one(inner())],
    [
      'a society of mind',
      one({
        provider: 'autogen_agentchat.agents.SocietyOfMindAgent',
        config: { name: 'society', team: inner(), model_client: model(['Done.']) }
      })
    ],
    [
      'a team that is a tool',
      insideTool('autogen_agentchat.tools.TeamTool', {
        name: 'group',
        description: 'A group.',
        team: inner()
      })
    ]
  ]

  test.each(places)('%s survives a restart and repeats nothing [INPUT-17]', async (_, config) => {
    const { begin, becomes, log, done, here } = await shop()
    const { id } = await begin(config)
    await becomes(id, 'awaiting_input')
    const before = await log(id)
    expect(requests(before)).toMatchObject([{ kind: 'approval', source: 'desk', call: { name: 'pay' } }])
    expect(done).toEqual(['look'])
    await here.restart()
    const run = await here.runtime.getOrWake(id)
    expect(run.pendingInput).toMatchObject([{ request_id: requests(before)[0]!.request_id }])
    run.answerInput({ approved: true })
    await becomes(id, 'complete')
    expect(done).toEqual(['look', 'pay 3'])
    const after = await log(id)
    expect(after.slice(0, before.length)).toEqual(before)
    for (const kind of ['ToolCallRequestEvent', 'ToolCallExecutionEvent'])
      expect(new Set(events(after, kind).map(({ data }) => data.id)).size).toBe(events(after, kind).length)
    expect(events(after, 'ToolCallRequestEvent').filter(({ data }) => data.source === 'desk')).toHaveLength(2)
    expect(after.filter(({ data }) => data?.content === 'Paid.' && data.source === 'desk')).toHaveLength(1)
  })
})
