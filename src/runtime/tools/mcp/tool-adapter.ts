import { z } from 'zod'
import { type ComponentType, remember } from '../../../machines/component/component.ts'
import type { ToolSchema } from '../../models/model.ts'
import { type Egress, openEgress } from '../../network/egress/egress.ts'
import { inArguments, refusal } from '../arguments.ts'
import type { Tool, ToolCall, ToolOutput } from '../tool.ts'
import { ModelNames } from './names.ts'
import { demandAllowed, HttpParams, type McpParams, SseParams, StdioParams } from './params.ts'
import { McpWorkbench, schemaOf } from './workbench.ts'

/** A tool as its server has listed it. */
const ListedTool = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  inputSchema: z.record(z.string(), z.unknown()).nullish()
})
export interface Config {
  server_params: McpParams
  tool: z.infer<typeof ListedTool>
}

/**
 * One tool of an MCP server, as a tool of its own: what the server has said of it is kept in the config, so that the
 * server is not asked before the first call. Source: autogen-ext `McpToolAdapter`.
 */
export class McpToolAdapter implements Tool {
  readonly schema: ToolSchema
  readonly #name: string
  readonly #workbench: McpWorkbench

  constructor({ server_params, tool }: Config, type: ComponentType<McpToolAdapter, Config>, egress: Egress) {
    this.schema = new ModelNames().show([schemaOf(tool)])[0]!
    this.#name = tool.name
    this.#workbench = new McpWorkbench(server_params, { egress })
    remember(type, { server_params, tool }, this)
  }

  async run(args: unknown, call: ToolCall): Promise<ToolOutput> {
    const given = z.record(z.string(), z.unknown()).safeParse(args)
    if (!given.success) throw refusal(inArguments(given.error))
    return this.#workbench.callTool(this.#name, given.data, call)
  }

  close(): Promise<void> {
    return this.#workbench.close()
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The component types of single tools, one for each way to a server. `commands` as for `mcpWorkbench`. */
export const mcpTools = (
  commands: readonly string[] | 'any',
  egress: Egress = openEgress
): ComponentType<McpToolAdapter, Config>[] =>
  ([StdioParams, SseParams, HttpParams] as const).map((params) => {
    const { value } = params.shape.type
    // The first versions of AutoGen wrote no type, since the provider says it.
    const server_params = z.preprocess(
      (given) => (isObject(given) ? { type: value, ...given } : given),
      params
    )
    const type: ComponentType<McpToolAdapter, Config> = {
      provider: `autogen_ext.tools.mcp.${value.replace('ServerParams', '')}McpToolAdapter`,
      kind: 'tool',
      version: 1,
      description: 'One tool of an MCP server.',
      config: () => z.looseObject({ server_params, tool: ListedTool }) as never,
      create(config) {
        demandAllowed(config.server_params, commands)
        return new McpToolAdapter(config, type, egress)
      }
    }
    return type
  })
