import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AssistantAgent } from '../../src/runtime/agents/assistant.ts'
import { dump } from '../../src/runtime/components/registry.ts'
import { buffered } from '../../src/runtime/contexts/index.ts'
import type { Memory } from '../../src/runtime/memory/memory.ts'
import { tool } from '../../src/runtime/tools/function-tool.ts'
import { StaticWorkbench } from '../../src/runtime/tools/static-workbench.ts'
import { askedModel, calls, text, turnsOf } from './asked-model.ts'

const Sum = z.object({ a: z.int(), b: z.int() })
const add = tool({ name: 'add', description: 'Adds.', parameters: Sum, run: ({ a, b }) => `${a + b}` })
const types = (messages: readonly { type: string }[]) => messages.map(({ type }) => type)

describe('the tools of an assistant', () => {
  test('are called all at once, and the results stand in the order of the calls', async () => {
    const begun: string[] = []
    const gate = Promise.withResolvers<void>()
    const wait = tool({
      name: 'wait',
      description: 'Waits for the other call.',
      parameters: z.object({ who: z.string() }),
      async run({ who }) {
        if (begun.push(who) === 2) gate.resolve()
        await gate.promise
        return who
      }
    })
    const { model } = askedModel([calls(['wait', '{"who":"first"}'], ['wait', '{"who":"second"}'])])
    const said = await turnsOf(new AssistantAgent('a', { modelClient: model, tools: [wait] }))
    expect(types(said)).toEqual(['ToolCallRequestEvent', 'ToolCallExecutionEvent', 'ToolCallSummaryMessage'])
    expect(said.at(-1)).toMatchObject({ content: 'first\nsecond' })
  })

  test.each([
    ['arguments that are no JSON', 'add', '{"a": 1,', /^Error: /],
    ['arguments that are no object', 'add', '[1, 2]', /^Error: the arguments are not a JSON object$/],
    ['arguments that do not fit', 'add', '{"a": 1}', /arguments\.b/],
    ['a tool nobody knows', 'nope', '{}', /^Error: tool 'nope' not found in any workbench$/]
  ])('%s: the model is told so, and the turn goes on', async (_, name, args, reason) => {
    const { model } = askedModel([calls([name, args])])
    const said = await turnsOf(new AssistantAgent('a', { modelClient: model, tools: [add] }))
    const results = [{ name, call_id: 'c1', is_error: true, content: expect.stringMatching(reason) }]
    expect(said.at(-1)).toMatchObject({ type: 'ToolCallSummaryMessage', results })
  })

  test('are asked of the first workbench that has them', async () => {
    const { model, asked } = askedModel([calls(['add', '{"a":1,"b":2}'])])
    const other = tool({ name: 'add', description: 'No.', parameters: z.object({}), run: () => 'other' })
    const workbench = [new StaticWorkbench([]), new StaticWorkbench([add]), new StaticWorkbench([other])]
    const said = await turnsOf(new AssistantAgent('a', { modelClient: model, workbench }))
    expect(said.at(-1)).toMatchObject({ content: '3' })
    expect(asked[0]?.tools?.map(({ description }) => description)).toEqual(['Adds.', 'No.'])
  })

  test('have unique names, other names than the handoffs, and a model that can call them', () => {
    const { model } = askedModel([])
    const make = (options: object) => () => new AssistantAgent('a', { modelClient: model, ...options })
    expect(make({ tools: [add, add] })).toThrow('Tool names must be unique')
    expect(make({ handoffs: ['b', { target: 'b' }] })).toThrow('Handoff names must be unique')
    expect(make({ tools: [add], handoffs: [{ target: 'b', name: 'add' }] })).toThrow('unique from tool names')
    expect(make({ tools: [add], workbench: new StaticWorkbench([]) })).toThrow(
      'cannot be used with a workbench'
    )
    const mute = askedModel([], { function_calling: false }).model
    expect(make({ modelClient: mute, tools: [add] })).toThrow('does not support function calling')
    expect(make({ modelClient: mute, handoffs: ['b'] })).toThrow('does not support function calling')
  })

  test('are used in as many rounds as allowed, and a text ends the rounds early', async () => {
    const round = calls(['add', '{"a":1,"b":1}'])
    const once = askedModel([round, round])
    const said = await turnsOf(
      new AssistantAgent('a', { modelClient: once.model, tools: [add], maxToolIterations: 2 })
    )
    expect(types(said).filter((type) => type === 'ToolCallExecutionEvent')).toHaveLength(2)
    expect(said.at(-1)?.type).toBe('ToolCallSummaryMessage')
    const early = askedModel([round, text('Two.')])
    const answer = await turnsOf(
      new AssistantAgent('a', { modelClient: early.model, tools: [add], maxToolIterations: 9 })
    )
    expect(answer.at(-1)).toMatchObject({ type: 'TextMessage', content: 'Two.' })
  })
})

