import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import * as answers from '../../protocol/rest-answers.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow, SessionRow, Store } from '../../runtime/store/store.ts'
import { ok, refuse, requireOwner } from '../http/http.ts'
import { ForUser, Id, type Route, route, Text } from '../http/route.ts'
import { messageRows, runView } from './run-rows.ts'
import { untilStored } from './until-stored.ts'

export interface SessionsServices {
  store: Pick<Store, 'sessions' | 'teams' | 'runs'>
  /** Stops the runs of a session before it is deleted. */
  runtime: Pick<Runtime, 'stop'>
}

const Session = z.object({ user_id: Text, name: Text.nullish(), team_id: Id.nullish() })
const Change = z.object({ name: Text.nullish(), team_id: Id.nullish() })
const SessionPath = z.object({ session_id: Id })
const item = { path: SessionPath, query: ForUser }

/** `/api/sessions/`: the sessions of a user, newest first, and their runs. */
export function sessionRoutes(services: SessionsServices): Route[] {
  const { sessions } = services.store
  return [
    route('GET', '/api/sessions/', { query: ForUser, answer: answers.Sessions }, async ({ query, user }) => {
      requireOwner(user, query.user_id)
      return ok(await sessions.list(query.user_id))
    }),
    route('POST', '/api/sessions/', { body: Session, answer: answers.Session }, async ({ body, user }) => {
      requireOwner(user, body.user_id)
      const team_id = await knownTeam(services, body.user_id, body.team_id)
      const row = await sessions.insert({ user_id: body.user_id, name: body.name ?? '', team_id })
      return ok(row, 'Session created successfully')
    }),
    route(
      'GET',
      '/api/sessions/{session_id}',
      { ...item, answer: answers.Session },
      async ({ path, query, user }) => {
        requireOwner(user, query.user_id)
        return ok(await own(services, path.session_id, query.user_id))
      }
    ),
    route(
      'PUT',
      '/api/sessions/{session_id}',
      { ...item, body: Change, answer: answers.Session },
      async (entered) => {
        const { path, query, body, user } = entered
        requireOwner(user, query.user_id)
        const row = await own(services, path.session_id, query.user_id)
        const changed = await sessions.update(row.id, await change(services, row, query.user_id, body))
        return ok(changed ?? refuse(404, 'Session not found'), 'Session updated successfully')
      }
    ),
    route(
      'DELETE',
      '/api/sessions/{session_id}',
      { ...item, answer: answers.Done },
      async ({ path, query, user }) => {
        requireOwner(user, query.user_id)
        const row = await own(services, path.session_id, query.user_id)
        const runs = await services.store.runs.ofSession(row.id)
        await untilStored(
          Promise.all(runs.map((run) => services.runtime.stop(run.id, 'The session was deleted')))
        )
        await sessions.delete(row.id, query.user_id)
        return { status: 200, body: { status: true, message: 'Session deleted successfully' } }
      }
    ),
    runsRoute(services)
  ]
}

/** All runs of a session with their messages, oldest first. */
const runsRoute = (services: SessionsServices): Route =>
  route(
    'GET',
    '/api/sessions/{session_id}/runs',
    { ...item, answer: answers.SessionRuns },
    async ({ path, query, user }) => {
      requireOwner(user, query.user_id)
      const row = await own(services, path.session_id, query.user_id, 'Session not found or access denied')
      const runs = await services.store.runs.ofSession(row.id)
      return inParts(services, runs)
    }
  )

/** Reads one run after the other: a session may have thousands, and others wait for their turn. */
async function inParts(services: SessionsServices, rows: readonly RunRow[]) {
  const runs: Awaited<ReturnType<typeof withMessages>>[] = []
  for (const row of rows) {
    runs.push(await withMessages(services, row))
    if (runs.length % AT_ONCE === 0) await nextTurn()
  }
  return ok({ runs })
}

/** Runs that are read before everything else gets a chance. */
const AT_ONCE = 8

async function own(services: SessionsServices, id: number, owner: string, otherwise = 'Session not found') {
  return (await services.store.sessions.get(id, owner)) ?? refuse(404, otherwise)
}

/** A row sent back unchanged may name a team that has been deleted meanwhile: only another team must exist. */
async function change(
  services: SessionsServices,
  row: SessionRow,
  user: string,
  wish: z.infer<typeof Change>
) {
  const same = wish.team_id === undefined || wish.team_id === row.team_id
  return {
    name: wish.name ?? row.name,
    team_id: same ? row.team_id : await knownTeam(services, user, wish.team_id)
  }
}

async function knownTeam(services: SessionsServices, user: string, id: number | null | undefined) {
  if (id == null) return null
  const team = await services.store.teams.get(id, user)
  return team?.id ?? refuse(404, 'Team not found')
}

async function withMessages({ store: { runs } }: SessionsServices, run: RunRow) {
  const [{ id, created_at, status, task, team_result, error_message }, messages] = await Promise.all([
    runView(runs, run),
    messageRows(runs, run)
  ])
  return { id: String(id), created_at, status, task, team_result, error_message, messages }
}
