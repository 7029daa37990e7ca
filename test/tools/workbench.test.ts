import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dump, Registry } from '../../src/runtime/components/registry.ts'
import type { ToolSchema } from '../../src/runtime/models/model.ts'
import { tool } from '../../src/runtime/tools/function-tool.ts'
import { registeredTools } from '../../src/runtime/tools/registered-tool.ts'
import { StaticWorkbench } from '../../src/runtime/tools/static-workbench.ts'
import type { Tool, Workbench } from '../../src/runtime/tools/tool.ts'
import { callOf } from './tool-call.ts'

const greet = tool({
  name: 'greet',
  description: 'Greets.',
  parameters: z.object({ who: z.string() }),
  run: ({ who }) => ({ greeting: `Hello ${who}` })
})

const http = {
  provider: 'autogen_ext.tools.http.HttpTool',
  config: { name: 'add', host: '127.0.0.1', port: 1, json_schema: { type: 'object', properties: {} } }
}
const workbench = (config: object) => ({ provider: 'autogen_core.tools.StaticWorkbench', config })

describe('a static workbench', () => {
  test('shows its tools under other names and finds them under these', async () => {
    const bench = new StaticWorkbench([greet], {
      toolOverrides: { greet: { name: 'hi', description: 'Says hi.' } }
    })
    const [shown] = (await bench.listTools()) as [ToolSchema]
    expect(shown).toMatchObject({ name: 'hi', description: 'Says hi.', parameters: greet.schema.parameters })
    expect(await bench.callTool('hi', { who: 'Ada' }, callOf())).toEqual({
      content: '{"greeting":"Hello Ada"}'
    })
  })

  test('says that a tool is not there', async () => {
    const output = await new StaticWorkbench([]).callTool('nope', {}, callOf())
    expect(output).toEqual({ content: 'Tool nope not found.', isError: true })
  })

  test('refuses other names that are taken', () => {
    const other: Tool = { ...greet, schema: { ...greet.schema, name: 'other' } }
    const make = (toolOverrides: Record<string, { name: string }>) => () =>
      new StaticWorkbench([greet, other], { toolOverrides })
    expect(make({ greet: { name: 'other' } })).toThrow('conflicts with existing tool name')
    expect(make({ greet: { name: 'x' }, other: { name: 'x' } })).toThrow('used by multiple tools')
  })

  test.each(['StaticWorkbench', 'StaticStreamWorkbench'])('gives its file back: %s', (name) => {
    const component = { ...workbench({ tools: [http] }), provider: `autogen_core.tools.${name}` }
    expect(dump(new Registry().load<Workbench>(component, 'workbench'))).toMatchObject(component)
  })

  test('keeps what its tools remember', () => {
    let count = 3
    const counter: Tool = {
      ...greet,
      saveState: () => ({ count }),
      loadState: (state) => {
        count = (state as { count: number }).count
      }
    }
    const state = JSON.parse(JSON.stringify(new StaticWorkbench([counter]).saveState()))
    expect(state).toEqual({ type: 'StaticWorkbenchState', tools: { greet: { count: 3 } } })
    count = 0
    new StaticWorkbench([counter]).loadState(state)
    expect(count).toBe(3)
  })
})

describe('a tool', () => {
  test('that throws is a result with the text of the error, and no more than that', async () => {
    const failing: Tool = { ...greet, run: () => Promise.reject(new Error('No such person.')) }
    const output = await new StaticWorkbench([failing]).callTool('greet', {}, callOf())
    expect(output).toEqual({ content: 'No such person.', isError: true })
  })

  test('that throws before it has begun to wait is such a result too', async () => {
    const failing: Tool = {
      ...greet,
      run() {
        throw new TypeError('Broken.')
      }
    }
    const output = await new StaticWorkbench([failing]).callTool('greet', {}, callOf())
    expect(output).toEqual({ content: 'Broken.', isError: true })
  })

  test('may say itself that its result is an error', async () => {
    const refusing: Tool = { ...greet, run: async () => ({ content: 'Not today.', isError: true }) }
    const output = await new StaticWorkbench([refusing]).callTool('greet', {}, callOf())
    expect(output).toEqual({ content: 'Not today.', isError: true })
  })
})

describe('a function tool', () => {
  test('is not called with arguments that do not fit', async () => {
    const output = await new StaticWorkbench([greet]).callTool('greet', {}, callOf())
    expect(output).toMatchObject({ isError: true, content: expect.stringMatching(/^arguments\.who: /) })
  })

  test('shows a model the schema of its parameters', () => {
    expect(greet.schema.parameters).toEqual({
      type: 'object',
      properties: { who: { type: 'string' } },
      required: ['who'],
      additionalProperties: false
    })
  })

  test('with Python code that nothing runs is refused, with what to do instead', () => {
    const python = {
      provider: 'autogen_core.tools.FunctionTool',
      config: { name: 'f', source_code: 'def f(): ...' }
    }
    const load = () => new Registry().load(workbench({ tools: [python] }), 'workbench')
    expect(load).toThrow(/config\.tools\[0\]\.config.*--tools.*--allow-python-tools/s)
  })

  test('cannot be written as JSON, and says so', () => {
    expect(() => dump(new StaticWorkbench([greet]))).toThrow('holds code')
  })
})

describe('a tool that the operator has registered', () => {
  const component = workbench({
    tools: [{ provider: 'troupe.tools.RegisteredTool', config: { name: 'greet' } }]
  })
  const registry = new Registry().register(registeredTools([greet]))

  test('is used by its name, and gives its file back', async () => {
    const bench = registry.load<Workbench>(component, 'workbench')
    expect(await bench.callTool('greet', { who: 'Ada' }, callOf())).toMatchObject({
      content: '{"greeting":"Hello Ada"}'
    })
    expect(dump(bench)).toMatchObject(component)
  })

  test('is refused where nobody has registered it', () => {
    expect(() => new Registry().load(component)).toThrow(
      'No tool is registered as "greet" (--tools FILE); there are: none.'
    )
  })
})
