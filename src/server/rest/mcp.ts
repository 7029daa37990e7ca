import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Route, route } from '../door.ts'

/** Keeps what a page wants to connect to until its socket comes and names the session. */
export interface McpDeps {
  remember?(session: string, serverParams: Record<string, unknown>): void
}

/** Gives a page the address of a socket to an MCP server. Nothing is started here: the socket does that. */
export const mcpRoutes = ({ remember }: McpDeps = {}): Route[] => [
  route(
    'POST',
    '/api/mcp/ws/connect',
    { body: z.object({ server_params: z.record(z.string(), z.unknown()) }) },
    ({ body }) => {
      const session = randomUUID()
      remember?.(session, body.server_params)
      return {
        status: 200,
        body: {
          status: true,
          message: 'WebSocket connection URL created',
          session_id: session,
          websocket_url: `/api/mcp/ws/${session}`,
          timestamp: new Date().toISOString()
        }
      }
    }
  )
]
