import { z } from 'zod'
import { TroupeError } from '../../protocol/errors.ts'
import * as answers from '../../protocol/rest-answers.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import { limits, sizeText } from '../../runtime/shared/limits.ts'
import { type HttpResponse, ok } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'
import { ownRun, RunPath } from './own-run.ts'

export interface HistoryServices {
  runtime: Runtime
}

const Turn = z.int().nonnegative()
const TurnQuery = z.object({ turn: z.coerce.number().pipe(Turn).optional() })
const Fork = z.object({ turn: Turn })

/** What a run was before, its team and its state, runs that go on from one of its turns, and its deletion. */
export function historyRoutes({ runtime }: HistoryServices): Route[] {
  const { history } = runtime
  const own = ownRun(runtime.store)
  return [
    route(
      'GET',
      '/api/runs/{run_id}/turns',
      { path: RunPath, answer: answers.Turns },
      async ({ path, request }) => {
        const turns = await history.turns(await own(path.run_id, request))
        const shown = turns.map(({ turn, seq, speakers, at }) => ({
          ...{ turn, seq, speakers },
          at: new Date(at).toISOString()
        }))
        return ok(shown)
      }
    ),
    route(
      'GET',
      '/api/runs/{run_id}/state',
      { path: RunPath, query: TurnQuery, answer: answers.State },
      async ({ path, query, request }) =>
        stateAnswer(await history.state(await own(path.run_id, request), query.turn))
    ),
    route(
      'POST',
      '/api/runs/{run_id}/fork',
      { path: RunPath, body: Fork, answer: answers.NewRun },
      async ({ path, body, request }) =>
        ok({ run_id: await runtime.fork(await own(path.run_id, request), body.turn) })
    ),
    route(
      'GET',
      '/api/runs/{run_id}/team',
      { path: RunPath, answer: answers.RunTeam },
      async ({ path, request }) => {
        const { id } = await own(path.run_id, request)
        return ok((await runtime.store.runs.saved(id))?.team_config ?? null)
      }
    ),
    route(
      'DELETE',
      // Not beside `GET /api/runs/{run_id}`: Studio's server answers 405 there.
      '/api/overview/runs/{run_id}',
      { path: RunPath, answer: answers.Done },
      async ({ path, request }) => {
        const { id } = await own(path.run_id, request)
        await runtime.stop(id, 'The run was deleted')
        await runtime.store.runs.delete(id)
        return { status: 200, body: { status: true, message: 'Run deleted successfully' } }
      }
    )
  ]
}

/** A state as JSON. Throws `state_too_large`. */
function stateAnswer(data: unknown): HttpResponse {
  const text = JSON.stringify(data)
  if (text.length > limits.state) throw new TroupeError('state_too_large', sizeText(limits.state))
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    bytes: Buffer.from(`{"status":true,"data":${text}}`)
  }
}
