import { z } from 'zod'
import type { ComponentModel } from '../../machines/component/component.ts'
import { TroupeError } from '../../protocol/errors.ts'
import * as answers from '../../protocol/rest-answers.ts'
import { modern } from '../../runtime/components/documents/recognize.ts'
import type { SecretVault } from '../../runtime/components/secret-vault.ts'
import type { Store, TeamRow } from '../../runtime/store/store.ts'
import { isAdmin, ok, refuse, requireOwner } from '../http/http.ts'
import { ForUser, Id, type Route, route, Text } from '../http/route.ts'
import { demandMayBring, type TeamPolicy } from '../run-api/teams/startable-teams.ts'
import { listOrFirst } from './first.ts'

export interface TeamsServices {
  store: Pick<Store, 'teams'>
  /** What a user without teams gets at the first list. */
  defaultTeam: ComponentModel
  vault?: SecretVault
  /** Which teams users may run. */
  teamPolicy?: TeamPolicy
}

/** A component as a page saves it: whether it can be loaded is asked elsewhere, half-made teams are kept too. */
const Component = z.preprocess(
  // Teams of Studio before 0.4.1 are kept as ones of today.
  (value) => modern(value)?.component ?? value,
  z.looseObject({ provider: z.string(), config: z.record(z.string(), z.unknown()) })
) as unknown as z.ZodType<ComponentModel>

const Team = z.object({ id: Id.nullish(), user_id: Text, component: Component })
type Team = z.infer<typeof Team>
const TeamPath = z.object({ team_id: Id })

/** What is changed of a team. Pages send whole rows back, so other fields are not looked at. */
const Change = z.object({
  component: Component.optional(),
  published: z.boolean().optional(),
  default: z.boolean().optional()
})
const Owner = z.object({ user_id: Text.optional() })

/** `/api/teams/`: the teams of a user. */
export function teamRoutes({
  store: { teams },
  defaultTeam,
  vault,
  teamPolicy = 'any'
}: TeamsServices): Route[] {
  const listOrDemo = listOrFirst<TeamRow>(teams, (user_id) =>
    teams.insert({ user_id, component: defaultTeam })
  )
  // Where only stored teams may be run, only admins store teams.
  const list = teamPolicy === 'any' ? listOrDemo : (user: string) => teams.list(user)
  return [
    route('GET', '/api/teams/', { query: ForUser, answer: answers.Teams }, async ({ query, user }) => {
      requireOwner(user, query.user_id)
      return ok(await list(query.user_id))
    }),
    route('POST', '/api/teams/', { body: Team, answer: answers.Team }, async ({ body, user }) => {
      requireOwner(user, body.user_id)
      demandMayBring(user, teamPolicy)
      const component = (await vault?.seal(body.component, body.user_id)) ?? body.component
      return ok(await save(teams, { ...body, component }))
    }),
    route(
      'GET',
      '/api/teams/{team_id}',
      { path: TeamPath, query: ForUser, answer: answers.Team },
      async ({ path, query, user }) => {
        requireOwner(user, query.user_id)
        return ok((await teams.get(path.team_id, query.user_id)) ?? refuse(404, 'Team not found'))
      }
    ),
    route(
      'PUT',
      '/api/teams/{team_id}',
      { path: TeamPath, query: Owner, body: Change, answer: answers.Team },
      async ({ path, query, body, user }) => {
        const row = (await teams.get(path.team_id, query.user_id)) ?? refuse(404, 'Team not found')
        requireOwner(user, row.user_id)
        demandMayBring(user, teamPolicy)
        // There is one default team for everybody.
        if (body.default && !row.default && !isAdmin(user)) throw new TroupeError('admins_only')
        const component =
          body.component && ((await vault?.seal(body.component, row.user_id)) ?? body.component)
        const changes = { ...body, ...(component && { component }) }
        if (body.default) await teams.makeDefault(row.id)
        return ok((await teams.update(row.id, changes)) ?? refuse(404, 'Team not found'))
      }
    ),
    route(
      'DELETE',
      '/api/teams/{team_id}',
      { path: TeamPath, query: ForUser, answer: answers.Done },
      async (entered) => {
        const { path, query, user } = entered
        requireOwner(user, query.user_id)
        if (!(await teams.delete(path.team_id, query.user_id))) refuse(404, 'Team not found')
        return { status: 200, body: { status: true, message: 'Team deleted successfully' } }
      }
    )
  ]
}

/** Updates the row that the id names; without one, or where it has been deleted meanwhile, there is a new row. */
async function save(teams: Store['teams'], { id, user_id, component }: Team): Promise<TeamRow> {
  const row = id == null ? undefined : await teams.get(id)
  if (row === undefined) return teams.insert({ user_id, component })
  if (row.user_id !== user_id) refuse(404, 'Team not found')
  return (await teams.update(row.id, { component })) ?? refuse(404, 'Team not found')
}
