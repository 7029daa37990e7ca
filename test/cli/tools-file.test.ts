import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, runChild } from '../support/child.ts'
import { filesOf } from '../support/command.ts'
import { assistant, type Part, roundRobin } from '../support/some-teams.ts'

const model = (name: string, args: object): Part => ({
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  config: {
    model_info: {
      vision: false,
      function_calling: true,
      json_output: false,
      structured_output: false,
      family: 'unknown'
    },
    chat_completions: [
      {
        finish_reason: 'function_calls',
        content: [{ id: 'c', name, arguments: JSON.stringify(args) }],
        usage: { prompt_tokens: 0, completion_tokens: 0 },
        cached: false
      }
    ]
  }
})
const calling = (tool: Part, name: string, args: object) => {
  const a = assistant('a', model(name, args))
  return roundRobin([{ ...a, config: { ...a.config, tools: [tool] } }], 2)
}
const double: Part = {
  provider: 'autogen_core.tools.FunctionTool',
  config: {
    name: 'double',
    description: 'D',
    source_code: 'def double(x: int) -> int:\n    return 0',
    global_imports: []
  }
}
const registered: Part = { provider: 'troupe.tools.RegisteredTool', config: { name: 'double' } }
const tools = `import { tool, maxMessages, AssistantAgent, models, RoundRobinGroupChat } from 'troupe'
import { z } from 'zod'
export const anything = tool({ name: 'double', description: 'Doubles.', parameters: z.object({ x: z.number() }), run: ({ x }) => String(2 * x) })
export const more = [tool({ name: 'shout', description: 'S', parameters: z.object({ text: z.string() }), run: ({ text }: { text: string }) => text.toUpperCase() })]
export const briefly = maxMessages(2)
export const polly = () => new AssistantAgent('polly', { modelClient: models.replay(['hello']) })
export const parrots = () => new RoundRobinGroupChat([polly()], { maxTurns: 1 })
export const unused = 3
`
/** A command in a process of its own: a test's runner finds modules in a way of its own. */
async function command(...args: string[]): Promise<{ code: number | null; out: string; errors: string }> {
  const { code, stdout, stderr } = await runChild(join(root, 'bin/troupe'), args)
  return { code, out: stdout, errors: stderr }
}
const run = (...args: string[]) => command('run', ...args, '--task', 'Go.', '--jsonl')

describe('a module of tools, wherever it lies', () => {
  test('has its tools used by name and in place of Python functions of that name', async () => {
    const at = filesOf({
      't.ts': tools,
      'python.json': calling(double, 'double', { x: 4 }),
      'own.json': calling(registered, 'double', { x: 5 })
    })
    expect((await run(at('python.json'), '--tools', at('t.ts'))).out).toContain('"content":"8"')
    expect((await run(at('own.json'), '--tools', at('t.ts'))).out).toContain('"content":"10"')
  })
  test('is named by validate where it is used', async () => {
    const at = filesOf({ 't.ts': tools, 'x.json': calling(double, 'double', { x: 4 }) })
    const { out, code } = await command('validate', at('x.json'), '--tools', at('t.ts'))
    expect(out).toContain('tools[0]: "double" is the tool that the operator has registered by this name.')
    expect(code).toBe(0)
  })
  test('has its conditions, agents and teams named as providers', async () => {
    const team = {
      provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
      config: {
        participants: [{ provider: 'polly', config: {} }],
        termination_condition: { provider: 'briefly', config: {} }
      }
    }
    const at = filesOf({ 't.ts': tools, 'x.json': team, 'y.json': { provider: 'parrots', config: {} } })
    for (const file of ['x.json', 'y.json']) {
      const { out, code } = await run(at(file), '--tools', at('t.ts'))
      expect(out).toContain('"content":"hello"')
      expect(code).toBe(0)
    }
  })
  test.each([
    ['export const x = 1', /exports nothing that can be registered/],
    ['throw new Error("broken")', /cannot be loaded: broken/],
    ["import 'no-such-package'", /cannot be loaded: .*no-such-package/]
  ])('that is of no use is refused: %s', async (source, expected) => {
    const at = filesOf({ 'x.json': calling(registered, 'double', {}), 't.ts': source })
    const { out, code } = await run(at('x.json'), '--tools', at('t.ts'))
    expect(out).toMatch(expected)
    expect(code).toBe(1)
  })
  test('may not bring a name twice', async () => {
    const at = filesOf({ 'x.json': calling(registered, 'double', {}), 't.ts': tools, 'u.ts': tools })
    expect((await run(at('x.json'), '--tools', at('t.ts'), '--tools', at('u.ts'))).out).toContain(
      'named \\"double\\" already'
    )
  })
})

const kinds = `import { defineAgent, defineCondition, defineMemory, defineModel, defineTeam } from 'troupe'
import { z } from 'zod'
export const echo = defineAgent({ provider: 'my.agents.Echo', config: z.object({ prefix: z.string() }), work: (heard, turn, { prefix }) => prefix + heard.at(-1).content })
export const parrot = defineModel({ provider: 'my.models.Parrot', config: z.object({ text: z.string() }), create: (request, call, { text }) => text })
export const panel = defineTeam({ provider: 'my.teams.Panel', selector: () => ({ begin: () => 0, next: (at, names) => ({ state: at + 1, speakers: [names[at % names.length]] }) }) })
export const notes = defineMemory({ provider: 'my.memories.Notes', create: () => ({ add: async () => {}, query: async () => [], update: async () => ({ messages: [], memories: [] }), clear: async () => {} }) })
`

test('kinds of components that a module defines are found by their providers, whatever their configs want', async () => {
  const agent = {
    provider: 'my.agents.Echo',
    component_type: 'agent',
    config: { name: 'a', prefix: 'You said ' }
  }
  const b = assistant('b', { provider: 'my.models.Parrot', config: { text: 'Hello.' } })
  const memory = [{ provider: 'my.memories.Notes', config: {} }]
  const team = {
    provider: 'my.teams.Panel',
    config: { participants: [agent, { ...b, config: { ...b.config, memory } }], max_turns: 2 }
  }
  const at = filesOf({ 'kinds.ts': kinds, 'team.json': team as never })
  const { out, code } = await run(at('team.json'), '--tools', at('kinds.ts'))
  expect(code).toBe(0)
  expect(out).toContain('"content":"You said Go."')
  expect(out).toContain('"content":"Hello."')
})
