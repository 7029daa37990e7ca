import { optional } from '../../../runtime/packages/optional.ts'
import { type HttpResponse, refuse } from '../../http/http.ts'
import { type Route, route } from '../../http/route.ts'
import { below, type Door, refusalText } from '../common/door.ts'
import type { DoorTools } from '../common/door-tools.ts'
import type { McpEndpoint } from './endpoint.ts'

/** MCP over streamable HTTP: each team is a tool. Source: @modelcontextprotocol/server 2.4. */
export const mcpDoor = (tools: DoorTools): Door => ({
  name: 'mcp',
  owns: below('mcp'),
  routes: mcpRoutes(tools),
  refusal
})

const PACKAGE = '@modelcontextprotocol/server'

/** The package is loaded with the first request: a server whose teams are no tools starts without it. */
function mcpRoutes(tools: DoorTools): Route[] {
  let endpoint: Promise<McpEndpoint> | undefined
  const load = () => {
    endpoint ??= optional(() => import('./endpoint.ts'), PACKAGE, 'which speaks MCP').then(
      ({ McpEndpoint }) => new McpEndpoint(tools),
      (error: Error) => refuse(501, error.message)
    )
    return endpoint
  }
  return ['POST', 'GET', 'DELETE'].map((method) =>
    route(method, '/mcp', {}, async ({ request }) => (await load()).answer(request))
  )
}

/** What JSON-RPC keeps for errors of a server's own. */
const REFUSED = -32000

/** A refusal as an error of JSON-RPC, with our code in its data; it answers no request in particular. */
function refusal(answer: HttpResponse): HttpResponse {
  const { message, code } = refusalText(answer)
  return {
    status: answer.status,
    headers: answer.status === 401 ? { 'www-authenticate': 'Bearer' } : {},
    body: { jsonrpc: '2.0', id: null, error: { code: REFUSED, message, ...(code && { data: { code } }) } }
  }
}
