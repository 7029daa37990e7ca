import { z } from 'zod'
import type { RunRow, Store } from '../../runtime/store/store.ts'
import { Id, type Route, route, Text } from '../door.ts'
import { done, type HttpRequest, mustOwn, refuse } from '../http.ts'
import { messageRows, runView } from './run-rows.ts'

export interface RunsDeps<Options = unknown> {
  store: Pick<Store, 'runs' | 'sessions'>
  /** The schema of `options`; without it they are not looked at. */
  options?: z.ZodType<Options>
  /** Makes the run; without it a bare row is stored. */
  create?(run: { session_id: number; user_id: string }, options: Options | undefined): Promise<RunRow>
}

const RunPath = z.object({ run_id: Id })

/** `/api/runs/`: making a run and reading it. Steering it has routes of its own. */
export function runRoutes<Options>(deps: RunsDeps<Options>): Route[] {
  const { runs, sessions } = deps.store
  const create = deps.create?.bind(deps) ?? ((run) => runs.create(run))
  const Run = z.object({ session_id: Id, user_id: Text, options: (deps.options ?? z.unknown()).optional() })
  const own = async (id: number, { user }: HttpRequest): Promise<RunRow> => {
    const run = (await runs.get(id)) ?? refuse(404, 'Run not found')
    mustOwn(user, run.user_id)
    return run
  }
  return [
    route('POST', '/api/runs/', { body: Run }, async ({ body, user }) => {
      const { session_id, user_id, options } = body
      mustOwn(user, user_id)
      if (!(await sessions.get(session_id, user_id))) refuse(404, 'Session not found')
      const { id } = await create({ session_id, user_id }, options as Options | undefined)
      return done({ run_id: id })
    }),
    route('GET', '/api/runs/{run_id}', { path: RunPath }, async ({ path, request }) =>
      done(await runView(runs, await own(path.run_id, request)))
    ),
    route('GET', '/api/runs/{run_id}/messages', { path: RunPath }, async ({ path, request }) =>
      done(await messageRows(runs, await own(path.run_id, request)))
    )
  ]
}
