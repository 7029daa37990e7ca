import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/run.ts'
import { validateCommand } from '../../src/cli/validate.ts'
import { filesOf, runCommandHere } from '../support/command.ts'
import { assistant, replayModel, roundRobin } from '../support/some-teams.ts'

const team = () => roundRobin([assistant('a', replayModel(['hi']))], 2)
const validate = (...args: string[]) => runCommandHere(validateCommand, ...args)

/** What `validate` says of one file with this content. */
async function saidOf(content: unknown, name = 'x.json') {
  const file = filesOf({ [name]: content })(name)
  const { code, out } = await validate(file)
  return { code, text: out.replaceAll(file, 'FILE') }
}

/** Studio of January 2025. */
const oldTeam = {
  ...{ version: '1.0.0', component_type: 'team', name: 'my team', team_type: 'RoundRobinGroupChat' },
  participants: [
    {
      ...{ component_type: 'agent', name: 'a', agent_type: 'AssistantAgent', description: 'D', tools: [] },
      model_client: {
        ...{ component_type: 'model', model: 'gpt-4o-mini', model_type: 'OpenAIChatCompletionClient' },
        ...{ api_key: 'k', base_url: null }
      }
    },
    { component_type: 'agent', name: 'u', agent_type: 'UserProxyAgent' }
  ],
  termination_condition: {
    ...{ component_type: 'termination', termination_type: 'CombinationTermination', operator: 'or' },
    conditions: [
      { component_type: 'termination', termination_type: 'TextMentionTermination', text: 'STOP' },
      { component_type: 'termination', termination_type: 'MaxMessageTermination', max_messages: 4 }
    ]
  }
}

describe('troupe validate says what a file is', () => {
  test.each([
    ['a team', team(), 0, /^FILE: valid$/],
    ['a row', { id: 1, user_id: 'u', component: team() }, 0, /taken out of "component".*\nFILE: valid/],
    ['a row whose column is a text', { id: 1, component: JSON.stringify(team()) }, 0, /FILE: valid/],
    ["an answer of Studio's API", { status: true, data: { id: 1, component: team() } }, 0, /FILE: valid/],
    [
      'a team of Studio before 0.4.1',
      oldTeam,
      0,
      /team_type "RoundRobinGroupChat".*agent_type.*model_type.*FILE: valid$/s
    ],
    ['a model of AutoGen 0.2', { model: 'gpt-4', api_key: 'k' }, 0, /was made a component.*\nFILE: valid/],
    [
      'a gallery',
      { id: 'g', name: 'G', components: { teams: [team()], agents: [{ provider: 'x.Y', config: {} }] } },
      1,
      /components\.teams\[0\]: valid.*components\.agents\[0\]\.provider: .*"x\.Y".*2 components, 1 of them not valid/s
    ],
    [
      'a gallery of Studio before 0.4.1',
      { id: 'g', name: 'G', items: { teams: [oldTeam], components: { models: [] } } },
      0,
      /1 components, all valid/
    ],
    [
      'a saved state',
      { type: 'TeamState', agent_states: { a: {}, SwarmManager: { current_turn: 0 } } },
      1,
      /a saved state of a team \(Swarm\) with the participants a.*--state-in/
    ],
    [
      'a state of one agent',
      { type: 'AssistantAgentState', llm_context: {} },
      1,
      /a saved state of a part of a team/
    ],
    [
      'messages',
      [
        { source: 'user', content: 'x', type: 'TextMessage' },
        { source: 'a', content: 'y' }
      ],
      1,
      /a list of messages.*--task-json/
    ],
    ['components', [team(), team()], 1, /a list of 2 components/],
    ['a result', { task_result: {}, usage: '' }, 1, /the result of a run/],
    ['a workflow of Studio 0.2', { name: 'w', sender: {}, receiver: {} }, 1, /before 0\.4/],
    ['MCP servers', { mcpServers: {} }, 1, /McpWorkbench/],
    ['an object', { a: 1 }, 1, /a JSON object without "provider" and "config".*this has a/],
    ['a number', 3, 1, /a number, not a component/],
    ['nothing', '', 1, /FILE: empty/],
    ['broken JSON', '{"provider": ', 1, /^FILE is not JSON: /]
  ])('%s', async (_, content, code, expected) => {
    const said = await saidOf(typeof content === 'number' ? JSON.stringify(content) : content)
    expect(said.text).toMatch(expected)
    expect(said.code).toBe(code)
  })
  test.each([
    [
      'team.yaml',
      'provider: autogen_ext.models.openai.OpenAIChatCompletionClient\nconfig:\n  model: gpt-4o\n',
      0,
      /valid/
    ],
    ['model.yml', 'provider: OpenAIChatCompletionClient\nconfig:\n  model: gpt-4o\n', 0, /valid/],
    ['bad.yaml', 'a: [1', 1, /is not YAML/],
    ['team.py', 'from autogen_agentchat.agents import AssistantAgent\n', 1, /Python source.*dump_component/],
    ['notes.txt', 'Just a note.', 1, /plain text/],
    ['studio.db', 'SQLite format 3\0…', 1, /troupe import/],
    ['run.jsonl', '{"type":"TextMessage"}\n{"type":"TextMessage"}\n', 1, /a JSON value on each line/]
  ])('%s', async (name, content, code, expected) => {
    const said = await saidOf(content, name)
    expect(said.text).toMatch(expected)
    expect(said.code).toBe(code)
  })
  test('that is not there', async () => {
    expect((await validate('/no/such/file')).out).toBe('/no/such/file cannot be read: ENOENT')
  })
})

