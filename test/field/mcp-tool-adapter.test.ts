import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { permit } from '../../src/runtime/components/permissions.ts'
import { dump, Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { scripted } from '../support/scripted.ts'
import { team } from '../support/some-teams.ts'

const program = fileURLToPath(new URL('../tools/mcp/mcp-server.ts', import.meta.url))
const adapter = (name: string, env: Record<string, string> | null = null) => ({
  provider: 'autogen_ext.tools.mcp.StdioMcpToolAdapter',
  component_type: 'tool',
  config: {
    server_params: {
      type: 'StdioServerParams',
      command: process.execPath,
      args: [program],
      env,
      read_timeout_seconds: 20
    },
    tool: {
      ...{ name, description: 'Adds.' },
      inputSchema: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b']
      }
    }
  }
})
const teamWith = (tool: object, called: string) =>
  team('RoundRobinGroupChat', {
    max_turns: 1,
    participants: [
      {
        provider: 'autogen_agentchat.agents.AssistantAgent',
        config: { name: 'a', tools: [tool], model_client: scripted([[called, { a: 1, b: 2 }], 'x']) }
      }
    ]
  })
const load = (component: object, mcpCommands: string[]) =>
  permit(new Registry(), { mcpCommands, codeExecution: false }).load<Team>(component, 'team')

describe('a single tool of an MCP server', () => {
  test('is called at its server, which is started where the operator allows its command', async () => {
    const loaded = load(teamWith(adapter('add'), 'add'), [process.execPath])
    onTestFinished(() => loaded.close())
    const { messages } = await loaded.run({ task: 'go' })
    expect(messages.at(-1)).toMatchObject({ type: 'ToolCallSummaryMessage', content: '3' })
  }, 30_000)

  test('is offered under a name that models take, and what its server says of a failure is the result', async () => {
    const loaded = load(teamWith(adapter('add.up'), 'add_up'), [process.execPath])
    onTestFinished(() => loaded.close())
    const { messages } = await loaded.run({ task: 'go' })
    expect(messages.at(-1)).toMatchObject({ content: expect.stringMatching(/add\.up.*not found/i) })
  }, 30_000)

  test('loads without the type of its server, as the first versions of AutoGen wrote it', () => {
    const { config, ...rest } = adapter('add')
    const { type: _, ...server_params } = config.server_params
    const old = { ...rest, config: { ...config, server_params } }
    const loaded = load(teamWith(old, 'add'), [process.execPath])
    expect(JSON.stringify(dump(loaded))).toContain('"type":"StdioServerParams"')
  })

  test('does not load where the operator has not allowed its command, and the reason names the option', () => {
    expect(() => load(teamWith(adapter('add'), 'add'), [])).toThrow(/tools\[0\].*--allow-mcp-command/)
  })
})

describe('the environment of an MCP server in a config', () => {
  test.each(['NODE_ENV', 'PYTHONUNBUFFERED', 'PYTHONIOENCODING', 'API_KEY'])('may hold %s', (name) => {
    const loaded = load(teamWith(adapter('add', { [name]: '1' }), 'add'), [process.execPath])
    expect(loaded).toBeDefined()
  })
  test.each(['NODE_OPTIONS', 'PYTHONPATH', 'PYTHONWARNINGS', 'LD_PRELOAD', 'PATH'])(
    'may not hold %s, by which an allowed program would run other code',
    (name) => {
      const loading = () => load(teamWith(adapter('add', { [name]: '1' }), 'add'), [process.execPath])
      expect(loading).toThrow(`A config may not set ${name}`)
    }
  )
})
