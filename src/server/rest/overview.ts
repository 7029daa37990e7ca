import { z } from 'zod'
import * as answers from '../../protocol/rest-answers.ts'
import type { RunStatus } from '../../protocol/run-status.ts'
import type { Store } from '../../runtime/store/store.ts'
import { isAdmin, ok, requireOwner, type User } from '../http/http.ts'
import { Id, type Route, route, Text } from '../http/route.ts'

export interface OverviewServices {
  store: Pick<Store, 'runs'>
}

const statuses = ['created', 'active', 'awaiting_input', 'paused', 'complete', 'error', 'stopped'] as const

/** Several statuses stand with commas between them. What is empty is not asked for. */
const Statuses = z
  .string()
  .transform((text) => text.split(',').filter((status) => status !== ''))
  .pipe(z.array(z.enum(statuses satisfies readonly RunStatus[])))

const empty = z.literal('').transform(() => undefined)
const Query = z.object({
  user_id: empty.or(Text).optional(),
  status: Statuses.default([]),
  q: Text.optional(),
  before: empty.or(Id).optional(),
  /** What rows hold besides. */
  with: empty.or(z.literal('task')).optional(),
  limit: z.coerce.number().int().positive().max(500).default(50)
})

/** `/api/overview/runs`: the runs that the caller may see, newest first, over all sessions. */
export const overviewRoutes = ({ store: { runs } }: OverviewServices): Route[] => [
  route('GET', '/api/overview/runs', { query: Query, answer: answers.Overview }, async ({ query, user }) => {
    const { user_id = ownOnly(user), with: besides, ...rest } = query
    if (user_id !== undefined) requireOwner(user, user_id)
    const found = await runs.overview({ ...rest, user: user_id })
    return ok(besides === 'task' ? found : found.map(({ task: _, ...row }) => row))
  })
]

/** Who may see only what is theirs, and does not say whose runs are meant, means these. */
const ownOnly = (user: User): string | undefined => (isAdmin(user) ? undefined : (user.id ?? undefined))
