import type { Route } from '../http/route.ts'
import { type CommandServices, commandRoutes } from './commands.ts'
import { type EventsServices, eventsRoutes } from './events.ts'
import { type GalleryServices, galleryRoutes } from './gallery.ts'
import { type HistoryServices, historyRoutes } from './history.ts'
import { type InspectionServices, inspectionRoutes } from './inspection.ts'
import { type McpServices, mcpRoutes } from './mcp.ts'
import { type MetaServices, metaRoutes } from './meta.ts'
import { type OverviewServices, overviewRoutes } from './overview.ts'
import { type PredictServices, predictRoutes } from './predict.ts'
import { type PriceServices, priceRoutes } from './prices.ts'
import { type RunsServices, runRoutes } from './runs.ts'
import { type SessionsServices, sessionRoutes } from './sessions.ts'
import { type SettingsServices, settingsRoutes } from './settings.ts'
import { type TeamsServices, teamRoutes } from './teams.ts'
import { type TokenServices, tokenRoutes } from './tokens.ts'
import { type ValidateServices, validateRoutes } from './validate.ts'

/** The services that the resources use, all together. */
export type RestServices = CommandServices &
  EventsServices &
  GalleryServices &
  HistoryServices &
  InspectionServices &
  McpServices &
  MetaServices &
  OverviewServices &
  PredictServices &
  PriceServices &
  RunsServices &
  SessionsServices &
  SettingsServices &
  TeamsServices &
  TokenServices &
  ValidateServices

/** The routes of all resources but `/auth`, which depend on how users prove who they are. */
export const restRoutes = (services: RestServices): Route[] =>
  [
    metaRoutes,
    teamRoutes,
    sessionRoutes,
    runRoutes,
    tokenRoutes,
    overviewRoutes,
    commandRoutes,
    eventsRoutes,
    historyRoutes,
    inspectionRoutes,
    mcpRoutes,
    settingsRoutes,
    galleryRoutes,
    validateRoutes,
    predictRoutes,
    priceRoutes
  ].flatMap((routes) => routes(services))
