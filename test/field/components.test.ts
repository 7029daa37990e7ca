import { describe, expect, test } from 'vitest'
import { permit } from '../../src/runtime/components/permissions.ts'
import { fieldsWithoutEffect } from '../../src/runtime/components/problems.ts'
import { dump, Registry } from '../../src/runtime/components/registry.ts'
import type { Part } from '../support/some-teams.ts'
import { everyComponent, maxMessages } from './every-component.ts'

const registry = permit(new Registry(), { mcpCommands: 'any', codeExecution: true, looksOnly: true })
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy with a field in every config, and in the objects right inside of it, that AutoGen has not (yet). */
function withMore(value: unknown, isConfig = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withMore(item))
  if (!isObject(value)) return value
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withMore(item, key === 'config')])
  )
  const mayHaveMore = isConfig || 'provider' in value || 'server_params' in value || 'type' in value
  return mayHaveMore ? { ...copy, of_next_year: 1 } : copy
}
const nameOf = ({ provider, config }: Part) =>
  [provider, isObject(config.server_params) && String(config.server_params.type)].filter(Boolean).join(' ')

describe.each(everyComponent.map((part) => [nameOf(part), part] as const))('%s', (_, part) => {
  test('loads from what AutoGen writes, and is written so that it loads again', () => {
    const written = dump(registry.load<object>(part))
    expect(written.provider).toBe(part.provider)
    expect(dump(registry.load<object>(written))).toEqual(written)
    for (const key of Object.keys(part.config))
      if (part.config[key] !== null) expect(written.config).toHaveProperty(key)
  })
  test('loads where a config has fields that are not known here, as AutoGen itself passes over them', () => {
    expect(() => registry.load(withMore(part))).not.toThrow()
  })
})

test('every kind of component that can be loaded is tried here', () => {
  const tried = new Set(everyComponent.map(({ provider }) => provider))
  const others = registry.types().map(({ provider }) => provider)
  expect(others.filter((provider) => provider.startsWith('autogen') && !tried.has(provider))).toEqual([])
})

describe('fields of a config that have no effect', () => {
  test('are none of those that AutoGen writes', () => {
    expect(everyComponent.flatMap((part) => fieldsWithoutEffect(part, registry))).toEqual([])
  })
  test('are told with their place, and with the one that may be meant', () => {
    const [team] = everyComponent
    const misspelt = { ...team!, config: { ...team!.config, max_turns: undefined, max_turn: 3 } }
    const { max_turns: _, ...config } = misspelt.config
    expect(fieldsWithoutEffect({ ...misspelt, config }, registry)).toEqual([
      {
        place: 'config',
        text: '"max_turn" is no field of autogen_agentchat.teams.RoundRobinGroupChat: it has no effect. Do you mean "max_turns"?'
      }
    ])
    expect(fieldsWithoutEffect({ components: [withMore(maxMessages)] }, registry)).toEqual([
      expect.objectContaining({
        place: 'components[0].config',
        text: expect.stringContaining('"of_next_year"')
      })
    ])
  })
})

test('a file of another program with a team_type of its own is told as what it is not', () => {
  const other = { name: 'support', agents: ['greeter'], team_type: 'sequential' }
  expect(() => registry.load(other)).toThrow('a JSON object without "provider" and "config"')
})

test.each([
  ...['autogen_core.InMemoryStore', 'autogen_ext.cache_store.diskcache.DiskCacheStore'],
  ...['autogen_ext.cache_store.redis.RedisStore', 'autogen_ext.models.cache.ChatCompletionCache'],
  ...['autogen_ext.auth.azure.AzureTokenProvider', 'autogen_ext.agents.openai.OpenAIAgent'],
  ...['autogen_ext.agents.openai.OpenAIAssistantAgent', 'autogen_ext.agents.azure.AzureAIAgent'],
  ...['autogen_ext.agents.video_surfer.VideoSurfer', 'autogen_ext.models.azure.AzureAIChatCompletionClient'],
  ...['autogen_ext.models.semantic_kernel.SKChatCompletionAdapter'],
  ...['autogen_ext.models.llama_cpp.LlamaCppChatCompletionClient'],
  ...['autogen_ext.models.anthropic.AnthropicBedrockChatCompletionClient'],
  ...['autogen_ext.code_executors.docker.DockerCommandLineCodeExecutor'],
  ...['autogen_ext.code_executors.docker_jupyter.DockerJupyterCodeExecutor'],
  ...['autogen_ext.code_executors.jupyter.JupyterCodeExecutor'],
  ...['autogen_ext.code_executors.azure.ACADynamicSessionsCodeExecutor'],
  ...['autogen_ext.memory.chromadb.ChromaDBVectorMemory', 'autogen_ext.memory.mem0.Mem0Memory'],
  ...['autogen_ext.memory.redis_memory.RedisMemory', 'autogen_ext.tools.mcp.McpSessionActor'],
  ...['autogen_ext.tools.azure.AzureAISearchTool', 'autogen_ext.tools.azure.BaseAzureAISearchTool'],
  ...['autogen_ext.tools.langchain.LangChainToolAdapter', 'autogen_ext.tools.graphrag.GlobalSearchTool'],
  ...['autogen_ext.tools.graphrag.LocalSearchTool', 'autogen_agentchat.conditions.FunctionalTermination']
])("%s, which is AutoGen's alone, is refused by its name, with what to use instead", (provider) => {
  expect(() => registry.load({ provider, config: {} })).toThrow(/AutoGen has one; use \S.*\./)
})
