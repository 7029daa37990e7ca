import { z } from 'zod'
import { TroupeError } from '../../protocol/errors.ts'
import * as answers from '../../protocol/rest-answers.ts'
import { type Route, route } from '../http/route.ts'
import type { McpSessions } from '../mcp/sessions.ts'
import { demandMayBring, type TeamPolicy } from '../run-api/teams/startable-teams.ts'

/** Keeps what a page wants to connect to until its socket comes and names the session. */
export interface McpServices {
  mcpSessions: McpSessions
  teamPolicy?: TeamPolicy
}

/** Characters of what is kept until the socket comes. */
const LARGEST = 2 ** 17

const Connect = z.object({ server_params: z.record(z.string(), z.unknown()) })

/** Gives a page the address of a socket to an MCP server. Nothing is started here: the socket does that. */
export const mcpRoutes = ({ mcpSessions, teamPolicy }: McpServices): Route[] => [
  route('POST', '/api/mcp/ws/connect', { body: Connect, answer: answers.McpSession }, ({ body, user }) => {
    demandMayBring(user, teamPolicy)
    if (JSON.stringify(body.server_params).length > LARGEST) throw new TroupeError('too_large', '128 KiB')
    const session_id = mcpSessions.remember(body.server_params, user)
    return {
      status: 200,
      body: {
        status: true,
        message: 'WebSocket connection URL created',
        session_id,
        websocket_url: `/api/mcp/ws/${session_id}`,
        timestamp: new Date().toISOString()
      }
    }
  })
]