describe('what an assistant makes of its tools', () => {
  test('is a summary line for each call, by a format that knows four words', async () => {
    const { model } = askedModel([calls(['add', '{"a":1,"b":2}'], ['add', '{}'])])
    const toolCallSummaryFormat = '{tool_name}({arguments}) {{{is_error}}}'
    const said = await turnsOf(
      new AssistantAgent('a', { modelClient: model, tools: [add], toolCallSummaryFormat })
    )
    expect(said.at(-1)).toMatchObject({ content: 'add({"a":1,"b":2}) {False}\nadd({}) {True}' })
  })

  test('is what a function says, which goes before the format', async () => {
    const { model } = askedModel([calls(['add', '{"a":1,"b":2}'])])
    const agent = new AssistantAgent('a', {
      modelClient: model,
      tools: [add],
      toolCallSummaryFormatter: ({ name }, { content }) => `${name}: ${content}`
    })
    expect((await turnsOf(agent)).at(-1)).toMatchObject({ content: 'add: 3' })
    expect(() => dump(agent)).toThrow('holds code')
  })

  test('is another answer of the model, without tools, where it is to reflect', async () => {
    const { model, asked } = askedModel([calls(['add', '{"a":1,"b":2}']), text('Three.', 'easy')])
    const said = await turnsOf(
      new AssistantAgent('a', { modelClient: model, tools: [add], reflectOnToolUse: true })
    )
    expect(types(said).slice(2)).toEqual(['ThoughtEvent', 'TextMessage'])
    expect(asked[1]).toMatchObject({ toolChoice: 'none' })
    expect(asked[1]?.tools).toBeUndefined()
  })
})

describe('a handoff', () => {
  const transfer = ['transfer_to_b', '{}'] as [string, string]

  test('ends the turn with a message to the target, whatever rounds are left', async () => {
    const { model } = askedModel([calls(transfer)])
    const agent = new AssistantAgent('a', { modelClient: model, handoffs: ['b'], maxToolIterations: 5 })
    const content = 'Transferred to b, adopting the role of b immediately.'
    expect((await turnsOf(agent)).at(-1)).toMatchObject({
      type: 'HandoffMessage',
      target: 'b',
      content,
      context: []
    })
  })

  test('counts only once: the first one', async () => {
    const { model } = askedModel([calls(['transfer_to_c', '{}'], transfer)])
    const agent = new AssistantAgent('a', { modelClient: model, handoffs: ['b', 'c'] })
    expect((await turnsOf(agent)).at(-1)).toMatchObject({ target: 'c' })
  })

  test('takes along what else was called in the same breath, and the thought', async () => {
    const { model } = askedModel([{ ...calls(['add', '{"a":1,"b":2}'], transfer), thought: 'b knows' }])
    const said = await turnsOf(new AssistantAgent('a', { modelClient: model, tools: [add], handoffs: ['b'] }))
    expect(said.at(-1)).toMatchObject({
      context: [
        { type: 'AssistantMessage', source: 'a', thought: 'b knows', content: [{ id: 'c1', name: 'add' }] },
        { type: 'FunctionExecutionResultMessage', content: [{ call_id: 'c1', content: '3' }] }
      ]
    })
  })

  test('with bad arguments says what is wrong with them', async () => {
    const { model } = askedModel([calls(['transfer_to_b', '{oops'])])
    const said = await turnsOf(new AssistantAgent('a', { modelClient: model, handoffs: ['b'] }))
    expect(said.at(-1)).toMatchObject({ target: 'b', content: expect.stringMatching(/^Error: /) })
  })

  test('is offered to the model as a strict tool without arguments', async () => {
    const { model, asked } = askedModel([text('No.')])
    const handoffs = [{ target: 'b', name: 'call_b', description: 'When b is needed.' }]
    await turnsOf(new AssistantAgent('a', { modelClient: model, handoffs }))
    const parameters = { type: 'object', properties: {}, required: [], additionalProperties: false }
    expect(asked[0]?.tools).toEqual([
      { name: 'call_b', description: 'When b is needed.', parameters, strict: true }
    ])
  })
})

