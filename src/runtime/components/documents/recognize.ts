import type { ComponentModel } from '../../../machines/component/component.ts'
import { convertOld, isObject, oldType } from './old-studio.ts'

type Json = Record<string, unknown>

/** What a file turned out to be. */
export type Document =
  /** One component; `changes` says what of it was put into the form of today. */
  | { kind: 'component'; component: ComponentModel; changes: string[] }
  /** A gallery of Studio, its components in today's form, each with its place in the file. */
  | { kind: 'gallery'; gallery: Json; components: Placed[]; changes: string[] }
  /** A state that a team was saved in. */
  | { kind: 'state'; state: Json; managers: string[]; participants: string[] }
  /** Something else that is known for what it is; `advice` says what to do with it. */
  | { kind: 'other'; what: string; advice: string }

/** A component and where it stands. */
export interface Placed {
  at: string
  component: ComponentModel
}

/** Says what a document is. What is not known for anything is an `other` too. */
export function recognize(value: unknown): Document {
  return (
    component(value) ??
    row(value) ??
    gallery(value) ??
    state(value) ??
    listOf(value) ??
    modelConfig(value) ??
    other(value)
  )
}

/** A component in today's form, whatever age it has; undefined where it is something else. */
export function modern(value: unknown): { component: ComponentModel; changes: string[] } | undefined {
  const found = component(value) ?? row(value)
  return found?.kind === 'component' ? found : undefined
}

type Found = Document | undefined

function component(value: unknown): Found {
  if (!isObject(value)) return undefined
  if (typeof value.provider === 'string' && ('config' in value || !looksLikeModelConfig(value)))
    return { kind: 'component', component: value as unknown as ComponentModel, changes: [] }
  return oldType(value) && { kind: 'component', ...convertOld(value) }
}

/** A row of Studio's database, or an answer of its API, with the component inside of it. */
function row(value: unknown): Found {
  if (!isObject(value)) return undefined
  for (const key of ['component', 'team_config', 'data', 'team', 'client', 'model_client', 'model_config']) {
    const inner = parsed(value[key])
    const found = component(inner) ?? (key === 'data' ? (row(inner) ?? gallery(inner)) : undefined)
    if (found?.kind === 'component' || found?.kind === 'gallery')
      return { ...found, changes: [`the component was taken out of "${key}"`, ...found.changes] }
  }
  if ('config' in value && ('user_id' in value || 'id' in value)) {
    const found = gallery(parsed(value.config)) ?? component(parsed(value.config))
    if (found?.kind === 'component' || found?.kind === 'gallery')
      return { ...found, changes: ['what stands in "config" was taken', ...found.changes] }
  }
  return undefined
}

// Databases that were dumped as JSON hold their JSON columns as texts.
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function gallery(value: unknown): Found {
  if (!isObject(value)) return undefined
  const old = isObject(value.items) ? value.items : undefined
  const lists = old
    ? { teams: old.teams, ...(isObject(old.components) ? old.components : {}) }
    : value.components
  if (!isObject(lists) || !Object.values(lists).every(Array.isArray)) return undefined
  const changes: string[] = old ? ['items is now components, with the teams among them'] : []
  const components: Record<string, unknown[]> = {}
  const placed: Placed[] = []
  for (const [name, list] of Object.entries(lists as Record<string, unknown[]>)) {
    components[name] = list.map((item, i) => {
      const at = `components.${name}[${i}]`
      const found = modern(item)
      if (!found) return item
      changes.push(...found.changes.map((change) => `${at}: ${change}`))
      placed.push({ at, component: found.component })
      return found.component
    })
  }
  const { items: _, ...rest } = value
  return { kind: 'gallery', gallery: { ...rest, components }, components: placed, changes }
}

function state(value: unknown): Found {
  if (!isObject(value)) return undefined
  const states = value.agent_states
  if (isObject(states)) {
    const names = Object.keys(states)
    const isManager = (name: string) =>
      isObject(states[name]) && ('message_thread' in states[name] || 'current_turn' in states[name])
    const own = (name: string) => name.split('/')[0]!
    return {
      kind: 'state',
      state: value,
      managers: names.filter(isManager).map(own),
      participants: names.filter((name) => !isManager(name)).map(own)
    }
  }
  const type = String(value.type ?? '')
  if (!/Agent|Manager|Container|Orchestrator/.test(type) || !type.endsWith('State')) return undefined
  return {
    kind: 'other',
    what: `a saved state of a part of a team (${type})`,
    advice:
      'a program gives it to the part itself (`agent.loadState`); a run goes on from the state of a whole team, whose ' +
      'type is TeamState (--state-in)'
  }
}

