import type { ComponentModel } from '../machines/component/component.ts'
import { guest } from '../protocol/guest.ts'
import type { Runtime } from '../runtime/host/runtime.ts'
import { inspectionsOf } from '../runtime/inspection/inspections.ts'
import type { Egress } from '../runtime/network/egress/egress.ts'
import type { Store } from '../runtime/store/store.ts'
import { type Auth, noAuth } from './auth/auth.ts'
import type { TokenRegister } from './auth/token-register.ts'
import { demoTeam } from './gallery/demo-team.ts'
import { defaultGallery } from './gallery/index.ts'
import { McpSessions } from './mcp/sessions.ts'
import type { RestServices } from './rest/index.ts'
import type { Prices } from './rest/prices.ts'
import { environmentOf } from './rest/settings.ts'
import { StartableTeams, type TeamPolicy } from './run-api/teams/startable-teams.ts'

/** What the services of a REST API are made of. */
export interface ServiceParts {
  version: string
  runtime: Runtime
  prices: Prices
  egress: Egress
  /** The variables of this process, as runs see them. */
  env: Readonly<Record<string, string | undefined>>
  /** The team that answers `/predict/{task}`. */
  servedTeam?: ComponentModel
  /** Which teams users may run; any, where it is not said. */
  teamPolicy?: TeamPolicy
  /** How users prove who they are; not at all, where it is not said. */
  auth?: Auth
  /** Tokens for one run and revoked ones; none while authentication is off. */
  tokenRegister?: TokenRegister
}

/** The services behind the routes of a REST API. */
export function servicesOf({
  version,
  runtime,
  prices,
  egress,
  env,
  servedTeam,
  teamPolicy = 'any',
  auth = noAuth,
  tokenRegister
}: ServiceParts): RestServices & {
  store: Store
} {
  const { store, vault, registry } = runtime
  return {
    ...{ version, store, runtime, registry, prices, defaultGallery, vault, egress, defaultTeam: demoTeam },
    ...{ servedTeam, teamPolicy, auth, tokenRegister },
    teams: new StartableTeams(runtime, teamPolicy),
    inspections: inspectionsOf(runtime),
    mcpSessions: new McpSessions(),
    unreadiness: () => runtime.unreadiness,
    trouble: () => store.trouble ?? (runtime.failure ? 'The database cannot be written to.' : undefined),
    envOf: async (user) =>
      Object.assign(Object.create(env), await environmentOf({ store, vault }, user ?? guest))
  }
}
