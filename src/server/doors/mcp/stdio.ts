import { optional } from '../../../runtime/packages/optional.ts'
import { anybody } from '../../http/http.ts'
import type { DoorTools } from '../common/door-tools.ts'

/**
 * Makes the servers of all teams for connections of this machine's user, such as stdio: an `McpServerFactory`, without
 * its type, since not every program has the package. Throws a sentence that says what to install where it is missing.
 */
export async function stdioServers(tools: DoorTools): Promise<() => object> {
  const load = () => import('./team-server.ts')
  const { TeamServer } = await optional(load, '@modelcontextprotocol/server', 'which speaks MCP')
  const teams = new TeamServer(tools)
  return () => teams.serverFor(anybody)
}
