import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { permit } from '../../src/runtime/components/permissions.ts'
import { problemsInside } from '../../src/runtime/components/problems.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import { McpWorkbench } from '../../src/runtime/tools/mcp/workbench.ts'
import type { Tool } from '../../src/runtime/tools/tool.ts'
import { aCall, canIsolate, hasPython } from '../support/python.ts'
import { scripted } from '../support/scripted.ts'
import { callOf } from '../tools/tool-call.ts'
import { everyComponent } from './every-component.ts'

// Each test holds what was wrong in a public bug report; the number in its title is that of microsoft/autogen.

const signal = new AbortController().signal
const registry = () => {
  const isolation = { unsafe: !canIsolate }
  return permit(new Registry(), {
    mcpCommands: [],
    codeExecution: false,
    isolation,
    python: { program: 'python3' }
  })
}
const functionTool = (name: string, source_code: string, global_imports: unknown[] = []) => {
  const loaded = registry().load<Tool>(
    {
      provider: 'autogen_core.tools.FunctionTool',
      config: { name, source_code, global_imports, description: 'D', has_cancellation_support: false }
    },
    'tool'
  )
  onTestFinished(() => loaded.close?.())
  return loaded
}

describe.skipIf(!hasPython)('a Python function of a config', () => {
  test('has its imports in every form in which AutoGen writes them (5606)', async () => {
    const source =
      'def where(name: str) -> str:\n    return json.dumps([path.join("a", name), sqrt(int(name)), dt.date(2024, 1, 2).isoformat()])\n'
    const imports = [
      'json',
      { module: 'os', imports: ['path', 'listdir'] },
      { module: 'math', imports: ['sqrt'] },
      { name: 'datetime', alias: 'dt' }
    ]
    const text = await functionTool('where', source, imports.slice(0, 3).concat('datetime'))
      .run({ name: '4' }, aCall())
      .catch((error) => error.message)
    expect(text).toMatch(/dt/)
    expect(await functionTool('where', source, imports).run({ name: '4' }, aCall())).toBe(
      '["a/4", 2.0, "2024-01-02"]'
    )
  })

  test('that needs another one which was not written with it fails as a tool, by the name that is missing (6562)', async () => {
    const source =
      'def get_magic_number_tool(description: str = "Gets it.") -> str:\n    return str(get_magic_number())\n'
    await expect(functionTool('get_magic_number_tool', source).run({}, aCall())).rejects.toThrow(
      "name 'get_magic_number' is not defined"
    )
  })

  test('that needs a package which is not there is told before the run, with the package (5606)', async () => {
    const reader = functionTool('read', 'def read(file: str) -> str:\n    return PdfReader(file)\n', [
      { module: 'no_such_package_of_pdf', imports: ['PdfReader'] }
    ])
    const [problem] = await problemsInside(reader, signal)
    expect(problem?.text).toContain('no_such_package_of_pdf')
  })
})

describe('an agent', () => {
  test('that is given tools and a workbench is told what to do with the tools (7213)', () => {
    const http = everyComponent.find(({ provider }) => provider.endsWith('.HttpTool'))
    const workbench = { provider: 'autogen_core.tools.StaticWorkbench', config: { tools: [] } }
    const config = { name: 'a', model_client: scripted(['x']), tools: [http], workbench }
    const loading = () => new Registry().load({ provider: 'autogen_agentchat.agents.AssistantAgent', config })
    expect(loading).toThrow(/Tools cannot be used with a workbench.*StaticWorkbench/)
  })
})

describe('an MCP workbench', () => {
  const program = fileURLToPath(new URL('../tools/mcp/odd-server.ts', import.meta.url))
  const bench = (command: string, args: string[], seconds = 20) => {
    const made = new McpWorkbench({ type: 'StdioServerParams', command, args, read_timeout_seconds: seconds })
    onTestFinished(() => made.stop())
    return made
  }

  test('whose server cannot be started says so at once, with what the server wrote of it (6468)', async () => {
    const missing = bench(process.execPath, [
      '-e',
      'console.error("No module named local_mcp"); process.exit(1)'
    ])
    await expect(missing.listTools(signal)).rejects.toThrow(/cannot be reached.*No module named local_mcp/s)
    await expect(bench('no-such-command-here', []).listTools(signal)).rejects.toThrow(/no-such-command-here/)
  })

  test('whose server never answers gives up after its time, and the next call tries again (6468)', async () => {
    const silent = bench(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], 0.5)
    await expect(silent.listTools(signal)).rejects.toThrow(/cannot be reached/)
    expect(await silent.callTool('get', {}, callOf())).toMatchObject({ isError: true })
  })

  test('gives a tool its arguments whatever its schema holds: references, choices, none at all (7129)', async () => {
    const schema = {
      type: 'object',
      $defs: { Place: { type: 'object', properties: { city: { type: 'string' } } } },
      properties: {
        at: { anyOf: [{ $ref: '#/$defs/Place' }, { type: 'null' }], default: null },
        deep: { type: ['string', 'null'] }
      }
    }
    const config = {
      server_params: {
        type: 'StdioServerParams',
        command: process.execPath,
        args: [program, 'chatty', ''],
        read_timeout_seconds: 20
      },
      tool: { name: 'get', inputSchema: schema }
    }
    const load = permit(new Registry(), { mcpCommands: 'any', codeExecution: false })
    for (const inputSchema of [schema, undefined, null]) {
      const tool = load.load<Tool>({
        provider: 'autogen_ext.tools.mcp.StdioMcpToolAdapter',
        config: { ...config, tool: { ...config.tool, inputSchema } }
      })
      onTestFinished(() => tool.close?.())
      expect(await tool.run({ at: { city: 'Rome' }, deep: null }, callOf())).toEqual({
        content: 'done',
        isError: false
      })
      expect(tool.schema.parameters).toMatchObject({ type: 'object' })
    }
  })
})
