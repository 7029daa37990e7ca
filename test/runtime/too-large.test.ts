import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/runtime/shared/clock.ts'
import { limits } from '../../src/runtime/shared/limits.ts'
import { begins, openaiServer } from '../support/openai-server.ts'
import { patience, runtimeHere } from '../support/runtime-here.ts'
import { cuts } from '../support/scripted-server.ts'
import { assistant, replayModel, roundRobin, talkers } from '../support/some-teams.ts'

const usual = { ...limits }
afterEach(() => void Object.assign(limits, usual))

const KIB = 2 ** 10
const model_info = { vision: false, function_calling: true, json_output: false, family: 'unknown' }
const here = () => runtimeHere({ clock: systemClock })
const calls = (...names: string[]) => ({
  finish_reason: 'function_calls',
  content: names.map((name, i) => ({ id: String(i), name, arguments: '{"task": "Go."}' })),
  usage: { prompt_tokens: 1, completion_tokens: 1 },
  cached: false
})

describe('a run that says more than is kept of one', () => {
  test('a run that says more than is kept of one ends as an error with the code, and the others go on [LIMIT-7]', async () => {
    limits.transcript = 64 * KIB
    const { begin, log, becomes } = await here()
    const answers = Array.from({ length: 20 }, () => 'x'.repeat(10 * KIB))
    const large = await begin(roundRobin([assistant('talker', replayModel(answers))], 21))
    const small = await begin(talkers(3))
    await becomes(large.id, 'error')
    await becomes(small.id, 'complete')
    const frames = await log(large.id)
    expect(frames.at(-1)).toMatchObject({ type: 'completion', status: 'error', code: 'transcript_too_large' })
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, i) => i + 1))
    expect(JSON.stringify(frames).length).toBeLessThan(80 * KIB)
  })

  test('what a run said before a restart counts towards what is kept of one [LIMIT-7]', async () => {
    limits.transcript = 64 * KIB
    const site = await here()
    const answers = Array.from({ length: 20 }, () => 'x'.repeat(10 * KIB))
    const { id } = await site.begin(
      roundRobin([assistant('talker', replayModel(answers, { delay_ms: 20 }))], 21)
    )
    await expect.poll(async () => (await site.log(id)).length).toBeGreaterThan(4)
    await site.restart()
    await site.becomes(id, 'error')
    expect(JSON.stringify(await site.log(id)).length).toBeLessThan(80 * KIB)
  })
})

test('a result of a tool that is too large is an error that the model is told, with the code [LIMIT-6]', async () => {
  limits.toolResult = 10 * KIB
  const { begin, log, becomes } = await here()
  const model = replayModel([calls('inner') as never, 'Done.'], { model_info } as never)
  const inner = {
    provider: 'autogen_agentchat.tools.AgentTool',
    config: { agent: assistant('inner', replayModel(['x'.repeat(20 * KIB)])) }
  }
  const lead = assistant('lead', model)
  const { id } = await begin(
    roundRobin([{ ...lead, config: { ...lead.config, tools: [inner], reflect_on_tool_use: true } }], 2)
  )
  await becomes(id, 'complete')
  const executed = (await log(id)).find(({ data }) => data?.type === 'ToolCallExecutionEvent')!
  expect(executed.data.content[0]).toMatchObject({ is_error: true })
  expect(executed.data.content[0].content).toMatch(/tool_result_too_large/)
})

test('of half written text nothing is left for clients that come when it was given up', async () => {
  await using service = await openaiServer(cuts(begins({ content: 'half a ' }, { content: 'sentence' })))
  const { begin, follow, log } = await here()
  // The inner agent's answer is cut off, which the outer one is told; then somebody thinks for long.
  const config = { model: 'gpt-4o', base_url: service.url, api_key: 'none', max_retries: 0 }
  const cut = { provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient', config }
  const tool = {
    provider: 'autogen_agentchat.tools.AgentTool',
    config: { agent: assistant('inner', cut, true) }
  }
  const lead = assistant('lead', replayModel([calls('inner') as never, 'Done.'], { model_info } as never))
  const asking = { ...lead, config: { ...lead.config, tools: [tool], reflect_on_tool_use: true } }
  const slow = assistant('slow', replayModel(['Late.'], { delay_ms: 60_000 }))
  const run = await begin(roundRobin([asking, slow], 20))
  const { ear } = await follow(run.id, null)
  const done = async () => (await log(run.id)).some(({ data }) => data?.content === 'Done.')
  await expect.poll(done, patience).toBe(true)
  expect(ear.heard.map(({ type }) => type)).toContain('message_chunk')
  const late = await follow(run.id, null)
  expect(late.ear.heard).toEqual([])
  run.stop('enough')
  await run.ended
})
