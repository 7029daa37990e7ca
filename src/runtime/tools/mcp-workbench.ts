import { z } from 'zod'
import { type ComponentType, remember } from '../../machines/component/component.ts'
import type { ToolSchema } from '../models/model.ts'
import { demandAllowed, McpParams, serverName } from './mcp-params.ts'
import { outputOf } from './mcp-result.ts'
import { connect, type McpSession } from './mcp-session.ts'
import { Guise, Overrides } from './overrides.ts'
import { reasonOf } from './run-tool.ts'
import type { ToolCall, ToolOutput, Workbench } from './tool.ts'

/** Milliseconds after which a server that nobody has called is let go; the next call connects again. */
const IDLE = 600_000

const Config = z.looseObject({ server_params: McpParams, tool_overrides: Overrides })
type Config = z.infer<typeof Config>

/** The tools of an MCP server. It connects when it is first needed. */
export class McpWorkbench implements Workbench {
  readonly #params: McpParams
  readonly #guise: Guise
  #session: Promise<McpSession> | null = null
  #tools: Promise<ToolSchema[]> | null = null
  #idle: NodeJS.Timeout | undefined

  constructor(serverParams: z.input<typeof McpParams>, options: { toolOverrides?: Overrides } = {}) {
    this.#params = McpParams.parse(serverParams)
    const { toolOverrides = {} } = options
    this.#guise = new Guise(toolOverrides)
    remember(closed, { server_params: this.#params, tool_overrides: toolOverrides }, this)
  }

  async listTools(signal: AbortSignal): Promise<readonly ToolSchema[]> {
    const session = await this.#connected(signal)
    this.#tools ??= this.#ask(session).catch((error) => {
      this.#tools = null
      throw new Error(
        `The MCP server "${serverName(this.#params)}" does not tell its tools: ${reasonOf(error)}`
      )
    })
    return this.#tools
  }

  async callTool(name: string, args: Record<string, unknown>, call: ToolCall): Promise<ToolOutput> {
    try {
      const { client, patience } = await this.#connected(call.signal)
      const wanted = {
        name: this.#guise.original(name),
        arguments: args,
        _meta: { 'troupe/idempotency-key': call.idempotencyKey }
      }
      return outputOf(await client.callTool(wanted, undefined, { signal: call.signal, timeout: patience }))
    } catch (error) {
      if (call.signal.aborted) throw call.signal.reason
      return { content: reasonOf(error), isError: true }
    }
  }

  async start(): Promise<void> {
    await this.#connected(new AbortController().signal)
  }

  async stop(): Promise<void> {
    const session = this.#session
    this.#forget()
    await session?.then(({ close }) => close()).catch(() => {})
  }

  saveState(): Record<string, unknown> {
    return { type: 'McpWorkBenchState' }
  }
  loadState(): void {}

  #connected(signal: AbortSignal): Promise<McpSession> {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.stop(), IDLE)
    this.#idle.unref()
    if (this.#session) return this.#session
    const forget = () => {
      if (this.#session === session) this.#forget()
    }
    const change = () => {
      this.#tools = null
    }
    const session = connect(this.#params, { close: forget, change }, signal).catch((error) => {
      forget()
      if (signal.aborted) throw signal.reason
      throw new Error(`The MCP server "${serverName(this.#params)}" cannot be reached: ${reasonOf(error)}`)
    })
    this.#session = session
    return session
  }

  #forget(): void {
    clearTimeout(this.#idle)
    this.#session = null
    this.#tools = null
  }

  async #ask({ client, patience }: McpSession): Promise<ToolSchema[]> {
    const tools: ToolSchema[] = []
    let cursor: string | undefined
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: patience })
      for (const { name, description = '', inputSchema } of page.tools) {
        const parameters = { properties: {}, required: [], additionalProperties: false, ...inputSchema }
        tools.push(this.#guise.show({ name, description, parameters }))
      }
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return tools
  }
}

/**
 * The component type of MCP workbenches. `commands`: what configs may start as a process; without any, they reach
 * servers behind addresses only.
 */
export function mcpWorkbench(commands: readonly string[] | 'any'): ComponentType<McpWorkbench, Config> {
  return {
    provider: 'autogen_ext.tools.mcp.McpWorkbench',
    kind: 'workbench',
    version: 1,
    description: 'The tools of an MCP server.',
    config: () => Config,
    create({ server_params, tool_overrides }) {
      demandAllowed(server_params, commands)
      return new McpWorkbench(server_params, { toolOverrides: tool_overrides })
    }
  }
}

const closed = mcpWorkbench([])
