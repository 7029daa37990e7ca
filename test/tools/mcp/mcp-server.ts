import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { z } from 'zod'

/** What happened in a server. */
export interface Seen {
  headers: IncomingMessage['headers'][]
  aborted: Promise<void>
  ended: Promise<void>
}

/** A server with a few tools. */
function toolServer(onAbort: () => void): McpServer {
  const server = new McpServer({ name: 'test', version: '1' })
  const text = (content: string) => ({ content: [{ type: 'text' as const, text: content }] })
  const Sum = { a: z.number(), b: z.number() }
  server.registerTool('add', { description: 'Adds.', inputSchema: Sum }, ({ a, b }) => text(`${a + b}`))
  server.registerTool('key', { description: 'Tells its key.' }, ({ _meta }) =>
    text(String(_meta?.['troupe/idempotency-key']))
  )
  server.registerTool('fail', { description: 'Fails.' }, () => ({ ...text('No luck.'), isError: true }))
  server.registerTool('picture', { description: 'Draws.' }, () => ({
    content: [
      { type: 'text', text: 'Here:' },
      { type: 'image', mimeType: 'image/png', data: 'AAAA' }
    ]
  }))
  server.registerTool('grow', { description: 'Makes a new tool.' }, () => {
    server.registerTool('new', { description: 'New.' }, () => text('new'))
    return text('grown')
  })
  server.registerTool('hang', { description: 'Never ends.' }, ({ signal }) => {
    signal.addEventListener('abort', onAbort)
    return new Promise(() => {})
  })
  server.registerTool('ask', { description: 'Asks the person.' }, async () => {
    const asked = { message: 'Go on?', requestedSchema: { type: 'object' as const, properties: {} } }
    return text((await server.server.elicitInput(asked)).action)
  })
  server.registerTool('exit', { description: 'Ends the process.' }, () => process.exit(0))
  return server
}

/** Serves these tools over HTTP, each connection with a server of its own. */
export async function mcpServer(way: 'sse' | 'http'): Promise<AsyncDisposable & { url: string; seen: Seen }> {
  const aborted = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const seen: Seen = { headers: [], aborted: aborted.promise, ended: ended.promise }
  const sessions = new Map<string, SSEServerTransport | StreamableHTTPServerTransport>()
  const http = createServer(async (request, response) => {
    seen.headers.push(request.headers)
    const url = new URL(request.url!, 'http://x')
    const id = url.searchParams.get('sessionId') ?? request.headers['mcp-session-id']
    const known = sessions.get(String(id))
    if (request.method === 'DELETE') ended.resolve()
    if (known instanceof SSEServerTransport) return known.handlePostMessage(request, response)
    if (known) return known.handleRequest(request, response)
    const transport =
      way === 'sse'
        ? new SSEServerTransport('/mcp', response)
        : new StreamableHTTPServerTransport({
            sessionIdGenerator: () => crypto.randomUUID(),
            onsessioninitialized: (session) => void sessions.set(session, transport)
          })
    await toolServer(aborted.resolve).connect(transport as Transport)
    if (transport instanceof SSEServerTransport) sessions.set(transport.sessionId, transport)
    else await transport.handleRequest(request, response)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    seen,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      http.close()
    }
  }
}

// As a program of its own it serves over standard input and output.
if (process.argv[1] === import.meta.filename) await toolServer(() => {}).connect(new StdioServerTransport())
