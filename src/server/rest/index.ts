import type { Route } from '../door.ts'
import { type McpDeps, mcpRoutes } from './mcp.ts'
import { type MetaDeps, metaRoutes } from './meta.ts'
import { type RunsDeps, runRoutes } from './runs.ts'
import { type SessionsDeps, sessionRoutes } from './sessions.ts'
import { type TeamsDeps, teamRoutes } from './teams.ts'

/** What the resources need, all together. */
export interface RestDeps<Options = unknown> {
  meta: MetaDeps
  teams: TeamsDeps
  sessions: SessionsDeps
  runs: RunsDeps<Options>
  mcp?: McpDeps
}

/** The table of all resources but `/auth`, whose routes depend on how users prove who they are. */
export const restRoutes = <Options>(deps: RestDeps<Options>): Route[] => [
  ...metaRoutes(deps.meta),
  ...teamRoutes(deps.teams),
  ...sessionRoutes(deps.sessions),
  ...runRoutes(deps.runs),
  ...mcpRoutes(deps.mcp)
]