describe('troupe validate says all that is wrong', () => {
  test('at once, each with its place and a way out', async () => {
    const python = {
      provider: 'autogen_core.tools.FunctionTool',
      config: { name: 'f', source_code: 'def f(): ...' }
    }
    const a = assistant('a', { provider: 'autogen_ext.models.openai.OpenAiChatCompletionClient', config: {} })
    const agents = [
      { ...a, config: { ...a.config, tools: [python], max_tool_iterations: 0 } },
      {
        provider: 'autogen_agentchat.agents.AsistantAgent',
        config: { model_client: { provider: 'my.Model', config: {} } }
      },
      { provider: 'autogen_ext.agents.openai.OpenAIAssistantAgent', config: {} }
    ]
    const { text } = await saidOf(roundRobin(agents, 2))
    const place = (at: string) =>
      text.split('\n').find((line) => line.startsWith(`FILE: config.participants${at}: `))
    expect(place('[0].config.model_client.provider')).toContain(
      'Do you mean "autogen_ext.models.openai.OpenAIChatCompletionClient"'
    )
    expect(place('[0].config.tools[0].config')).toContain('--allow-python-tools')
    expect(place('[0].config.max_tool_iterations')).toBeDefined()
    expect(place('[1].provider')).toContain('Do you mean "autogen_agentchat.agents.AssistantAgent"')
    expect(place('[1].config.model_client.provider')).toContain('--tools FILE')
    expect(place('[2].provider')).toContain('use an AssistantAgent')
  })
  test('and nothing, where numbers and truth values are texts', async () => {
    const written = roundRobin([assistant('a', replayModel(['x']))], 2)
    const config = { ...written.config, max_turns: '3', emit_team_events: 'no' }
    expect((await saidOf({ ...written, version: '1', config })).text).toBe('FILE: valid')
    expect((await saidOf({ ...written, config: { ...config, max_turns: '3.5' } })).text).toMatch(
      /^FILE: config\.max_turns: /
    )
    expect((await saidOf({ ...written, config: { ...config, max_turns: 'three' } })).text).toMatch(
      /^FILE: config\.max_turns: /
    )
  })
})

describe('troupe validate --fix', () => {
  test('writes what can be mended and keeps what was there', async () => {
    const file = filesOf({ 'x.json': oldTeam })('x.json')
    const before = readFileSync(file, 'utf8')
    const fixed = await validate('--fix', file)
    expect(fixed.out).toMatch(
      /mended: component: team_type.*mended: component: the name "my team" is its label only.*x\.json\.orig$/s
    )
    expect(readFileSync(`${file}.orig`, 'utf8')).toBe(before)
    expect(await validate(file)).toMatchObject({ code: 0, out: `${file}: valid` })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      provider: 'autogen_agentchat.teams.RoundRobinGroupChat',
      label: 'my team',
      config: { termination_condition: { provider: 'autogen_agentchat.base.OrTerminationCondition' } }
    })
    expect((await validate('--fix', file)).out).toBe(`${file}: valid, nothing to mend`)
  })
  test('writes short names and numbers in full, and leaves out tools that nothing can load', async () => {
    const model = { provider: 'OpenAIChatCompletionClient', config: { model: 'gpt-4o', temperature: '0.5' } }
    const a = assistant('a', model)
    const tools = [
      { provider: 'langchain.Tool', config: {} },
      {
        provider: 'autogen_core.tools.FunctionTool',
        config: {
          name: 'calculator',
          description: 'd',
          source_code: 'def calculator(a, b, operator): ...',
          global_imports: []
        }
      }
    ]
    const file = filesOf({ 'x.json': roundRobin([{ ...a, config: { ...a.config, tools } }], 2) })('x.json')
    const { out, code } = await validate('--fix', file)
    expect(out).toMatch(/tools\[0\] is left out.*"langchain\.Tool"/)
    expect(out).toMatch(/model_client\.provider: "OpenAIChatCompletionClient" is written "autogen_ext/)
    expect(out).toMatch(/model_client\.config\.temperature: "0\.5" is written 0\.5/)
    expect(code).toBe(0)
    expect((await validate(file)).out).toContain(
      '"calculator" is the function of this name that comes with Troupe'
    )
  })
  test('mends what it can of a file that still has something wrong, and says what', async () => {
    const file = filesOf({ 'x.yaml': 'provider: OpenAIChatCompletionClient\nconfig:\n  temperature: 1\n' })(
      'x.yaml'
    )
    const { out, code } = await validate('--fix', file)
    expect(out).toMatch(/config\.model: /)
    expect(code).toBe(1)
    const other = filesOf({ 'y.yaml': 'provider: OpenAIChatCompletionClient\nconfig:\n  model: m\n' })(
      'y.yaml'
    )
    await validate('--fix', other)
    expect(readFileSync(other, 'utf8')).toContain(
      'provider: autogen_ext.models.openai.OpenAIChatCompletionClient'
    )
  })
})

describe('troupe run', () => {
  test('takes a team of any age and form', async () => {
    const yaml = JSON.stringify(team()).replace(/^/, 'component: ')
    const file = filesOf({ 'row.yaml': yaml })('row.yaml')
    const { code, out } = await runCommandHere(runCommand, file, '--task', 'Go.', '--jsonl')
    expect(code).toBe(0)
    expect(out).toContain('"content":"hi"')
  })
  test('says what a file is that is no team', async () => {
    const file = filesOf({ 'x.json': { type: 'TeamState', agent_states: {} } })('x.json')
    const { code, out } = await runCommandHere(runCommand, file, '--task', 'Go.', '--jsonl')
    expect(code).toBe(1)
    expect(JSON.parse(out).error.message).toMatch(/a saved state of a team/)
  })
})
