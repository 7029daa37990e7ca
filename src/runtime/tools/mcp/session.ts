import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type {
  CreateMessageRequest,
  CreateMessageResult,
  ElicitRequest,
  ElicitResult,
  Notification
} from '@modelcontextprotocol/sdk/types.js'
import { type Egress, openEgress } from '../../network/egress/egress.ts'
import { optional } from '../../packages/optional.ts'
import { boundedFetch } from './bounded-fetch.ts'
import type { HttpParams, McpParams, SseParams } from './params.ts'

type BoundedFetch = ReturnType<typeof boundedFetch>

/** A connection to an MCP server. */
export interface McpSession {
  client: Client
  /** Milliseconds that an answer may take. */
  patience: number
  close(): Promise<void>
  /** Why the connection is gone, where that is known. */
  problem(): string | undefined
}

/** Who hears of a connection. */
export interface McpListener {
  /** Told once when the connection is gone. */
  close(): void
  /** The server's tools are others now. */
  change(): void
  /** Asks a person for the server (elicitation); without it the capability is not offered. */
  elicit?(question: ElicitRequest['params'], signal: AbortSignal): Promise<ElicitResult>
  /** Asks a model for the server; without it servers are told that there is none. */
  sample?(
    request: CreateMessageRequest['params'],
    signal: AbortSignal
  ): CreateMessageResult | Promise<CreateMessageResult>
  /** The roots that are given to the server; without it the capability is not offered. */
  roots?: readonly { uri: string; name?: string | null }[]
  /** Hears whatever else the server tells by itself. */
  tell?(notification: Notification): void
}

/** Connects to a server. */
export async function connect(
  params: McpParams,
  on: McpListener,
  signal: AbortSignal,
  egress: Egress = openEgress
): Promise<McpSession> {
  // The SDK takes a while to load: only who has such tools waits for it.
  const { Client } = await optional(
    () => import('@modelcontextprotocol/sdk/client/index.js'),
    '@modelcontextprotocol/sdk',
    'which speaks to MCP servers'
  )
  const types = await import('@modelcontextprotocol/sdk/types.js')
  const { elicit, sample, roots, tell } = on
  const client = new Client(
    { name: 'troupe', version: '1' },
    {
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: on.change } },
      capabilities: {
        ...(elicit && { elicitation: {} }),
        ...(sample && { sampling: {} }),
        ...(roots && { roots: {} })
      }
    }
  )
  if (elicit)
    client.setRequestHandler(types.ElicitRequestSchema, (asked, { signal }) => elicit(asked.params, signal))
  if (sample)
    client.setRequestHandler(types.CreateMessageRequestSchema, (asked, { signal }) =>
      sample(asked.params, signal)
    )
  if (roots) {
    const told = roots.map(({ uri, name }) => ({ uri, ...(name && { name }) }))
    client.setRequestHandler(types.ListRootsRequestSchema, () => ({ roots: told }))
  }
  if (tell) client.fallbackNotificationHandler = async (notification) => tell(notification)
  let problem: string | undefined
  const fetch = boundedFetch(egress, (reason) => {
    problem = reason
    void client.close().catch(() => {})
  })
  const { transport, patience, end, why } = await transportOf(params, fetch)
  let gone = false
  client.onclose = () => {
    gone = true
  }
  try {
    await client.connect(transport, { timeout: patience.connect, signal })
    if (gone) throw new Error('It has closed the connection.')
  } catch (error) {
    await client.close().catch(() => {})
    const reason = why?.()
    throw reason ? new Error(reason, { cause: error }) : error
  }
  // From here on a failed connection rejects with the reason.
  client.onclose = on.close
  const close = async () => {
    await end?.().catch(() => {})
    await client.close()
  }
  return { client, patience: patience.answer, close, problem: () => problem ?? why?.() }
}

interface Way {
  transport: Transport
  /** Milliseconds. */
  patience: { connect: number; answer: number }
  /** Tells the server that this is the end. */
  end?(): Promise<void>
  /** What is known of a server that is gone already. */
  why?(): string | undefined
}

// As a shell tells it.
const endings: Record<string, string> = {
  126: 'The program cannot be started.',
  127: 'There is no such program.'
}

/** What is known of a process that has ended by itself, before it has done what it was asked. */
function ending({ exitCode, lastWords }: { exitCode: number | null; lastWords: string }): string | undefined {
  if (exitCode === null || !lastWords.trim()) return undefined
  return `It has ended with code ${exitCode} and wrote: ${lastWords.trim()}`
}

async function transportOf(params: McpParams, fetch: BoundedFetch): Promise<Way> {
  switch (params.type) {
    case 'StdioServerParams': {
      const { McpProcess } = await import('./process.ts')
      const transport = new McpProcess(params)
      const answer = params.read_timeout_seconds * 1000
      const why = () => endings[String(transport.exitCode)] ?? ending(transport)
      return { transport, patience: { connect: answer, answer }, why }
    }
    case 'SseServerParams': {
      const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js')
      const transport = new SSEClientTransport(new URL(params.url), { requestInit: requestOf(params), fetch })
      return { transport, patience: patienceOf(params) }
    }
    case 'StreamableHttpServerParams': {
      const { StreamableHTTPClientTransport } = await import(
        '@modelcontextprotocol/sdk/client/streamableHttp.js'
      )
      const transport = new StreamableHTTPClientTransport(new URL(params.url), {
        requestInit: requestOf(params),
        fetch
      })
      const end = params.terminate_on_close ? () => transport.terminateSession() : undefined
      return { transport: transport as Transport, patience: patienceOf(params), end }
    }
  }
}

const patienceOf = ({ timeout, sse_read_timeout }: SseParams | HttpParams) => ({
  connect: timeout * 1000,
  answer: sse_read_timeout * 1000
})

const requestOf = ({ headers }: SseParams | HttpParams): RequestInit => ({
  headers: Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name, String(value)])
})
