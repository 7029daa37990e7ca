import type { ComponentModel } from '../../../machines/component/component.ts'
import { TroupeError } from '../../../protocol/errors.ts'
import { slugOf } from '../../../runtime/components/slug.ts'
import type { Runtime } from '../../../runtime/host/runtime.ts'
import type { RunRow, Store, TeamHeader, TeamRow } from '../../../runtime/store/store.ts'

/** A team that a run is started with. */
export interface ChosenTeam {
  component: ComponentModel
  /** Whose secrets it is loaded with, where that is not the run's owner. */
  team_owner?: string | null
}

/** Published teams of others that are looked through. */
export const MOST_PUBLISHED = 1000

/**
 * A team by what people call it: one that is registered under the name, else the latest of the run's owner with this label,
 * name or slug, else the only published one with it, else the one with this id. Of stored ones only
 * those count that may be started. Throws `unknown_team`, and `team_not_stored` where it may not be started.
 */
export async function namedTeam(
  name: string | number,
  row: RunRow,
  runtime: Runtime,
  mayStart: (team: TeamHeader) => boolean
): Promise<ChosenTeam> {
  const registered = typeof name === 'string' ? runtime.registry.find(name) : undefined
  if (registered?.kind === 'team' && registered.provider === name)
    return {
      component: { provider: name, component_type: 'team', version: registered.version, config: {} }
    }
  const found =
    typeof name === 'string' &&
    row.user_id !== null &&
    (await byName(name, row.user_id, runtime.store, mayStart))
  if (found) return chosen(found, row.user_id)
  const id = /^\d{1,15}$/.test(String(name)) ? Number(name) : undefined
  const team = id === undefined ? undefined : await runtime.store.teams.get(id)
  if (team && (team.published || team.user_id === row.user_id)) {
    if (!mayStart(team)) throw new TroupeError('team_not_stored')
    return chosen(team, row.user_id)
  }
  throw new TroupeError('unknown_team', String(name))
}

async function byName(
  name: string,
  user: string,
  { teams }: Store,
  mayStart: (team: TeamHeader) => boolean
): Promise<TeamRow | undefined> {
  const isNamed = ({ component }: TeamRow) =>
    component.label === name || component.config.name === name || slugOf(component) === name
  const own = (await teams.list(user)).find((team) => isNamed(team) && mayStart(team))
  if (own) return own
  const others = (await teams.reachable(user)).filter(({ user_id }) => user_id !== user)
  const published: TeamRow[] = []
  for (const { id } of others.slice(0, MOST_PUBLISHED)) {
    const team = await teams.get(id)
    if (team && isNamed(team)) published.push(team)
  }
  return published.length === 1 ? published[0] : undefined
}

/** A stored team, for a run of a user. */
export const chosen = ({ component, user_id }: TeamRow, owner: string | null): ChosenTeam => ({
  component,
  ...(user_id !== owner && { team_owner: user_id })
})
