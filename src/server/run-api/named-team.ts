import type { ComponentModel } from '../../machines/component/component.ts'
import { TroupeError } from '../../protocol/errors.ts'
import { slugOf } from '../../runtime/components/slug.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow, TeamRow } from '../../runtime/store/store.ts'

/** A team that a run is started with. */
export interface ChosenTeam {
  component: ComponentModel
  /** Whose secrets it is loaded with, where that is not the run's owner. */
  team_owner?: string | null
}

/** Published teams of others that are looked through for a name. */
const MOST = 1000

/** A team of the run's owner. Throws `unknown_team`. */
export async function ownTeam(id: number, { user_id }: RunRow, { store }: Runtime): Promise<ChosenTeam> {
  const team = await store.teams.get(id)
  if (team?.user_id !== user_id) throw new TroupeError('unknown_team', String(id))
  return { component: team.component }
}

/**
 * A team by what people call it: one that is registered under the name, else the latest of the run's owner with this label,
 * name or slug, else the only published one with it, else the one with this id. Throws `unknown_team`.
 */
export async function namedTeam(name: string | number, row: RunRow, runtime: Runtime): Promise<ChosenTeam> {
  const registered = typeof name === 'string' ? runtime.registry.find(name) : undefined
  if (registered?.kind === 'team' && registered.provider === name)
    return {
      component: { provider: name, component_type: 'team', version: registered.version, config: {} }
    }
  const found = typeof name === 'string' && row.user_id !== null && (await byName(name, row.user_id, runtime))
  if (found) return chosen(found, row.user_id)
  const id = /^\d{1,15}$/.test(String(name)) ? Number(name) : undefined
  const team = id === undefined ? undefined : await runtime.store.teams.get(id)
  if (team && (team.published || team.user_id === row.user_id)) return chosen(team, row.user_id)
  throw new TroupeError('unknown_team', String(name))
}

async function byName(
  name: string,
  user: string,
  { store: { teams } }: Runtime
): Promise<TeamRow | undefined> {
  const isNamed = ({ component }: TeamRow) =>
    component.label === name || component.config.name === name || slugOf(component) === name
  const own = (await teams.list(user)).find(isNamed)
  if (own) return own
  const others = (await teams.reachable(user)).filter(({ user_id }) => user_id !== user)
  const published: TeamRow[] = []
  for (const { id } of others.slice(0, MOST)) {
    const team = await teams.get(id)
    if (team && isNamed(team)) published.push(team)
  }
  return published.length === 1 ? published[0] : undefined
}

const chosen = ({ component, user_id }: TeamRow, owner: string | null): ChosenTeam => ({
  component,
  ...(user_id !== owner && { team_owner: user_id })
})
