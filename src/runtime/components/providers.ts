import { reasons } from '../../protocol/errors.ts'

/** Names that AutoGen itself takes for others. Source: autogen-core, `WELL_KNOWN_PROVIDERS`. */
const shortNames: Record<string, string> = {
  OpenAIChatCompletionClient: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  openai_chat_completion_client: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  AzureOpenAIChatCompletionClient: 'autogen_ext.models.openai.AzureOpenAIChatCompletionClient',
  azure_openai_chat_completion_client: 'autogen_ext.models.openai.AzureOpenAIChatCompletionClient',
  OllamaChatCompletionClient: 'autogen_ext.models.ollama.OllamaChatCompletionClient'
}

/**
 * The name under which a component is known today: AutoGen's short names in full, and paths through modules of its
 * own, such as `autogen_agentchat.teams._group_chat._selector.SelectorGroupChat`, without those.
 */
export function presentName(provider: string): string {
  const full = Object.hasOwn(shortNames, provider) ? shortNames[provider]! : provider
  const parts = full.split('.')
  return parts.length > 2
    ? parts.filter((part, i) => i === parts.length - 1 || !part.startsWith('_')).join('.')
    : full
}

/** Components of AutoGen that are not there, by the end of their names, and what to use instead. */
const instead: Record<string, string> = {
  OpenAIAgent: 'an AssistantAgent with an OpenAIChatCompletionClient',
  OpenAIAssistantAgent: 'an AssistantAgent with an OpenAIChatCompletionClient',
  AzureAIAgent: 'an AssistantAgent with an AzureOpenAIChatCompletionClient',
  VideoSurfer: 'an AssistantAgent with tools that read videos, such as those of an MCP server (McpWorkbench)',
  DockerCommandLineCodeExecutor: 'LocalCommandLineCodeExecutor, which isolates the code it runs',
  JupyterCodeExecutor: 'LocalCommandLineCodeExecutor',
  DockerJupyterCodeExecutor: 'LocalCommandLineCodeExecutor, which isolates the code it runs',
  ACADynamicSessionsCodeExecutor: 'LocalCommandLineCodeExecutor',
  LangChainToolAdapter: 'a tool of your own (--tools FILE), or an MCP server (McpWorkbench)',
  AzureAISearchTool: 'an HttpTool that calls the search service, or an MCP server (McpWorkbench)',
  GlobalSearchTool: 'a tool of your own (--tools FILE), or an MCP server (McpWorkbench)',
  LocalSearchTool: 'a tool of your own (--tools FILE), or an MCP server (McpWorkbench)',
  ChromaDBVectorMemory: 'ListMemory, or a memory of your own (--tools FILE)',
  RedisMemory: 'ListMemory, or a memory of your own (--tools FILE)',
  Mem0Memory: 'ListMemory, or a memory of your own (--tools FILE)',
  TextCanvasMemory: 'ListMemory, or a memory of your own (--tools FILE)',
  FunctionalTermination: 'a condition of your own (--tools FILE): a function cannot stand in a config',
  ChatCompletionCache: 'the model client inside of it, by itself',
  InMemoryStore: 'no store: answers of models are not cached',
  DiskCacheStore: 'no store: answers of models are not cached',
  RedisStore: 'no store: answers of models are not cached',
  AzureTokenProvider: 'azure_ad_token, or AZURE_OPENAI_AD_TOKEN in the environment of the run',
  AnthropicBedrockChatCompletionClient:
    'an AnthropicChatCompletionClient, or an OpenAIChatCompletionClient with the base_url of a gateway to Bedrock',
  McpSessionActor: 'an McpWorkbench with the same server_params',
  BaseAzureAISearchTool: 'an HttpTool that calls the search service, or an MCP server (McpWorkbench)',
  SKChatCompletionAdapter:
    'the OpenAIChatCompletionClient or AzureOpenAIChatCompletionClient for the same service',
  AzureAIChatCompletionClient:
    'an OpenAIChatCompletionClient with base_url, which speaks to the same service',
  LlamaCppChatCompletionClient:
    'an OllamaChatCompletionClient, or an OpenAIChatCompletionClient with base_url'
}

/** Why there is no component of this name, and what to do: what to use instead, or what may be meant. */
export function unknown(provider: string, types: readonly { provider: string }[]): string {
  const sentence = reasons.unknown_provider(provider)
  const name = provider.slice(provider.lastIndexOf('.') + 1)
  const other = Object.hasOwn(instead, name) ? instead[name] : undefined
  if (other && provider.startsWith('autogen')) return `${sentence} AutoGen has one; use ${other}.`
  const near = nearest(name, types)
  if (near) return `${sentence} Do you mean "${near}"?`
  return provider.startsWith('autogen')
    ? `${sentence} \`troupe schema\` lists all that there are.`
    : `${sentence} It is a component of another program: who runs Troupe can register one of that name (--tools FILE).`
}

/** Characters of a name that may be a misspelt one. */
const LONGEST_NAME = 100

/** The provider whose own name is the same, or nearly so. */
function nearest(name: string, types: readonly { provider: string }[]): string | undefined {
  const plain = (text: string) =>
    text
      .slice(text.lastIndexOf('.') + 1)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
  if (name.length > LONGEST_NAME) return undefined
  const wanted = plain(name)
  const found = types
    .map(({ provider }) => ({ provider, away: distance(plain(provider), wanted) }))
    .sort((a, b) => a.away - b.away)[0]
  return found && found.away <= Math.max(1, Math.floor(wanted.length / 8)) ? found.provider : undefined
}

/** How many letters have to be changed, put in or left out. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (const [j, its] of [...other].entries())
      next.push(Math.min(row[j]! + Number(letter !== its), row[j + 1]! + 1, next[j]! + 1))
    row = next
  }
  return row.at(-1)!
}
