import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { permit } from '../../../src/runtime/components/permissions.ts'
import { dump, Registry } from '../../../src/runtime/components/registry.ts'
import { McpWorkbench } from '../../../src/runtime/tools/mcp/workbench.ts'
import type { ToolCall } from '../../../src/runtime/tools/tool.ts'
import { replayModel } from '../../support/some-teams.ts'
import { callOf } from '../tool-call.ts'

const program = fileURLToPath(new URL('./odd-server.ts', import.meta.url))
const signal = new AbortController().signal
const paramsOf = (odd: string, mark = '', seconds = 20) => ({
  ...{ type: 'StdioServerParams' as const, command: process.execPath, args: [program, odd, mark] },
  read_timeout_seconds: seconds
})

/** A workbench whose server is odd in a way; it is stopped when the test is over. */
function odd(how: string, mark?: string, seconds?: number): McpWorkbench {
  const made = new McpWorkbench(paramsOf(how, mark, seconds))
  onTestFinished(() => made.stop())
  return made
}
const names = async (workbench: McpWorkbench) => (await workbench.listTools(signal)).map(({ name }) => name)
const called = (workbench: McpWorkbench, name = 'get', more: Partial<ToolCall> = {}) =>
  workbench.callTool(name, {}, callOf(more))

describe('an MCP server', () => {
  test('may print lines that are no messages, before it speaks and before its answers', async () => {
    const workbench = odd('chatty')
    expect(await names(workbench)).toEqual(['get'])
    expect(await called(workbench)).toEqual({ content: 'done', isError: false })
  })
  test('whose list of tools has no end is refused, not read for ever', async () => {
    await expect(odd('endless').listTools(signal)).rejects.toThrow(
      /does not tell its tools: Its list of tools does not end/
    )
  })
  test('whose list of tools goes round in a circle is read once round', async () => {
    expect(await names(odd('circle'))).toEqual(['tool0', 'tool1'])
  })
  test('may have tools that are not in the form of one: the others are there', async () => {
    const [good, strange] = await odd('malformed').listTools(signal)
    expect(good).toMatchObject({
      name: 'good',
      description: '',
      parameters: { type: 'object', properties: {} }
    })
    expect(strange).toMatchObject({ name: 'strange', parameters: { type: 'object' } })
  })
  test('whose names models do not take is offered under ones that they do, and called by its own', async () => {
    const workbench = odd('names')
    const shown = await names(workbench)
    for (const name of shown) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/)
    expect(new Set(shown).size).toBe(7)
    expect(shown.slice(0, 5)).toEqual(['docs_get_2', 'docs_get_3', 'docs_get', 'gr_e', '_1st'])
    expect(await called(workbench, 'docs_get_2')).toMatchObject({ content: 'called docs.get' })
    expect(await called(workbench, 'docs_get_3')).toMatchObject({ content: 'called docs get' })
    expect(await called(workbench, 'docs_get')).toMatchObject({ content: 'called docs_get' })
    expect(await called(workbench, 'docs.get')).toMatchObject({ content: 'called docs.get' })
  })
  test('that dies in a call is told of as a result, and started again for the next', async () => {
    const workbench = odd('dies')
    expect(await called(workbench)).toEqual({ content: expect.stringMatching(/closed/i), isError: true })
    expect(await names(workbench)).toEqual(['get'])
  })
  test('that hangs is given up after its time, and let go where it gives no sign of life', async () => {
    const workbench = odd('hangs', '', 0.4)
    expect(await called(workbench)).toEqual({
      content: 'Request timed out: the MCP server has given no answer within 0.4 s.',
      isError: true
    })
    expect(await names(workbench)).toEqual(['get'])
  }, 15_000)
  test('that tells of its progress may take longer', async () => {
    expect(await called(odd('slow', '', 0.4))).toEqual({ content: 'at last', isError: false })
  })
  test('whose result is longer than may be is told of, and goes on', async () => {
    const workbench = odd('huge', String(33 * 2 ** 20))
    expect(await called(workbench)).toEqual({
      content: 'The result has 34603008 characters; 33554432 are allowed.',
      isError: true
    })
    expect(await names(workbench)).toEqual(['get'])
  }, 20_000)
  test('whose message is longer than may be is told of, and goes on', async () => {
    const workbench = odd('huge', String(65 * 2 ** 20), 60)
    expect(await called(workbench)).toMatchObject({
      content: expect.stringMatching(/longer than 67108864 bytes/),
      isError: true
    })
    expect(await names(workbench)).toEqual(['get'])
  }, 60_000)
  test('whose tools change in the middle of a call is asked for them again', async () => {
    const workbench = odd('changes')
    const before = await workbench.listTools(signal)
    expect(await workbench.listTools(signal)).toBe(before)
    await called(workbench)
    expect(await workbench.listTools(signal)).not.toBe(before)
  })
  test.each([
    ['structured', '{"x":1}'],
    ['bare', '{"x":[1,2]}'],
    ['old', '{"y":2}'],
    ['schema', 'in words only']
  ])('may give data, with or without words: %s', async (how, content) => {
    const workbench = odd(how)
    await workbench.listTools(signal)
    expect(await called(workbench, how === 'schema' ? 'data' : 'get')).toEqual({ content, isError: false })
  })
  test('may give resources: texts as they are, others as a note', async () => {
    const { content } = await called(odd('resource'))
    expect(content.split('\n')).toEqual([
      '{"type":"resource","resource":{"uri":"file:///a","text":"inside","mimeType":"text/plain"}}',
      '[Resource file:///b: application/pdf, 3000 bytes]',
      '{"type":"resource_link","uri":"file:///c","name":"c"}',
      '{"type":"hologram","text":"new"}'
    ])
  })
})

