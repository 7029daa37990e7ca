import { isDeepStrictEqual } from 'node:util'
import type { ComponentModel } from '../../../machines/component/component.ts'
import type { FrameOf } from '../../../protocol/client-frames.ts'
import { TroupeError } from '../../../protocol/errors.ts'
import { modern } from '../../../runtime/components/documents/recognize.ts'
import { ComponentJson } from '../../../runtime/components/registry.ts'
import type { Runtime } from '../../../runtime/host/runtime.ts'
import type { RunRow, TeamHeader, TeamRow } from '../../../runtime/store/store.ts'
import { isAdmin, type User } from '../../http/http.ts'
import { type ChosenTeam, chosen, MOST_PUBLISHED, namedTeam } from './named-team.ts'

/** What users may run: `any` team that they bring along or keep; only `stored` ones; only those that are `published`. */
export type TeamPolicy = 'any' | 'stored' | 'published'

/** Throws `team_not_stored` where a user who is no admin brings a component along and only stored teams may be run. */
export function demandMayBring(user: User, policy: TeamPolicy = 'any'): void {
  if (policy !== 'any' && !isAdmin(user)) throw new TroupeError('team_not_stored')
}

type Wanted = Pick<FrameOf<'start'>, 'team_config' | 'team_id' | 'team'>

/** Finds the team that a start names or brings along, and refuses what may not be run here. */
export class StartableTeams {
  readonly #runtime: Runtime
  readonly #policy: TeamPolicy

  constructor(runtime: Runtime, policy: TeamPolicy = 'any') {
    this.#runtime = runtime
    this.#policy = policy
  }

  /** The team of a run that is to start. Throws `invalid_start` where none is named, `unknown_team`, `team_not_stored`. */
  async find({ team_config, team_id, team }: Wanted, row: RunRow): Promise<ChosenTeam> {
    if (team_config && Object.keys(team_config).length > 0) return this.#brought(team_config, row.user_id)
    if (team_id != null) return this.#stored(team_id, row.user_id)
    if (team == null) throw new TroupeError('invalid_start')
    return namedTeam(team, row, this.#runtime, this.#mayStart)
  }

  /** Throws `team_not_stored` where a stored team may not be run here. */
  demand(team: TeamHeader): void {
    if (!this.#mayStart(team)) throw new TroupeError('team_not_stored')
  }

  readonly #mayStart = ({ published }: TeamHeader): boolean => this.#policy !== 'published' || published

  async #stored(id: number, user: string | null): Promise<ChosenTeam> {
    const team = await this.#runtime.store.teams.get(id)
    if (!team || !(team.user_id === user || team.published)) throw new TroupeError('unknown_team', String(id))
    this.demand(team)
    return chosen(team, user)
  }

  async #brought(given: unknown, user: string | null): Promise<ChosenTeam> {
    // A config that is no component becomes the run's error when it opens.
    const present = modern(given)?.component ?? (given as ComponentModel)
    const component: ComponentModel = ComponentJson.safeParse(present).data ?? present
    if (this.#policy === 'any') return { component: await this.#runtime.vault.seal(component, user) }
    // Pages send the whole of a team that they have read here.
    for await (const team of this.#reachable(user))
      if ([component, given].some((one) => isDeepStrictEqual(one, team.component))) return chosen(team, user)
    throw new TroupeError('team_not_stored')
  }

  async *#reachable(user: string | null): AsyncGenerator<TeamRow> {
    const { teams } = this.#runtime.store
    const headers = user === null ? [] : await teams.reachable(user)
    for (const { id } of headers.filter(this.#mayStart).slice(0, MOST_PUBLISHED)) {
      const team = await teams.get(id)
      if (team) yield team
    }
  }
}
