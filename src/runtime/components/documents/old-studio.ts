import type { ComponentModel } from '../../../machines/component/component.ts'

type Json = Record<string, unknown>

/** What became of a document, and what was changed in it: `config.termination_condition: "operator" …`. */
export interface Conversion {
  component: ComponentModel
  changes: string[]
}

/** The fields by which Studio before 0.4.1 said what a component is, in place of a provider. */
const discriminators = ['team_type', 'agent_type', 'model_type', 'tool_type', 'termination_type'] as const

const providers: Record<string, string> = {
  RoundRobinGroupChat: 'autogen_agentchat.teams.RoundRobinGroupChat',
  SelectorGroupChat: 'autogen_agentchat.teams.SelectorGroupChat',
  MagenticOneGroupChat: 'autogen_agentchat.teams.MagenticOneGroupChat',
  Swarm: 'autogen_agentchat.teams.Swarm',
  AssistantAgent: 'autogen_agentchat.agents.AssistantAgent',
  UserProxyAgent: 'autogen_agentchat.agents.UserProxyAgent',
  MultimodalWebSurfer: 'autogen_ext.agents.web_surfer.MultimodalWebSurfer',
  FileSurfer: 'autogen_ext.agents.file_surfer.FileSurfer',
  MagenticOneCoderAgent: 'autogen_ext.agents.magentic_one.MagenticOneCoderAgent',
  OpenAIChatCompletionClient: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  AzureOpenAIChatCompletionClient: 'autogen_ext.models.openai.AzureOpenAIChatCompletionClient',
  PythonFunction: 'autogen_core.tools.FunctionTool',
  MaxMessageTermination: 'autogen_agentchat.conditions.MaxMessageTermination',
  StopMessageTermination: 'autogen_agentchat.conditions.StopMessageTermination',
  TextMentionTermination: 'autogen_agentchat.conditions.TextMentionTermination'
}
const either: Record<string, string> = {
  and: 'autogen_agentchat.base.AndTerminationCondition',
  or: 'autogen_agentchat.base.OrTerminationCondition'
}
const kinds: Record<string, string> = {
  team_type: 'team',
  agent_type: 'agent',
  model_type: 'model',
  tool_type: 'tool',
  termination_type: 'termination'
}

/** What a component is, in the words of Studio before 0.4.1; undefined where it is not one of that age. */
export function oldType(value: unknown): { field: string; type: string } | undefined {
  if (!isObject(value) || 'provider' in value) return undefined
  // Classes have a capital letter; other programs put words of their own here.
  const field = discriminators.find((name) => /^[A-Z]/.test(String(value[name] ?? '')))
  return field && { field, type: value[field] as string }
}

/** A component of Studio before 0.4.1 as one of today. */
export function convertOld(value: Json): Conversion {
  const converter = new Converter()
  return { component: converter.component(value, ''), changes: converter.changes }
}

class Converter {
  readonly changes: string[] = []

  component(value: Json, at: string): ComponentModel {
    const { field, type } = oldType(value)!
    const provider =
      type === 'CombinationTermination'
        ? either[String(value.operator ?? 'or').toLowerCase()]
        : providers[type]
    const { [field]: _, component_type: __, version: ___, operator: ____, ...rest } = value
    this.changes.push(
      `${at || 'component'}: ${field} "${type}" is now the provider "${provider ?? type}", and its fields are its config`
    )
    const config = field === 'tool_type' ? this.#tool(rest, at) : this.#fields(rest, at, field)
    const { description } = rest
    return {
      provider: provider ?? type,
      component_type: kinds[field]!,
      version: 1,
      component_version: 1,
      ...(typeof description === 'string' && { description }),
      ...(typeof rest.name === 'string' && { label: rest.name }),
      config
    }
  }

  #fields(fields: Json, at: string, field: string): Json {
    const config: Json = {}
    for (const [key, value] of Object.entries(fields)) {
      if (value === null || (key === 'tools' && Array.isArray(value) && value.length === 0)) continue
      if (key === 'description' && field !== 'agent_type' && field !== 'team_type') continue
      config[key] = this.#value(value, at ? `${at}.${key}` : key)
    }
    if (field === 'team_type' && typeof config.name === 'string') this.#rename(config, at)
    if ('logs_dir' in config) {
      config.debug_dir = config.logs_dir
      config.downloads_folder = config.logs_dir
      delete config.logs_dir
      this.changes.push(`${at || 'component'}: logs_dir is now debug_dir and downloads_folder`)
    }
    return config
  }

  /** Teams had names before AutoGen knew any; one that is no identifier is only a label. */
  #rename(config: Json, at: string): void {
    if (/^[A-Za-z_]\w*$/.test(String(config.name))) return
    this.changes.push(`${at || 'component'}: the name "${config.name}" is its label only`)
    delete config.name
  }

  #tool({ name, description, content, ...rest }: Json, at: string): Json {
    this.changes.push(`${at || 'component'}: content is now source_code`)
    return {
      ...rest,
      source_code: content,
      name,
      description,
      global_imports: [],
      has_cancellation_support: false
    }
  }

  #value(value: unknown, at: string): unknown {
    if (Array.isArray(value)) return value.map((item, i) => this.#value(item, `${at}[${i}]`))
    return oldType(value) ? this.component(value as Json, at) : value
  }
}

/** Whether a value is an object of JSON. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