describe('a streamed answer', () => {
  test('has pieces that carry the id of the message that follows, not that of the thought', async () => {
    const { model } = askedModel([text('Yes', 'hm')])
    const said = await turnsOf(new AssistantAgent('a', { modelClient: model, modelClientStream: true }))
    const answer = said.at(-1)!
    const chunks = said.filter((message) => message.type === 'ModelClientStreamingChunkEvent')
    expect(chunks.map(({ content }) => content).join('')).toBe('Yes')
    expect(new Set(chunks.map(({ full_message_id }) => full_message_id))).toEqual(new Set([answer.id]))
    expect(said.find(({ type }) => type === 'ThoughtEvent')?.id).not.toBe(answer.id)
  })

  test('beside tool calls becomes the thought, and the next answer has an id of its own', async () => {
    const { model } = askedModel([{ ...calls(['add', '{"a":1,"b":1}']), thought: 'Adding' }, text('Two')])
    const agent = new AssistantAgent('a', {
      modelClient: model,
      tools: [add],
      modelClientStream: true,
      reflectOnToolUse: true
    })
    const said = await turnsOf(agent)
    const ids = said.flatMap((message) =>
      message.type === 'ModelClientStreamingChunkEvent' ? message.full_message_id : []
    )
    const thought = said.find(({ type }) => type === 'ThoughtEvent')!
    expect([...new Set(ids)]).toEqual([thought.id, said.at(-1)!.id])
  })
})

describe('an answer with a shape of its own', () => {
  const Answer = z
    .object({ city: z.string(), size: z.int().nullable().default(null) })
    .meta({ title: 'Answer' })

  test('is a structured message, read by the schema that the model was given', async () => {
    const { model, asked } = askedModel([text('{"city":"Rome","more":1}')])
    const agent = new AssistantAgent('a', {
      modelClient: model,
      outputContentType: Answer,
      outputContentTypeFormat: 'It is {city}.'
    })
    expect((await turnsOf(agent)).at(-1)).toMatchObject({
      type: 'StructuredMessage[Answer]',
      content: { city: 'Rome', size: null },
      format_string: 'It is {city}.'
    })
    expect(asked[0]?.json).toMatchObject({ title: 'Answer', properties: { city: { type: 'string' } } })
    expect(agent.messageTypes.map(({ type }) => type)).toEqual(['StructuredMessage[Answer]'])
  })

  test('makes the assistant reflect on its tools, because a summary would not have that shape', async () => {
    const { model } = askedModel([calls(['add', '{"a":1,"b":2}']), text('{"city":"Rome"}')])
    const said = await turnsOf(
      new AssistantAgent('a', { modelClient: model, tools: [add], outputContentType: Answer })
    )
    expect(said.at(-1)?.type).toBe('StructuredMessage[Answer]')
  })

  test.each(['Rome', '{"town":"Rome"}'])('is an error where the answer is %s', async (answer) => {
    const { model } = askedModel([text(answer)])
    const agent = new AssistantAgent('a', { modelClient: model, outputContentType: Answer })
    await expect(turnsOf(agent)).rejects.toThrow("The model's answer")
  })
})

