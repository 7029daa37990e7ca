import type { McpServerFactory } from '@modelcontextprotocol/server'
import { anybody } from '../../http/http.ts'
import type { DoorTools } from '../common/door-tools.ts'

export type { McpServerFactory }

/** Servers of all teams for connections of this machine's user, such as stdio. The package is loaded when it is called. */
export async function stdioServers(tools: DoorTools): Promise<McpServerFactory> {
  const { TeamServer } = await import('./team-server.ts')
  const teams = new TeamServer(tools)
  return () => teams.serverFor(anybody)
}