describe('a connection that several share', () => {
  test('is not broken by one who leaves while it is made', async () => {
    const workbench = odd('late')
    const leave = new AbortController()
    const first = workbench.listTools(leave.signal)
    const second = names(workbench)
    leave.abort(new Error('I leave.'))
    await expect(first).rejects.toThrow('I leave.')
    expect(await second).toEqual(['get'])
  })
  test('is given up when all have left', async () => {
    const workbench = odd('late')
    const leave = new AbortController()
    const both = [workbench.listTools(leave.signal), workbench.listTools(leave.signal)]
    leave.abort(new Error('We leave.'))
    for (const one of both) await expect(one).rejects.toThrow('We leave.')
    expect(await names(workbench)).toEqual(['get'])
  })
})

describe('an MCP server that asks', () => {
  const schema = (properties: object, required = Object.keys(properties)) =>
    JSON.stringify({ type: 'object', properties, required })
  const answered = async (form: string, ...answers: string[]) => {
    const prompts: string[] = []
    const askAs = async ({ prompt }: { prompt: string }) => {
      prompts.push(prompt)
      return answers.shift()!
    }
    const { content } = await called(odd('asks', form), 'get', { askAs })
    return { answer: JSON.parse(content), prompts }
  }
  test('a person is answered by the person of the run', async () => {
    const { answer, prompts } = await answered(
      schema({ count: { type: 'integer', description: 'Eggs' } }),
      '3'
    )
    expect(answer).toEqual({ action: 'accept', content: { count: 3 } })
    expect(prompts[0]).toMatch(/asks: How many\?\n- count \(integer\): Eggs\nAnswer with the value/)
  })
  test('for several things takes lines or JSON, and asks again where they do not fit', async () => {
    const form = schema(
      { count: { type: 'integer' }, fresh: { type: 'boolean' }, note: { type: 'string' } },
      ['count', 'fresh']
    )
    const { answer, prompts } = await answered(form, 'count: many', 'count: 4\nfresh: yes')
    expect(answer).toEqual({ action: 'accept', content: { count: 4, fresh: true } })
    expect(prompts[1]).toMatch(/does not fit: count: /)
    expect((await answered(form, '{"count": 1, "fresh": false, "note": "n"}')).answer.content).toEqual({
      count: 1,
      fresh: false,
      note: 'n'
    })
  })
  test('is told that a person declines, or that nobody is there', async () => {
    const form = schema({ count: { type: 'integer' } })
    expect((await answered(form, 'decline')).answer).toEqual({ action: 'decline' })
    expect((await answered(form, '')).answer).toEqual({ action: 'cancel' })
    expect(JSON.parse((await called(odd('asks', form))).content)).toEqual({ action: 'cancel' })
  })
  test('does not lose its time while a person thinks', async () => {
    const askAs = () => new Promise<string>((resolve) => setTimeout(resolve, 700, '2'))
    const workbench = odd('asks', schema({ count: { type: 'integer' } }), 0.5)
    await workbench.listTools(signal)
    expect(await called(workbench, 'get', { askAs })).toMatchObject({ isError: false })
  })

  const host = {
    provider: 'autogen_ext.tools.mcp.McpSessionHost',
    config: {
      sampler: {
        provider: 'autogen_ext.tools.mcp.ChatCompletionClientSampler',
        config: { client_config: replayModel(['It.']) }
      },
      elicitor: { provider: 'autogen_ext.tools.mcp.StdioElicitor', config: { timeout: null } },
      roots: {
        provider: 'autogen_ext.tools.mcp.StaticRootsProvider',
        config: { roots: [{ uri: 'file:///r', name: 'r' }] }
      }
    }
  }
  const hosted = (how: string) => {
    const component = {
      provider: 'autogen_ext.tools.mcp.McpWorkbench',
      config: { server_params: paramsOf(how), host }
    }
    const registry = permit(new Registry(), { mcpCommands: 'any', codeExecution: false })
    const workbench = registry.load<McpWorkbench>(component, 'workbench')
    onTestFinished(() => workbench.stop())
    return workbench
  }
  test('a model is answered by the sampler of its host', async () => {
    expect(JSON.parse((await called(hosted('samples'))).content)).toMatchObject({
      role: 'assistant',
      content: { type: 'text', text: 'It.' },
      stopReason: 'endTurn'
    })
  })
  test('for roots is told those of its host', async () => {
    expect(JSON.parse((await called(hosted('roots'))).content)).toEqual({
      roots: [{ uri: 'file:///r', name: 'r' }]
    })
  })
  test('a model without a host is told that there is none', async () => {
    expect((await called(odd('samples'))).content).toContain('error')
  })
  test('is dumped with its host', () => {
    expect(dump(hosted('samples')).config.host).toMatchObject(host)
  })
})
