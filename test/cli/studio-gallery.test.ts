import { describe, expect, onTestFinished, test } from 'vitest'
import { validateCommand } from '../../src/cli/validate.ts'
import { permit } from '../../src/runtime/components/permissions.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { hasBrowser } from '../support/browser.ts'
import { filesOf, runCommandHere } from '../support/command.ts'
import { scripted } from '../support/scripted.ts'
import type { Part } from '../support/some-teams.ts'

// A gallery with all sorts of components that Studio's own has, in the shape in which Studio writes it.

const component = (provider: string, component_type: string, config: object): Part => ({
  ...{
    provider,
    component_type,
    version: 1,
    component_version: 1,
    description: null,
    label: provider.split('.').at(-1)
  },
  config: config as Record<string, unknown>
})
const stock = (name: string, signature: string) =>
  component('autogen_core.tools.FunctionTool', 'tool', {
    ...{ name, description: name, global_imports: ['os'], has_cancellation_support: false },
    source_code: `async def ${name}(${signature}) -> str:\n    raise NotImplementedError\n`
  })
const search =
  'query: str, num_results: int = 3, include_snippets: bool = True, include_content: bool = True, content_max_length: Optional[int] = 10000, language: str = "en", country: Optional[str] = None'
const tools = [
  stock('calculator', 'a: float, b: float, operator: str'),
  stock(
    'generate_image',
    'query: str, output_dir: Optional[Path] = None, image_size: Literal["1024x1024", "512x512"] = "1024x1024"'
  ),
  stock(
    'generate_pdf',
    'sections: List[Dict[str, Optional[str]]], output_file: str = "report.pdf", report_title: str = "PDF Report"'
  ),
  stock(
    'fetch_webpage',
    'url: str, include_images: bool = True, max_length: Optional[int] = None, headers: Optional[Dict[str, str]] = None'
  ),
  stock('fetch_website', 'url: str'),
  stock('bing_search', `${search}, safe_search: str = "moderate", response_filter: str = "webpages"`),
  stock('google_search', `${search}, safe_search: bool = True`),
  component('autogen_ext.tools.code_execution.PythonCodeExecutionTool', 'tool', {
    executor: component('autogen_ext.code_executors.local.LocalCommandLineCodeExecutor', 'code_executor', {
      timeout: 360,
      work_dir: '.coding',
      functions_module: 'functions',
      cleanup_temp_files: true
    }),
    description: 'Execute Python code blocks.'
  })
]
const model = () => scripted(['one', 'TERMINATE', 'TERMINATE'])
const bench = (...inside: Part[]) =>
  component('autogen_core.tools.StaticWorkbench', 'workbench', { tools: inside })
const agent = (name: string, ...inside: Part[]) =>
  component('autogen_agentchat.agents.AssistantAgent', 'agent', {
    ...{ name, model_client: model(), workbench: [bench(...inside)], description: name, system_message: 'S' },
    model_context: component(
      'autogen_core.model_context.UnboundedChatCompletionContext',
      'chat_completion_context',
      {}
    ),
    ...{
      model_client_stream: false,
      reflect_on_tool_use: false,
      tool_call_summary_format: '{result}',
      metadata: {}
    }
  })
const surfer = component('autogen_ext.agents.web_surfer.MultimodalWebSurfer', 'agent', {
  ...{
    name: 'websurfer_agent',
    model_client: model(),
    headless: true,
    start_page: 'about:blank',
    animate_actions: false
  },
  ...{ to_save_screenshots: false, use_ocr: false, to_resize_viewport: true, description: 'S' }
})
const until = component('autogen_agentchat.base.OrTerminationCondition', 'termination', {
  conditions: [
    component('autogen_agentchat.conditions.TextMentionTermination', 'termination', { text: 'TERMINATE' }),
    component('autogen_agentchat.conditions.MaxMessageTermination', 'termination', {
      max_messages: 10,
      include_agent_event: false
    })
  ]
})
const team = (type: string, participants: Part[], more: object = {}) =>
  component(`autogen_agentchat.teams.${type}`, 'team', {
    participants,
    termination_condition: until,
    emit_team_events: false,
    ...more
  })
const chooser = { model_client: scripted(Array(9).fill('assistant_agent')), allow_repeated_speaker: true }
const person = component('autogen_agentchat.agents.UserProxyAgent', 'agent', {
  name: 'user_proxy',
  description: 'U'
})
const teams = [
  team('RoundRobinGroupChat', [agent('assistant_agent', tools[0]!)]),
  team('SelectorGroupChat', [agent('assistant_agent', tools[0]!), agent('critic_agent')], chooser),
  team('SelectorGroupChat', [surfer, agent('assistant_agent'), person], chooser),
  team(
    'SelectorGroupChat',
    [agent('assistant_agent', tools[3]!, tools[6]!), agent('verifier'), agent('summary_agent')],
    chooser
  )
]
const gallery = {
  id: 'g',
  name: 'G',
  url: null,
  metadata: { author: 'A', version: '1.0.0' },
  components: {
    agents: [agent('assistant_agent', tools[0]!), surfer, person],
    models: [model()],
    tools,
    terminations: [until],
    teams,
    workbenches: [
      bench(tools[0]!, tools[3]!),
      component('autogen_ext.tools.mcp.McpWorkbench', 'workbench', {
        server_params: {
          type: 'StdioServerParams',
          command: 'uv',
          args: ['tool', 'run', 'mcp-server-fetch'],
          read_timeout_seconds: 60
        },
        tool_overrides: {}
      })
    ]
  }
}

describe("a gallery with all that Studio's own has", () => {
  test('loads whole, and its functions are the ones that come with Troupe', async () => {
    const file = filesOf({ 'g.json': gallery })('g.json')
    const { out, code } = await runCommandHere(validateCommand, file)
    expect(out).toContain('a gallery of 19 components, all valid')
    for (const name of [
      'calculator',
      'generate_image',
      'generate_pdf',
      'fetch_webpage',
      'fetch_website',
      'bing_search',
      'google_search'
    ])
      expect(out).toContain(`"${name}" is the function of this name that comes with Troupe.`)
    expect(code).toBe(0)
  })
  for (const [i, one] of teams.entries())
    test.skipIf(i === 2 && !hasBrowser)(
      `has teams that run to their end: ${one.provider.split('.').at(-1)} ${i}`,
      async () => {
        const loaded = permit(new Registry(), { mcpCommands: [], codeExecution: false }).load<Team>(
          one,
          'team'
        )
        onTestFinished(() => loaded.close())
        const { stopReason } = await loaded.run({ task: 'Go.', input: async () => 'fine' })
        expect(stopReason).toMatch(/TERMINATE|Maximum number of messages/)
      },
      60_000
    )
})
