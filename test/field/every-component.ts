import type { Part } from '../support/some-teams.ts'

const part = (provider: string, config: Record<string, unknown> = {}): Part => ({ provider, config })

const replay = part('autogen_ext.models.replay.ReplayChatCompletionClient', {
  chat_completions: ['ok'],
  model_info: { vision: true, function_calling: true, json_output: true, family: 'gpt-4o' }
})
const context = (name: string, config = {}) =>
  part(`autogen_core.model_context.${name}ChatCompletionContext`, config)
const agent = (name: string, more: object = {}) =>
  part('autogen_agentchat.agents.AssistantAgent', {
    ...{ name, model_client: replay, description: 'D', system_message: 'S', model_client_stream: false },
    ...{ reflect_on_tool_use: false, tool_call_summary_format: '{result}', metadata: {} },
    ...more
  })
export const maxMessages = part('autogen_agentchat.conditions.MaxMessageTermination', { max_messages: 3 })
const condition = (name: string, config = {}) =>
  part(`autogen_agentchat.conditions.${name}Termination`, config)
const team = (name: string, more: object = {}) =>
  part(`autogen_agentchat.teams.${name}`, {
    ...{ participants: [agent('a'), agent('b')], termination_condition: maxMessages, ...more }
  })
const executor = part('autogen_ext.code_executors.local.LocalCommandLineCodeExecutor', {
  ...{ timeout: 60, work_dir: '.coding', functions_module: 'functions', cleanup_temp_files: true }
})
const httpTool = part('autogen_ext.tools.http.HttpTool', {
  ...{
    name: 'get',
    description: 'Gets.',
    scheme: 'http',
    host: '127.0.0.1',
    port: 1,
    path: '/',
    method: 'GET'
  },
  ...{ headers: null, json_schema: { type: 'object', properties: {} }, return_type: 'text', timeout: 5 }
})
const mcpTool = {
  ...{ name: 'get', title: null, description: 'Gets.', outputSchema: null, annotations: null, meta: null },
  inputSchema: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] }
}
const stdio = {
  ...{ type: 'StdioServerParams', command: 'uvx', args: ['mcp-server-fetch'], env: null, cwd: null },
  ...{ encoding: 'utf-8', encoding_error_handler: 'strict', read_timeout_seconds: 60 }
}
const sse = {
  type: 'SseServerParams',
  url: 'http://127.0.0.1:1/sse',
  headers: {},
  timeout: 5,
  sse_read_timeout: 300
}
const http = {
  ...sse,
  type: 'StreamableHttpServerParams',
  url: 'http://127.0.0.1:1/mcp',
  terminate_on_close: true
}
const mcp = (name: string, config: object) =>
  part(`autogen_ext.tools.mcp.${name}`, config as Record<string, unknown>)
const model = (provider: string, config: object) =>
  part(`autogen_ext.models.${provider}`, { api_key: 'k', ...config })

