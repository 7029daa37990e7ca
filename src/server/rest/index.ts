import type { Route } from '../http/route.ts'
import { type SteeringDeps, steeringRoutes } from './commands.ts'
import { type EventsDeps, eventsRoutes } from './events.ts'
import { type GalleryDeps, galleryRoutes } from './gallery.ts'
import { type HistoryDeps, historyRoutes } from './history.ts'
import { type InspectionRouteDeps, inspectionRoutes } from './inspection.ts'
import { type McpDeps, mcpRoutes } from './mcp.ts'
import { type MetaDeps, metaRoutes } from './meta.ts'
import { type OverviewDeps, overviewRoutes } from './overview.ts'
import { type Prices, priceRoutes } from './prices.ts'
import { type RunsDeps, runRoutes } from './runs.ts'
import { type SessionsDeps, sessionRoutes } from './sessions.ts'
import { type SettingsDeps, settingsRoutes } from './settings.ts'
import { type TeamsDeps, teamRoutes } from './teams.ts'
import { type ValidateDeps, validateRoutes } from './validate.ts'

/** What the resources need, all together. */
export interface RestDeps {
  meta: MetaDeps
  teams: TeamsDeps
  sessions: SessionsDeps
  runs: RunsDeps & OverviewDeps
  /** What only a server that runs runs has. */
  running?: SteeringDeps & EventsDeps & HistoryDeps
  inspection?: InspectionRouteDeps
  mcp?: McpDeps
  settings?: SettingsDeps
  gallery?: GalleryDeps
  validate?: ValidateDeps
  prices?: Prices
}

/** The table of all resources but `/auth`, whose routes depend on how users prove who they are. */
export const restRoutes = (deps: RestDeps): Route[] => [
  ...metaRoutes(deps.meta),
  ...teamRoutes(deps.teams),
  ...sessionRoutes(deps.sessions),
  ...runRoutes(deps.runs),
  ...overviewRoutes(deps.runs),
  ...(deps.running
    ? [...steeringRoutes(deps.running), ...eventsRoutes(deps.running), ...historyRoutes(deps.running)]
    : []),
  ...(deps.inspection ? inspectionRoutes(deps.inspection) : []),
  ...(deps.mcp ? mcpRoutes(deps.mcp) : []),
  ...(deps.settings ? settingsRoutes(deps.settings) : []),
  ...(deps.gallery ? galleryRoutes(deps.gallery) : []),
  ...(deps.validate ? validateRoutes(deps.validate) : []),
  ...(deps.prices ? priceRoutes({ prices: deps.prices }) : [])
]
