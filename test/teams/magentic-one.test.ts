import { describe, expect, test } from 'vitest'
import { maxMessages } from '../../src/machines/conditions/index.ts'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import type { ModelResult } from '../../src/runtime/models/model.ts'
import { MagenticOneGroupChat, type MagenticOptions } from '../../src/runtime/teams/magentic-one.ts'
import { askedModel, calls, text } from '../agents/asked-model.ts'
import { stored, talkers, texts } from './talk.ts'

const entry = (answer: unknown) => ({ reason: 'because', answer })
const ledger = (fields: Record<string, unknown> = {}): Partial<ModelResult> =>
  text(
    JSON.stringify({
      is_request_satisfied: entry(false),
      is_in_loop: entry(false),
      is_progress_being_made: entry(true),
      next_speaker: entry('coder'),
      instruction_or_question: entry('Write it.'),
      ...fields
    })
  )
const done = ledger({ is_request_satisfied: entry(true) })

function teamOf(answers: Partial<ModelResult>[], options: MagenticOptions = {}, info = {}) {
  const { model, asked } = askedModel(answers, info)
  const team = new MagenticOneGroupChat(talkers('coder', 'web'), model, options)
  return { team, asked }
}
const lastOf = (asked: readonly { messages: readonly { content: unknown }[] }[], call: number) =>
  String(asked[call]!.messages.at(-1)!.content)

describe('a MagenticOne team', () => {
  test('plans, gives instructions and answers, each question with what it is about', async () => {
    const { team, asked } = teamOf([text('FACTS'), text('PLAN'), ledger(), done, text('Final.')])
    const result = await team.run({ task: 'Do it.' })
    expect(texts(result).slice(2)).toEqual(['Write it.', 'coder 1', 'Final.'])
    expect(result.stopReason).toBe('because')
    for (const part of ['Do it.', 'coder: coder does things.', 'FACTS', 'PLAN'])
      expect(texts(result)[1]).toContain(part)
    expect(lastOf(asked, 0)).toContain('Do it.')
    expect(lastOf(asked, 1)).toContain('web: web does things.')
    expect(lastOf(asked, 2)).toContain('coder, web')
    expect(lastOf(asked, 4)).toContain('Do it.')
    expect(asked[3]!.messages.map(({ type }) => type)).toEqual([
      ...['AssistantMessage', 'AssistantMessage', 'UserMessage', 'UserMessage']
    ])
  })

  test('asks for JSON as far as the model knows it', async () => {
    const answers = [text('FACTS'), text('PLAN'), done, text('Final.')]
    for (const [info, json] of [
      [{ structured_output: true }, expect.objectContaining({ type: 'object' })],
      [{ structured_output: false, json_output: true }, true],
      [{ structured_output: false, json_output: false }, undefined]
    ] as const) {
      const { team, asked } = teamOf(answers, {}, info)
      await team.run({ task: 'Do it.' })
      expect(asked.map((request) => request.json)).toEqual([undefined, undefined, json, undefined])
    }
  })

  test('asks again when a ledger lacks a key, names a stranger, or is not JSON', async () => {
    const unusable = [
      ledger({ is_in_loop: undefined }),
      ledger({ is_request_satisfied: true }),
      ledger({ next_speaker: entry('eve') }),
      text('```python\nprint()\n```'),
      text('nothing')
    ]
    const fenced = text(`Here:\n\`\`\`json\n${done.content}\n\`\`\``)
    const { team } = teamOf([text('FACTS'), text('PLAN'), ...unusable, fenced, text('Final.')])
    expect(texts(await team.run({ task: 'Do it.' })).at(-1)).toBe('Final.')
    const ten = Array.from({ length: 10 }, () => text('nothing'))
    const { team: hopeless } = teamOf([text('FACTS'), text('PLAN'), ...ten, done])
    await expect(hopeless.run({ task: 'Do it.' })).rejects.toThrow('after multiple retries')
  })

  test('makes a new plan when nothing moves, and everybody forgets what was said', async () => {
    const stuck = ledger({ is_progress_being_made: entry(false) })
    const { team, asked } = teamOf(
      [text('FACTS'), text('PLAN'), ledger(), stuck, text('FACTS 2'), text('PLAN 2'), done, text('Final.')],
      { maxStalls: 1 }
    )
    const result = await team.run({ task: 'Do it.' })
    expect(lastOf(asked, 4)).toContain('FACTS')
    expect(texts(result).at(-2)).toContain('PLAN 2')
    expect(asked[6]!.messages).toHaveLength(2)
    const { agent_states } = stored(team.saveState()) as { agent_states: Record<string, unknown> }
    expect(agent_states.coder).toMatchObject({ agent_state: { state: { turns: 0 } } })
    expect(agent_states.MagenticOneOrchestrator).toMatchObject({
      ...{ facts: 'FACTS 2', plan: 'PLAN 2', n_rounds: 3, n_stalls: 1 },
      message_thread: [{ source: 'MagenticOneOrchestrator' }, { content: 'Final.' }]
    })
  })

  test('goes on without a task from a saved state, with the ledger that stands there', async () => {
    const terminationCondition = maxMessages(1)
    const { team } = teamOf([text('FACTS'), text('PLAN'), ledger()], { terminationCondition })
    expect(texts(await team.run({ task: 'Do it.' })).at(-1)).toBe('coder 1')
    const { team: after, asked } = teamOf([ledger(), done, text('Final.')])
    after.loadState(stored(team.saveState()))
    expect(texts(await after.run())).toEqual(['Write it.', 'coder 2', 'Final.'])
    expect(lastOf(asked, 0)).toContain('Do it.')
    await expect(teamOf([]).team.run()).rejects.toThrow('There is no task to go on with.')
  })

  test('keeps in its thread what was said and not how', async () => {
    const { model } = askedModel([text('FACTS'), text('PLAN'), ledger(), done, text('Final.')])
    const thinker = new FunctionAgent('coder', async function* () {
      yield { type: 'ThoughtEvent', content: 'Hm.' }
      return 'coded'
    })
    const team = new MagenticOneGroupChat([thinker], model)
    expect(texts(await team.run({ task: 'Do it.' }))).toContain('Hm.')
    expect(JSON.stringify(team.saveState())).not.toContain('Hm.')
  })

  test('takes its only member whomever the model names', async () => {
    const wrong = ledger({ next_speaker: entry('eve') })
    const { model } = askedModel([text('FACTS'), text('PLAN'), wrong, done, text('Final.')])
    const team = new MagenticOneGroupChat(talkers('solo'), model)
    expect(texts(await team.run({ task: 'Do it.' }))).toContain('solo 1')
  })

  test('ends with an error when its model calls tools', async () => {
    const { team } = teamOf([calls(['look', '{}'])])
    await expect(team.run({ task: 'Do it.' })).rejects.toThrow('called tools')
  })
})
