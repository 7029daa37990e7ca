import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../../src/cli/run.ts'
import { validateCommand } from '../../src/cli/validate.ts'
import { assistant, type Part, roundRobin } from '../support/some-teams.ts'

const server = fileURLToPath(new URL('../tools/mcp/mcp-server.ts', import.meta.url))
const model_info = {
  vision: false,
  function_calling: true,
  json_output: false,
  structured_output: false,
  family: 'unknown'
}

/** A team that adds with a tool of an MCP server that is started as a process. */
function adder(): Part {
  const call = { id: 'c1', name: 'add', arguments: '{"a":1,"b":2}' }
  const usage = { prompt_tokens: 0, completion_tokens: 0 }
  const model = {
    provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
    config: {
      model_info,
      chat_completions: [{ finish_reason: 'function_calls', content: [call], usage, cached: false }]
    }
  }
  const agent = assistant('adder', model)
  const server_params = { type: 'StdioServerParams', command: process.execPath, args: [server] }
  const workbench = {
    provider: 'autogen_ext.tools.mcp.McpWorkbench',
    config: { server_params: { ...server_params, read_timeout_seconds: 20 } }
  }
  return roundRobin([{ ...agent, config: { ...agent.config, workbench: [workbench] } }], 2)
}

/** A team that runs the code it is given. */
const runner = (): Part =>
  roundRobin(
    [
      {
        provider: 'autogen_agentchat.agents.CodeExecutorAgent',
        config: {
          name: 'runner',
          code_executor: {
            provider: 'autogen_ext.code_executors.local.LocalCommandLineCodeExecutor',
            config: {}
          }
        }
      }
    ],
    2
  )

/** Runs a command with a team's file; gives its exit code and the lines it wrote. */
async function command(name: typeof runCommand, team: Part, ...flags: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'team.json')
  writeFileSync(file, JSON.stringify(team))
  const lines: string[] = []
  const io = { stdout: (line: string) => void lines.push(line), stderr: () => {}, isTerminal: false }
  const code = await name([file, ...flags], io)
  return { code, text: lines.join('\n') }
}

const code = ['--jsonl', '--task', '```sh\necho $((40 + 2))\n```']

describe('troupe run', () => {
  test('starts no MCP server unless it is told that it may', async () => {
    const refused = await command(runCommand, adder(), '--jsonl', '--task', 'Go.')
    expect(refused.code).toBe(1)
    expect(refused.text).toContain('--allow-mcp-command')
    const other = await command(runCommand, adder(), '--task', 'Go.', '--allow-mcp-command', 'npx')
    expect(other.code).toBe(1)
  })

  test('starts the MCP servers that it may start', async () => {
    const flags = ['--allow-mcp-command', 'npx', '--allow-mcp-command', `${process.execPath} ${server}`]
    const { code, text } = await command(runCommand, adder(), '--jsonl', '--task', 'Go.', ...flags)
    expect(text).toContain('"content":"3"')
    expect(code).toBe(0)
  })

  test('runs code only when it is told that it may', async () => {
    const refused = await command(runCommand, runner(), ...code)
    expect(refused.code).toBe(1)
    expect(refused.text).toContain('--allow-code-execution')
    const allowed = await command(runCommand, runner(), ...code, '--allow-code-execution')
    expect(allowed.text).toContain('"content":"42\\n"')
    expect(allowed.code).toBe(0)
  })
})

test('troupe validate starts nothing, and finds nothing wrong with what would need leave to be started', async () => {
  expect(await command(validateCommand, adder())).toMatchObject({ code: 0 })
  expect(await command(validateCommand, runner())).toMatchObject({ code: 0 })
})
