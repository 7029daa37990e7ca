import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { permit } from '../../../src/runtime/components/permissions.ts'
import { dump, Registry } from '../../../src/runtime/components/registry.ts'
import { tool } from '../../../src/runtime/tools/function-tool.ts'
import { signatureOf } from '../../../src/runtime/tools/python/signature.ts'
import type { Tool } from '../../../src/runtime/tools/tool.ts'
import { aCall, canIsolate, hasPython } from '../../support/python.ts'

const double = tool({
  name: 'double',
  description: 'Doubles.',
  parameters: z.object({ x: z.number() }),
  run: ({ x }) => `registered ${2 * x}`
})
const config = (name: string, source_code: string) => ({
  ...{
    name,
    source_code,
    description: 'From the config.',
    global_imports: [],
    has_cancellation_support: false
  }
})
const component = (name: string, source: string) => ({
  ...{
    provider: 'autogen_core.tools.FunctionTool',
    component_type: 'tool',
    version: 1,
    component_version: 1
  },
  ...{ description: 'd', label: 'l' },
  config: config(name, source)
})
const python = { program: 'python3', unsafe: !canIsolate }
const load = (name: string, source: string, more: object = {}) =>
  permit(new Registry(), { mcpCommands: [], codeExecution: false, ...more }).load<Tool>(
    component(name, source),
    'tool'
  )

const doubles = 'def double(x: int) -> int:\n    return 2 * x\n'
const calculator = 'def calculator(a: float, b: float, operator: str) -> str:\n    return "python"\n'

describe('a function of a config', () => {
  test('is the tool that the operator has registered by its name, before all else', async () => {
    const found = load('double', doubles, { tools: [double], python })
    expect(found.note).toBe('"double" is the tool that the operator has registered by this name.')
    expect(await found.run({ x: 2 }, aCall())).toBe('registered 4')
  })
  test("has its arguments checked against the registered tool's schema, texts read as numbers", async () => {
    const found = load('double', doubles, { tools: [double] })
    expect(await found.run({ x: '2.5' }, aCall())).toBe('registered 5')
    await expect(found.run({ x: 'two' }, aCall())).rejects.toThrow(/^arguments\.x: /)
  })
  test('is the function that comes with Troupe, before it is run as Python', async () => {
    const found = load('calculator', calculator, { python })
    expect(await found.run({ a: 1, b: 2, operator: '+' }, aCall())).toBe('3.0')
    expect(found.schema.description).toBe('From the config.')
  })
  test('that only has the name of one that comes with Troupe, and other arguments, is not taken for it', () => {
    expect(() => load('calculator', 'def calculator(expression: str) -> str:\n    return ""')).toThrow(
      /Troupe has a "calculator" too, but it takes other arguments/
    )
  })
  test.skipIf(!hasPython)('runs as Python where the operator allows it', async () => {
    const found = load('double', doubles, { python })
    expect(await found.run({ x: 4 }, aCall())).toBe('8')
    await found.close?.()
  })
  test('that nothing can run is refused with the three ways', () => {
    expect(() => load('double', doubles)).toThrow(/--tools FILE.*comes with Troupe.*--allow-python-tools/)
  })
  test('is dumped as it was loaded, whatever it was led to', () => {
    for (const more of [{ tools: [double] }, { python }])
      expect(dump(load('double', doubles, more))).toEqual(component('double', doubles))
    expect(dump(load('calculator', calculator))).toEqual(component('calculator', calculator))
  })
})

describe('the signature of a Python source', () => {
  test.each([
    ['def f(a, b: int = 3, *args, c: "x,y" = ")", **more) -> str: ...', ['a', 'b', 'c']],
    [
      'async def f(\n    a: Dict[str, List[int]],  # one, two)\n    b: Optional[str] = None,\n) -> str: ...',
      ['a', 'b']
    ],
    ['@wrap(1, 2)\ndef f(): ...', []],
    ['x = """def no"""\ndef f(a: Literal["(", \'[\'] = "\\"", b=(1, 2)): ...', ['a', 'b']]
  ])('%s', (source, parameters) => {
    expect(signatureOf(source)).toEqual({ name: 'f', parameters })
  })
  test('is not there where there is no function', () => {
    expect(signatureOf('x = 1')).toBeUndefined()
  })
})