function listOf(value: unknown): Found {
  if (!Array.isArray(value)) return undefined
  const [first] = value
  if (value.length === 1 && first) return recognize(first)
  const found = first === undefined ? undefined : recognize(first)
  const what =
    value.length > 0 && value.every((item) => modern(item))
      ? `a list of ${value.length} components`
      : value.every((item) => isObject(item) && 'source' in item && 'content' in item)
        ? 'a list of messages'
        : value.length > 0 && value.every(looksLikeModelConfig)
          ? 'a list of model configurations of AutoGen 0.2 (OAI_CONFIG_LIST)'
          : 'a list'
  const advice: Record<string, string> = {
    'a list of messages': 'a run takes it as its task: --task-json',
    'a list': 'a component is one JSON object with "provider" and "config"'
  }
  const otherwise =
    found?.kind === 'component'
      ? 'write each into a file of its own, or `troupe import` the file'
      : 'put one of them into a component: {"provider": "OpenAIChatCompletionClient", "config": {…}}'
  return { kind: 'other', what, advice: advice[what] ?? otherwise }
}

const looksLikeModelConfig = (value: unknown): value is Json =>
  isObject(value) &&
  typeof value.model === 'string' &&
  ['api_key', 'base_url', 'api_type', 'api_version', 'api_base', 'azure_endpoint', 'temperature'].some(
    (key) => key in value
  )

/** The configuration of a model of AutoGen 0.2, or the config of one without its component. */
function modelConfig(value: unknown): Found {
  if (!looksLikeModelConfig(value)) return undefined
  const { api_type, api_base, base_url, azure_deployment, tags: _, price: __, ...rest } = value
  const azure = api_type === 'azure' || 'azure_endpoint' in value
  const address = base_url ?? api_base
  const config: Json = azure
    ? {
        ...rest,
        azure_endpoint: value.azure_endpoint ?? address,
        azure_deployment: azure_deployment ?? value.model
      }
    : { ...rest, ...(address !== undefined && { base_url: address }) }
  const name = azure ? 'AzureOpenAIChatCompletionClient' : 'OpenAIChatCompletionClient'
  const provider = `autogen_ext.models.openai.${name}`
  const component: ComponentModel = { provider, component_type: 'model', version: 1, config }
  return {
    kind: 'component',
    component,
    changes: [`the configuration of a model was made a component with the provider "${provider}"`]
  }
}

/** Other JSON that people mistake for a team, by its fields. */
const known: readonly [fields: readonly string[], what: string, advice: string][] = [
  [
    ['sender', 'receiver'],
    'a workflow of AutoGen Studio before 0.4',
    'its agents were of AutoGen 0.2: build the team anew from its system messages'
  ],
  [
    ['llm_config'],
    'an agent of AutoGen 0.2',
    'write it as an AssistantAgent, with a model_client in place of llm_config'
  ],
  [['task_result'], 'the result of a run', 'it holds messages, not the team that said them'],
  [['messages', 'stop_reason'], 'the result of a run', 'it holds messages, not the team that said them'],
  [['source', 'content', 'type'], 'a message', 'a run takes it as its task: --task-json'],
  [
    ['config_list'],
    'a model configuration of AutoGen 0.2',
    'put one of its entries into a component of its own'
  ],
  [
    ['nodes', 'edges'],
    'a graph',
    'it is the "graph" in the config of a GraphFlow, which has the participants too'
  ],
  [['mcpServers'], 'a list of MCP servers', 'each goes into an McpWorkbench as its server_params'],
  [['openapi'], 'an OpenAPI description', 'each of its operations can be an HttpTool'],
  [
    ['cells', 'nbformat'],
    'a notebook',
    'dump its team in it: print(team.dump_component().model_dump_json())'
  ],
  [['name', 'dependencies'], 'a package.json', 'a component is one JSON object with "provider" and "config"']
]

function other(value: unknown): Document {
  if (isObject(value)) {
    const found = known.find(([fields]) => fields.every((field) => field in value))
    if (found) return { kind: 'other', what: found[1], advice: found[2] }
    const missing = ['provider', 'config'].filter((key) => !(key in value))
    const has = Object.keys(value).slice(0, 6).join(', ') || 'nothing'
    return {
      kind: 'other',
      what: `a JSON object without ${missing.map((key) => `"${key}"`).join(' and ')}`,
      advice: `a component has both, and this has ${has}`
    }
  }
  return {
    kind: 'other',
    what: value === null ? 'null' : `a ${typeof value}`,
    advice: 'a component is one JSON object with "provider" and "config"'
  }
}
