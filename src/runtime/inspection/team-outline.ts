import type { ComponentModel } from '../../machines/component/component.ts'
import { conditionWords } from './condition-words.ts'
import { type Fields, fieldsOf, kindOf, listOf, textOf } from './loose-fields.ts'

/** A model as those who watch are shown it. */
export interface ModelOutline {
  /** The last part of the provider: `OpenAIChatCompletionClient`. */
  kind: string
  /** The model's name: `gpt-4o-mini`; null where its config has none. */
  name: string | null
  /** The host and port of its service, where its config names one. */
  host: string | null
}

/** A tool as those who watch are shown it. */
export interface ToolOutline {
  name: string
  kind: string
  description: string
  /** The names of the agents inside a tool that is an agent or a team. */
  agents?: string[]
}

/** Who a team is made of, as those who watch are shown it: what a person wants to know of each, and no secret. */
export interface TeamOutline {
  name: string
  /** The last part of the provider: `AssistantAgent`. */
  kind: string
  description: string
  members: TeamOutline[]
  /** Who may speak after whom, in teams that are graphs. */
  edges?: { from: string; to: string; condition: string | null }[]
  /** What an agent asks, or a team that has its speaker chosen. */
  model?: ModelOutline
  /** The system message of an agent, or the prompt by which a speaker is chosen. */
  prompt?: string
  tools?: ToolOutline[]
  /** To whom an agent may hand over. */
  handoffs?: string[]
  /** The kinds of an agent's memories. */
  memory?: string[]
  /** The kind of the context that is kept for the model. */
  context?: string
  /** Whether the model is asked once more about what tools gave; absent where the config leaves it open. */
  reflects?: boolean
  /** When a team is done, in words. */
  ends?: string
  max_turns?: number
}

/** How long a prompt is shown at most, in characters. */
const LONGEST_PROMPT = 8000

/**
 * Tells who a component is made of. What does not look like a component has no members.
 *
 * @param hide hides secrets wherever they stand in a text
 */
export function outlineTeam(
  component: Pick<ComponentModel, 'provider'> & Fields,
  hide: (text: string) => string = (text) => text
): TeamOutline {
  // A filter in front of an agent is shown as the agent.
  const wrapped = fieldsOf(fieldsOf(component.config).wrapped_agent)
  if (typeof wrapped.provider === 'string') return outlineTeam(wrapped as typeof component, hide)
  const config = fieldsOf(component.config)
  const inside = Array.isArray(config.participants) ? config.participants : config.team ? [config.team] : []
  const kind = kindOf(component.provider)
  const edges = edgesOf(config.graph)
  return {
    // A team goes by its label: few have a name.
    name:
      inside.length > 0
        ? textOf(component.label, config.name, kind)
        : textOf(config.name, component.label, kind),
    kind,
    description: hide(textOf(config.description, component.description)),
    members: inside.map((member) => {
      const shown = outlineTeam(fieldsOf(member) as typeof component, hide)
      return { ...shown, name: textOf(fieldsOf(fieldsOf(member).config).name, shown.name) }
    }),
    ...(edges.length > 0 && { edges }),
    ...details(config, hide)
  }
}

/** What the config of an agent or a team says beyond its members. */
function details(config: Fields, hide: (text: string) => string): Partial<TeamOutline> {
  const prompt = textOf(config.system_message, config.selector_prompt, config.instruction)
  const tools = [...listOf(config.tools), ...listOf(config.workbench)].flatMap((tool) => toolsOf(tool))
  const handoffs = listOf(config.handoffs).map((one) => textOf(one, fieldsOf(one).target))
  const memory = listOf(config.memory).map((one) => kindOf(fieldsOf(one).provider))
  const context = fieldsOf(config.model_context).provider
  const reflects = config.reflect_on_tool_use
  const ends = conditionWords(config.termination_condition)
  return {
    ...(config.model_client !== undefined && { model: modelOf(fieldsOf(config.model_client)) }),
    ...(prompt !== '' && { prompt: hide(prompt).slice(0, LONGEST_PROMPT) }),
    ...(tools.length > 0 && {
      tools: tools.map((tool) => ({ ...tool, description: hide(tool.description) }))
    }),
    ...(handoffs.length > 0 && { handoffs }),
    ...(memory.length > 0 && { memory }),
    ...(context !== undefined && { context: kindOf(context) }),
    ...(typeof reflects === 'boolean' && { reflects }),
    ...(ends !== '' && { ends: hide(ends) }),
    ...(typeof config.max_turns === 'number' && { max_turns: config.max_turns })
  }
}

function modelOf({ provider, config }: Fields): ModelOutline {
  const { model, azure_deployment, base_url, azure_endpoint, host } = fieldsOf(config)
  const url = textOf(base_url, azure_endpoint, host)
  return {
    kind: kindOf(provider),
    name: textOf(model, azure_deployment) || null,
    host: URL.canParse(url) ? new URL(url).host : null
  }
}

function toolsOf(tool: unknown): ToolOutline[] {
  const { provider, config, description } = fieldsOf(tool)
  const { tools, server_params, agent, team, ...own } = fieldsOf(config)
  // A workbench holds tools, or is a server that is asked for them.
  if (tools !== undefined) return listOf(tools).flatMap((inner) => toolsOf(inner))
  const kind = kindOf(provider)
  if (server_params !== undefined)
    return [{ name: serverName(fieldsOf(server_params)), kind, description: 'The tools of an MCP server.' }]
  const inner = agent ?? team
  const name = textOf(own.name, fieldsOf(fieldsOf(agent).config).name, kind)
  return [
    {
      ...{ name, kind, description: textOf(own.description, description) },
      ...(inner !== undefined && { agents: agentsIn(inner) })
    }
  ]
}

/** Arguments and addresses of a server may hold keys. */
const serverName = ({ command, url }: Fields): string =>
  URL.canParse(textOf(url))
    ? new URL(textOf(url)).host
    : textOf(command).split(/[\\/]/).at(-1) || 'MCP server'

function agentsIn(component: unknown): string[] {
  const { config } = fieldsOf(component)
  const { name, participants, team } = fieldsOf(config)
  const inner = [...listOf(participants), ...listOf(team)].flatMap(agentsIn)
  return [...(typeof name === 'string' ? [name] : []), ...inner]
}

function edgesOf(graph: unknown): NonNullable<TeamOutline['edges']> {
  return Object.entries(fieldsOf(fieldsOf(graph).nodes)).flatMap(([from, node]) =>
    listOf(fieldsOf(node).edges)
      .map(fieldsOf)
      .map(({ target, condition }) => ({
        from,
        to: String(target),
        condition: typeof condition === 'string' ? condition : null
      }))
  )
}