/** One component of every kind that AutoGen has and Troupe reads, in the words in which AutoGen writes it. */
export const everyComponent: readonly Part[] = [
  team('RoundRobinGroupChat', { max_turns: null, emit_team_events: false }),
  team('SelectorGroupChat', {
    model_client: replay,
    allow_repeated_speaker: false,
    max_selector_attempts: 3
  }),
  team('Swarm', { participants: [agent('a', { handoffs: ['b'] }), agent('b')] }),
  team('MagenticOneGroupChat', {
    model_client: replay,
    max_turns: 5,
    max_stalls: 3,
    final_answer_prompt: 'P'
  }),
  team('GraphFlow', {
    graph: {
      nodes: { a: { name: 'a', edges: [{ target: 'b' }], activation: 'all' }, b: { name: 'b', edges: [] } },
      default_start_node: null
    }
  }),
  agent('a', { tools: [httpTool], model_context: context('Unbounded'), memory: [] }),
  part('autogen_agentchat.agents.CodeExecutorAgent', {
    name: 'c',
    code_executor: executor,
    description: 'D'
  }),
  part('autogen_ext.agents.file_surfer.FileSurfer', { name: 'f', model_client: replay, description: null }),
  part('autogen_ext.agents.magentic_one.MagenticOneCoderAgent', { name: 'm', model_client: replay }),
  part('autogen_agentchat.agents.MessageFilterAgent', {
    ...{ name: 'm', wrapped_agent: agent('m') },
    filter: { per_source: [{ source: 'user', position: 'last', count: 1 }] }
  }),
  part('autogen_agentchat.agents.SocietyOfMindAgent', {
    ...{ name: 's', team: team('RoundRobinGroupChat'), model_client: replay, description: 'D' },
    ...{ instruction: 'I', response_prompt: 'R', model_context: context('Unbounded') }
  }),
  part('autogen_agentchat.agents.UserProxyAgent', { name: 'u', description: 'D', input_func: null }),
  part('autogen_ext.agents.web_surfer.MultimodalWebSurfer', {
    ...{
      name: 'w',
      model_client: replay,
      downloads_folder: null,
      description: 'D',
      debug_dir: null,
      headless: true
    },
    ...{
      start_page: 'https://example.org/',
      animate_actions: false,
      to_save_screenshots: false,
      use_ocr: false
    },
    ...{ browser_channel: null, browser_data_dir: null, to_resize_viewport: true }
  }),
  part('autogen_ext.tools.code_execution.PythonCodeExecutionTool', { executor, description: 'D' }),
  part('autogen_agentchat.messages.StructuredMessageFactory', {
    ...{
      json_schema: { type: 'object', title: 'R', properties: { a: { type: 'string' } }, required: ['a'] }
    },
    ...{ content_model_name: 'R', format_string: null }
  }),
  executor,
  httpTool,
  part('autogen_core.tools.FunctionTool', {
    ...{ name: 'calculator', description: 'D', global_imports: [], has_cancellation_support: false },
    source_code: 'def calculator(a: float, b: float, operator: str) -> str:\n    return ""\n'
  }),
  ...[stdio, sse, http].map((server_params) => mcp('McpWorkbench', { server_params, tool_overrides: {} })),
  mcp('StdioMcpToolAdapter', { server_params: stdio, tool: mcpTool }),
  mcp('SseMcpToolAdapter', { server_params: sse, tool: mcpTool }),
  mcp('StreamableHttpMcpToolAdapter', { server_params: http, tool: mcpTool }),
  mcp('McpSessionHost', { sampler: null, elicitor: null, roots: null }),
  mcp('ChatCompletionClientSampler', { client_config: replay }),
  mcp('StaticRootsProvider', { roots: [{ uri: 'file:///srv', name: null, meta: null }] }),
  mcp('StdioElicitor', {}),
  part('autogen_core.tools.StaticWorkbench', { tools: [httpTool], tool_overrides: {} }),
  part('autogen_core.tools.StaticStreamWorkbench', { tools: [httpTool], tool_overrides: {} }),
  part('autogen_agentchat.tools.AgentTool', { agent: agent('a'), return_value_as_last_message: false }),
  part('autogen_agentchat.tools.TeamTool', {
    ...{ team: team('RoundRobinGroupChat'), name: 't', description: 'D', return_value_as_last_message: true }
  }),
  replay,
  model('openai.OpenAIChatCompletionClient', {
    model: 'gpt-4o',
    organization: null,
    max_retries: 2,
    timeout: 60
  }),
  model('openai.AzureOpenAIChatCompletionClient', {
    ...{ model: 'gpt-4o', azure_endpoint: 'https://x.openai.azure.com/', azure_deployment: 'd' },
    ...{ api_version: '2024-06-01', azure_ad_token: null }
  }),
  model('anthropic.AnthropicChatCompletionClient', { model: 'claude-sonnet-4-20250514', max_tokens: 4096 }),
  part('autogen_ext.models.ollama.OllamaChatCompletionClient', {
    model: 'llama3.2',
    host: 'http://127.0.0.1:11434',
    options: {}
  }),
  ...['And', 'Or'].map((name) =>
    part(`autogen_agentchat.base.${name}TerminationCondition`, {
      conditions: [maxMessages, condition('StopMessage')]
    })
  ),
  condition('External'),
  condition('FunctionCall', { function_name: 'f' }),
  condition('Handoff', { target: 'user' }),
  condition('MaxMessage', { max_messages: 3, include_agent_event: false }),
  condition('SourceMatch', { sources: ['a'] }),
  condition('StopMessage'),
  condition('TextMention', { text: 'DONE', sources: null }),
  condition('TextMessage', { source: 'a' }),
  condition('Timeout', { timeout_seconds: 60 }),
  condition('TokenUsage', { max_total_token: 100, max_prompt_token: null, max_completion_token: null }),
  context('Buffered', { buffer_size: 5, initial_messages: null }),
  context('HeadAndTail', { head_size: 1, tail_size: 2, initial_messages: null }),
  context('TokenLimited', {
    model_client: replay,
    token_limit: 100,
    tool_schema: null,
    initial_messages: null
  }),
  context('Unbounded', { initial_messages: null }),
  part('autogen_core.memory.ListMemory', { name: null, memory_contents: [] })
]
