import { z } from 'zod'
import type { McpSession } from '../../runtime/tools/mcp-session.ts'

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
      return { tools: await all((page) => client.listTools(page, options), 'tools') }
    case 'call_tool': {
      const call = { name: operation.tool_name, arguments: operation.arguments ?? {} }
      const timeout = Math.max(patience, TOOL_PATIENCE)
      return { tool_name: call.name, result: await client.callTool(call, undefined, { timeout }) }
    }
    case 'list_resources':
      return { resources: await all((page) => client.listResources(page, options), 'resources') }
    case 'read_resource':
      return client.readResource({ uri: operation.uri }, options)
    case 'list_prompts':
      return { prompts: await all((page) => client.listPrompts(page, options), 'prompts') }
    case 'get_prompt': {
      const { name } = operation
      return { name, ...(await client.getPrompt({ name, arguments: operation.arguments ?? {} }, options)) }
    }
  }
}

/** All pages of a list. */
async function all<Key extends string, Page extends { nextCursor?: string } & { [K in Key]: unknown[] }>(
  ask: (page: { cursor?: string }) => Promise<Page>,
  key: Key
): Promise<unknown[]> {
  const items: unknown[] = []
  let cursor: string | undefined
  do {
    const page = await ask(cursor === undefined ? {} : { cursor })
    items.push(...page[key])
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return items
}
