import { z } from 'zod'
import * as answers from '../../protocol/rest-answers.ts'
import { mergeOptions, RunOptions } from '../../protocol/run-options.ts'
import type { Store } from '../../runtime/store/store.ts'
import { ok, refuse, requireOwner } from '../http/http.ts'
import { Id, type Route, route, Text } from '../http/route.ts'
import { ownRun, RunPath } from './own-run.ts'
import { messageRows, Records, runView } from './run-rows.ts'

export interface RunsServices {
  store: Pick<Store, 'runs' | 'sessions'>
}

const Run = z.object({
  session_id: Id,
  user_id: Text,
  options: RunOptions.nullish(),
  state: RunOptions.shape.state.nullable(),
  continue: RunOptions.shape.continue.nullable()
})

/** `/api/runs/`: making a run and reading it. Steering it has routes of its own. */
export function runRoutes({ store: { runs, sessions } }: RunsServices): Route[] {
  const own = ownRun({ runs })
  return [
    route('POST', '/api/runs/', { body: Run, answer: answers.NewRun }, async ({ body, user }) => {
      const { session_id, user_id } = body
      requireOwner(user, user_id)
      if (!(await sessions.get(session_id, user_id))) refuse(404, 'Session not found')
      const { id } = await runs.create({ session_id, user_id, options: mergeOptions(null, body) })
      return ok({ run_id: id })
    }),
    route('GET', '/api/runs/{run_id}', { path: RunPath, answer: answers.Run }, async ({ path, request }) =>
      ok(await runView(runs, await own(path.run_id, request)))
    ),
    route(
      'GET',
      '/api/runs/{run_id}/messages',
      { path: RunPath, query: z.object({ records: Records }), answer: answers.Messages },
      async ({ path, query, request }) =>
        ok(await messageRows(runs, await own(path.run_id, request), query.records))
    )
  ]
}