describe('what the model is given', () => {
  const picture = { data: 'iVBORw0KGgo=' }
  const task = { type: 'MultiModalMessage', source: 'user', content: ['Look:', picture] } as never

  test('has a word where a picture was, for a model that does not see', async () => {
    const { model, asked } = askedModel([text('ok')], { vision: false })
    await turnsOf(new AssistantAgent('a', { modelClient: model, systemMessage: null }), { task })
    expect(asked[0]?.messages).toEqual([{ type: 'UserMessage', source: 'user', content: 'Look:\n<image>' }])
  })

  test('has the picture, for a model that sees', async () => {
    const { model, asked } = askedModel([text('ok')])
    await turnsOf(new AssistantAgent('a', { modelClient: model, systemMessage: null }), { task })
    expect(asked[0]?.messages).toMatchObject([{ content: ['Look:', picture] }])
  })

  test('is what the context lets through, after the system message', async () => {
    const { model, asked } = askedModel([text('one'), text('two')])
    const options = {
      modelClient: model,
      systemMessage: 'Be brief.',
      modelContext: buffered(1)
    }
    await turnsOf(new AssistantAgent('a', options), {}, 2)
    expect(asked[1]?.messages.map(({ content }) => content)).toEqual(['Be brief.', 'one'])
  })

  test('holds what the memories say, each knowing what those before it have said', async () => {
    const seen: number[] = []
    const memory = (word: string): Memory =>
      ({
        async update(messages: unknown[]) {
          seen.push(messages.length)
          const memories = [{ content: word, mime_type: 'text/plain', metadata: null }]
          return { memories, messages: [{ type: 'SystemMessage', content: word }] }
        }
      }) as never
    const { model, asked } = askedModel([text('ok')])
    const agent = new AssistantAgent('a', {
      modelClient: model,
      systemMessage: null,
      memory: [memory('tea'), memory('Rome')]
    })
    const said = await turnsOf(agent)
    expect(types(said)).toEqual(['MemoryQueryEvent', 'MemoryQueryEvent', 'TextMessage'])
    expect(asked[0]?.messages.map(({ content }) => content)).toEqual(['Go.', 'tea', 'Rome'])
    expect(seen).toEqual([1, 2])
  })
})

describe('the state of an assistant', () => {
  test('is its context, goes through JSON, and is taken up by another of the same kind', async () => {
    const { model } = askedModel([calls(['add', '{"a":1,"b":2}'])])
    const agent = new AssistantAgent('a', { modelClient: model, tools: [add] })
    await turnsOf(agent)
    const state = JSON.parse(JSON.stringify(agent.saveState()))
    expect(types(state.llm_context.messages)).toEqual([
      'UserMessage',
      'AssistantMessage',
      'FunctionExecutionResultMessage'
    ])
    const next = askedModel([text('ok')])
    const other = new AssistantAgent('a', { modelClient: next.model, systemMessage: null })
    other.loadState(state)
    await turnsOf(other, { task: 'More.' })
    expect(next.asked[0]?.messages).toHaveLength(4)
  })

  test('is as before when a turn breaks off', async () => {
    const { model } = askedModel([calls(['add', '{"a":1,"b":2}'])])
    const agent = new AssistantAgent('a', { modelClient: model, tools: [add], maxToolIterations: 2 })
    const before = agent.saveState()
    await expect(turnsOf(agent)).rejects.toThrow('The script is over.')
    expect(agent.saveState()).toEqual(before)
  })

  test('of another kind is refused and changes nothing', () => {
    const agent = new AssistantAgent('a', { modelClient: askedModel([]).model })
    expect(() => agent.loadState({ type: 'BaseState' })).toThrow('not an assistant')
    expect(() => agent.loadState({ llm_context: { messages: [{ type: 'Nonsense' }] } })).toThrow()
    expect(agent.saveState()).toMatchObject({ llm_context: { messages: [] } })
  })
})

test('a cancelled run does not wait for a tool that ignores its signal', async () => {
  const leave = new AbortController()
  const stuck = tool({
    name: 'stuck',
    description: 'Never ends.',
    parameters: z.object({}),
    run: () => {
      leave.abort(new Error('Enough.'))
      return new Promise(() => {})
    }
  })
  const { model } = askedModel([calls(['stuck', '{}'])])
  const said = await turnsOf(new AssistantAgent('a', { modelClient: model, tools: [stuck] }), {
    signal: leave.signal
  })
  expect(types(said)).toEqual(['ToolCallRequestEvent'])
})
