/** The teams of the cases with real model calls, as AutoGen's JSON: their models are asked over HTTP. */
import { type Component, component } from '../teams.ts'

const modelClient = (url: string, model: string): Component =>
  component('model', 'autogen_ext.models.openai.OpenAIChatCompletionClient', {
    model,
    base_url: `${url}/v1`,
    api_key: 'sk-bench-0123456789',
    model_info: {
      vision: false,
      function_calling: true,
      json_output: false,
      structured_output: false,
      family: 'unknown'
    }
  })

const agent = (name: string, model_client: Component, more: object = {}): Component =>
  component(
    'agent',
    'autogen_agentchat.agents.AssistantAgent',
    {
      ...{ name, model_client, description: `Agent ${name}`, system_message: `You are ${name}.` },
      ...{
        model_client_stream: false,
        reflect_on_tool_use: false,
        tool_call_summary_format: '{result}',
        ...more
      }
    },
    2
  )

function roundRobin(participants: Component[], answers: number): Component {
  const limit = { max_messages: answers + 1, include_agent_event: false }
  const ends = 'autogen_agentchat.conditions.MaxMessageTermination'
  const termination_condition = component('termination', ends, limit)
  const config = { participants, termination_condition, emit_team_events: false }
  return component('team', 'autogen_agentchat.teams.RoundRobinGroupChat', config)
}

/** Two agents that take turns until `answers` answers are given. */
export const talking = (url: string, answers: number, model = 'talk'): Component =>
  roundRobin(
    ['a', 'b'].map((name) => agent(name, modelClient(url, model))),
    answers
  )

/** Two agents that take turns; each streams its answers: `chunks` chunks, one every so many milliseconds (0: at once). */
export const streaming = (url: string, answers: number, chunks: number, every: number): Component =>
  roundRobin(
    ['a', 'b'].map((name) =>
      agent(name, modelClient(url, `stream-${chunks}-${every}`), { model_client_stream: true })
    ),
    answers
  )

/** Led to the calculator that comes with Troupe: no Python runs. */
const calculator = {
  name: 'calculator',
  description: 'A simple calculator.',
  source_code: 'def calculator(a: float, b: float, operator: str) -> str:\n    return str(a + b)\n',
  global_imports: [],
  has_cancellation_support: false
}

/** One agent that calls a tool `calls` times, one after the other, and answers then. */
export const calling = (url: string, calls: number): Component => {
  const tools = [component('tool', 'autogen_core.tools.FunctionTool', calculator)]
  return roundRobin(
    [agent('a', modelClient(url, `tools-${calls}`), { tools, max_tool_iterations: calls + 1 })],
    1
  )
}

/** One agent whose model answers after so many milliseconds. */
export const waitingFor = (url: string, milliseconds: number): Component =>
  roundRobin([agent('a', modelClient(url, `slow-${milliseconds}`))], 1)
