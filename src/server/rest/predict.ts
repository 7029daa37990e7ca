import { z } from 'zod'
import type { ComponentModel } from '../../machines/component/component.ts'
import { Prediction } from '../../protocol/rest-answers.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import { readTask } from '../../runtime/shared/task.ts'
import type { Store } from '../../runtime/store/store.ts'
import { type Route, route } from '../http/route.ts'
import { runView } from './run-rows.ts'

export interface PredictServices {
  store: Store
  runtime: Runtime
  /** The team that answers `/predict/{task}`; without one there is no such route. */
  servedTeam?: ComponentModel
}

/** Seconds that a question of the team may wait: who asks for a prediction is not there to answer. */
const PATIENCE = 30
/** Whose the runs are while authentication is off. */
const guest = 'guestuser@gmail.com'

/**
 * `GET /predict/{task}`: runs the served team on a task and gives the result, as `autogenstudio serve --team` does.
 * Each is a durable run like any other; an error stands in the answer, with `status` false.
 */
export function predictRoutes({ store, runtime, servedTeam }: PredictServices): Route[] {
  if (!servedTeam) return []
  return [
    route(
      'GET',
      '/predict/{task}',
      { path: z.object({ task: z.string().min(1) }), answer: Prediction },
      async ({ path, user }) => {
        const user_id = user.id ?? guest
        const name = `predict: ${path.task.slice(0, 80)}`
        const session = await store.sessions.insert({ user_id, name, team_id: null })
        const created = await store.runs.create({ session_id: session.id, user_id })
        const task = readTask(path.task, runtime.clock)
        const team_config = await runtime.vault.seal(servedTeam, user_id)
        const options = { input: { timeout_s: PATIENCE, on_timeout: 'fail' as const, answer: '' } }
        const run = runtime.start(created, { task, team_config, options })
        await run.ended
        return { status: 200, body: await answerOf(store, created.id) }
      }
    )
  ]
}

async function answerOf(store: Store, id: number): Promise<z.infer<typeof Prediction>> {
  const row = await store.runs.get(id)
  if (row?.status === 'complete') {
    const { team_result } = await runView(store.runs, row)
    return { message: 'Task successfully completed', status: true, data: team_result }
  }
  return { message: row?.error_message || 'The run did not come to its end.', status: false, data: null }
}
