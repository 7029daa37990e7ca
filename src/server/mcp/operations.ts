import { z } from 'zod'
import { wholeList } from '../../runtime/tools/mcp/requests.ts'
import type { McpSession } from '../../runtime/tools/mcp/session.ts'

const Arguments = z.record(z.string(), z.unknown()).nullish()

/** What a page may ask of an MCP server. */
export const Operation = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('list_tools') }),
  z.object({ operation: z.literal('call_tool'), tool_name: z.string(), arguments: Arguments }),
  z.object({ operation: z.literal('list_resources') }),
  z.object({ operation: z.literal('read_resource'), uri: z.string() }),
  z.object({ operation: z.literal('list_prompts') }),
  z.object({
    operation: z.literal('get_prompt'),
    name: z.string(),
    arguments: z.record(z.string(), z.string()).nullish()
  })
])
export type Operation = z.infer<typeof Operation>

/** How long a page waits for a tool, in milliseconds: the tool may ask a person meanwhile. */
const TOOL_PATIENCE = 120_000

/** Does what a page asks for; gives the `data` of its result. */
export async function perform(operation: Operation, { client, patience }: McpSession): Promise<unknown> {
  const options = { timeout: patience }
  switch (operation.operation) {
    case 'list_tools':
      return { tools: await wholeList(client, 'tools', options) }
    case 'call_tool': {
      const call = { name: operation.tool_name, arguments: operation.arguments ?? {} }
      const timeout = Math.max(patience, TOOL_PATIENCE)
      return { tool_name: call.name, result: await client.callTool(call, undefined, { timeout }) }
    }
    case 'list_resources':
      return { resources: await wholeList(client, 'resources', options) }
    case 'read_resource':
      return client.readResource({ uri: operation.uri }, options)
    case 'list_prompts':
      return { prompts: await wholeList(client, 'prompts', options) }
    case 'get_prompt': {
      const { name } = operation
      return { name, ...(await client.getPrompt({ name, arguments: operation.arguments ?? {} }, options)) }
    }
  }
}
