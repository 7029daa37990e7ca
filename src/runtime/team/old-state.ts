import { uuidOf } from '../shared/uuid-of.ts'

type Json = Record<string, unknown>

/** Messages of AutoGen before 0.4.0 that go by other names today. */
const renamed: Record<string, string> = {
  ToolCallMessage: 'ToolCallRequestEvent',
  ToolCallResultMessage: 'ToolCallExecutionEvent',
  ToolCallResultMessages: 'ToolCallExecutionEvent',
  AgentMessage: 'TextMessage'
}

/**
 * A team's state in the form of today, whatever version of AutoGen wrote it. Before 0.4.9 participants and manager went
 * by ids (`writer/<team>`, `group_chat_manager/<team>`); before 0.5.7 messages had neither an id nor a time; at first an
 * assistant kept `llm_messages`. `now` is the time of messages that have none, in milliseconds since 1970. What is not
 * known is left as it is, for the reader to refuse.
 */
export function presentState(state: unknown, manager: string, now: number): unknown {
  if (!isObject(state) || !isObject(state.agent_states)) return state
  const { team_id: _, ...rest } = state
  const present: Json = {}
  for (const [key, value] of Object.entries(state.agent_states)) {
    const name = nameOf(key, manager)
    if (name === undefined) continue
    present[name] = isObject(value) ? part(value, now) : value
  }
  return { ...rest, type: state.type ?? 'TeamState', agent_states: present }
}

/** The name of a participant or manager; undefined for what a team keeps no more. */
function nameOf(key: string, manager: string): string | undefined {
  const name = key.includes('/') ? key.slice(0, key.indexOf('/')) : key
  if (name === 'collect_output_messages') return undefined
  return name === 'group_chat_manager' ? manager : name
}

function part(value: Json, now: number): Json {
  const present: Json = { ...value }
  for (const list of ['message_thread', 'message_buffer'] as const) {
    const messages = value[list]
    if (Array.isArray(messages)) present[list] = messages.map((item, i) => message(item, `${list}:${i}`, now))
  }
  if ('agent_state' in value || 'message_buffer' in value) {
    present.type ??= 'ChatAgentContainerState'
    present.agent_state = isObject(value.agent_state) ? agentState(value.agent_state) : {}
  }
  return present
}

function agentState(value: Json): Json {
  if (Array.isArray(value.llm_messages)) {
    const { llm_messages, ...rest } = value
    return { ...rest, llm_context: { messages: llm_messages } }
  }
  return value.type === 'AssistantAgentState' && !('llm_context' in value)
    ? { ...value, llm_context: { messages: [] } }
    : value
}

/** A message with an id and a time. The id follows from its place and content: to load twice gives the same. */
function message(value: unknown, place: string, now: number): unknown {
  if (!isObject(value)) return value
  const type = typeof value.type === 'string' ? (renamed[value.type] ?? value.type) : typeOf(value)
  if (typeof value.id === 'string' && typeof value.created_at === 'string') return { ...value, type }
  const created_at = value.created_at ?? new Date(now).toISOString()
  return { ...value, id: value.id ?? uuidOf(place + JSON.stringify(value)), created_at, type }
}

/** The type of a message that does not say it. */
function typeOf({ content, target }: Json): string {
  if (typeof target === 'string') return 'HandoffMessage'
  if (!Array.isArray(content)) return 'TextMessage'
  if (content.every((item) => isObject(item) && 'arguments' in item)) return 'ToolCallRequestEvent'
  return content.every((item) => isObject(item) && 'call_id' in item)
    ? 'ToolCallExecutionEvent'
    : 'MultiModalMessage'
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
