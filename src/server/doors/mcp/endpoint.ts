import { createMcpHandler, isLegacyRequest, type McpHttpHandler } from '@modelcontextprotocol/server'
import type { HttpRequest, HttpResponse, User } from '../../http/http.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { ClientSessions } from './sessions.ts'
import { TeamServer } from './team-server.ts'
import { answerOf, webRequestOf } from './web-exchange.ts'

/** What is larger than a body may be was refused before. */
const unlimited = { maxRequestBodySize: Number.MAX_SAFE_INTEGER }

/** `/mcp`: clients of 2026-07-28 by themselves, those of 2025 in sessions. */
export class McpEndpoint {
  readonly #modern: McpHttpHandler
  readonly #sessions: ClientSessions

  constructor(tools: DoorTools) {
    const teams = new TeamServer(tools)
    this.#modern = createMcpHandler(({ authInfo }) => teams.serverFor(authInfo!.extra!.user as User), {
      legacy: 'reject',
      // A call may take hours: what is streamed is kept alive by comments, and a client sees that it is.
      responseMode: 'sse',
      ...unlimited
    })
    this.#sessions = new ClientSessions((user) => teams.serverFor(user))
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    const { user } = request
    const { web, left } = await webRequestOf(request)
    const response = (await isLegacyRequest(web, undefined, unlimited))
      ? await this.#sessions.answer(web, user)
      : await this.#modern.fetch(web, { authInfo: { token: '', clientId: '', scopes: [], extra: { user } } })
    return answerOf(response, left)
  }
}
