import { z } from 'zod'
import type { RunRow, Store } from '../../runtime/store/store.ts'
import { type HttpRequest, refuse, requireOwner } from '../http/http.ts'
import { Id } from '../http/route.ts'

/** The path of what belongs to a run. */
export const RunPath = z.object({ run_id: Id })

/** A run that the caller may read and steer. Refuses with 404 where there is none of that number, with 403 where it is another user's. */
export const ownRun =
  ({ runs }: Pick<Store, 'runs'>) =>
  async (id: number, { user }: Pick<HttpRequest, 'user'>): Promise<RunRow> => {
    const run = (await runs.get(id)) ?? refuse(404, 'Run not found')
    requireOwner(user, run.user_id)
    return run
  }
