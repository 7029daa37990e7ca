import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'

/** Pages of a list, and things in it, that are read. A list that goes on after that has no end. */
const MOST_PAGES = 200
const MOST_ITEMS = 10_000

const Page = z.looseObject({ nextCursor: z.string().nullish() })
const Result = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })).nullish(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().nullish(),
  // What servers gave before there was `content`.
  toolResult: z.unknown().optional()
})
/** What a server gives for a call, as it is. */
export type McpResult = Partial<CallToolResult> & { toolResult?: unknown }

const Tool = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  inputSchema: z.record(z.string(), z.unknown()).nullish()
})
/** A tool as a server lists it. */
export type McpTool = z.infer<typeof Tool>

/** Asks for all pages of a list, `tools` for example. Rejects where the list has no end. */
export async function wholeList(
  client: Client,
  key: string,
  options: { timeout: number }
): Promise<unknown[]> {
  const items: unknown[] = []
  const seen = new Set<string>()
  for (let cursor: string | null | undefined; ; ) {
    const params = cursor == null ? {} : { cursor }
    const page = await client.request({ method: `${key}/list`, params }, Page, options)
    const more = (page as Record<string, unknown>)[methods[key] ?? key]
    if (Array.isArray(more)) items.push(...more)
    cursor = page.nextCursor
    // Some servers name a further page and mean that there is none, others name the same page for ever.
    if (!cursor || seen.has(cursor)) return items
    seen.add(cursor)
    if (seen.size >= MOST_PAGES || items.length > MOST_ITEMS)
      throw new Error(`Its list of ${key} does not end: there are more than ${items.length}.`)
  }
}

const methods: Record<string, string> = { 'resources/templates': 'resourceTemplates' }

/** The tools of a server, each once. One that is not in the form of a tool does not spoil the others. */
export async function toolsOf(client: Client, options: { timeout: number }): Promise<McpTool[]> {
  const listed = await wholeList(client, 'tools', options)
  const tools = listed.flatMap((item) => Tool.safeParse(item).data ?? [])
  return [...new Map(tools.map((tool) => [tool.name, tool])).values()]
}

/** What a call is made with. */
export interface McpCall {
  name: string
  args: Record<string, unknown>
  /** The same when the call is made again after a crash. */
  key: string
  signal: AbortSignal
  /** Hears that the server is at work still. */
  onprogress(): void
}

/** The longest that a timer can wait: who calls has a limit of its own. */
const FOR_EVER = 2 ** 31 - 1

/** Calls a tool. What it gives is taken as it is: a result that does not fit the tool's own schema is one all the same. */
export async function callTool(
  client: Client,
  { name, args, key, signal, onprogress }: McpCall
): Promise<McpResult> {
  const params = { name, arguments: args, _meta: { 'troupe/idempotency-key': key } }
  const options = { signal, timeout: FOR_EVER, onprogress }
  return (await client.request({ method: 'tools/call', params }, Result, options)) as McpResult
}
