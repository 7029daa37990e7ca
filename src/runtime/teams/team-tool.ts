import { z } from 'zod'
import { type ComponentType, make, type Nested } from '../../machines/component/component.ts'
import { isChat, modelTextOf } from '../../machines/messages/index.ts'
import { explain } from '../../protocol/errors.ts'
import type { Agent } from '../contract/agent.ts'
import type { TaskResult } from '../team/task-result.ts'
import type { Team } from '../team/team.ts'
import { inArguments } from '../tools/arguments.ts'
import type { Tool, ToolCall } from '../tools/tool.ts'
import { RoundRobinGroupChat } from './round-robin.ts'

const Task = z.object({ task: z.string() })
const parameters = {
  type: 'object',
  properties: { task: { type: 'string', description: 'What is to be done.' } },
  required: ['task'],
  additionalProperties: false
}

/** Has a team do what a model asks for. Each call is a run of its own; calls that come at once wait for each other. */
class TaskTool implements Tool {
  readonly schema: Tool['schema']
  readonly #team: Team
  readonly #lastOnly: boolean
  #turn: Promise<unknown> = Promise.resolve()

  constructor(name: string, description: string, team: Team, lastOnly: boolean) {
    this.schema = { name, description, parameters, strict: true }
    this.#team = team
    this.#lastOnly = lastOnly
  }

  run(args: unknown, call: ToolCall): Promise<string> {
    const parsed = Task.safeParse(args)
    if (!parsed.success) return Promise.reject(new Error(explain(inArguments(parsed.error))))
    const { task } = parsed.data
    const done = this.#turn.then(() => this.#run(task, call))
    this.#turn = done.catch(() => {})
    return done
  }

  async #run(task: string, call: ToolCall): Promise<string> {
    call.signal.throwIfAborted()
    const result = await this.#team.run(task, { within: call })
    call.signal.throwIfAborted()
    return this.#told(result)
  }

  #told({ messages }: TaskResult): string {
    const said = messages.filter(isChat)
    if (this.#lastOnly) return said.length > 0 ? modelTextOf(said.at(-1)!) : ''
    const others = said.filter(({ source }) => source !== 'user')
    return others.map((message) => `${message.source}: ${modelTextOf(message)}`).join('\n\n')
  }

  saveState(): Record<string, unknown> {
    return this.#team.saveState()
  }
  loadState(state: unknown): void {
    this.#team.loadState(state)
  }
  async close(): Promise<void> {
    await this.#team.close()
  }
}

/** How a team or an agent becomes a tool. */
export interface TaskToolOptions {
  /** Whether the result is the last message only, or all of them with their sources. */
  returnValueAsLastMessage?: boolean
}

const last = { return_value_as_last_message: z.boolean().default(false) }

const AgentConfig = (nested: Nested) => z.looseObject({ agent: nested<Agent>('agent'), ...last })
const TeamConfig = (nested: Nested) =>
  z.looseObject({ team: nested<Team>('team'), name: z.string(), description: z.string(), ...last })

export const agentToolType: ComponentType<Tool, z.infer<ReturnType<typeof AgentConfig>>> = {
  provider: 'autogen_agentchat.tools.AgentTool',
  kind: 'tool',
  version: 1,
  description: 'An agent as a tool.',
  config: AgentConfig,
  create({ agent, return_value_as_last_message }) {
    const alone = new RoundRobinGroupChat([agent], { maxTurns: 1 })
    return new TaskTool(agent.name, agent.description, alone, return_value_as_last_message)
  }
}

export const teamToolType: ComponentType<Tool, z.infer<ReturnType<typeof TeamConfig>>> = {
  provider: 'autogen_agentchat.tools.TeamTool',
  kind: 'tool',
  version: 1,
  description: 'A team as a tool.',
  config: TeamConfig,
  create: ({ team, name, description, return_value_as_last_message }) =>
    new TaskTool(name, description, team, return_value_as_last_message)
}

/** An agent as a tool: its argument is a task, its result the agent's answer. */
export const agentTool = (agent: Agent, { returnValueAsLastMessage = false }: TaskToolOptions = {}): Tool =>
  make(agentToolType, { agent, return_value_as_last_message: returnValueAsLastMessage })

/** A team as a tool: its argument is a task, its result what the team said. */
export const teamTool = (
  team: Team,
  name: string,
  description: string,
  { returnValueAsLastMessage = false }: TaskToolOptions = {}
): Tool =>
  make(teamToolType, { team, name, description, return_value_as_last_message: returnValueAsLastMessage })
