import type { Runtime } from '../../../runtime/host/runtime.ts'
import type { Inspections } from '../../../runtime/inspection/inspections.ts'
import type { Logger } from '../../../runtime/shared/logger.ts'
import type { Store } from '../../../runtime/store/store.ts'
import type { HttpResponse, RequestHead } from '../../http/http.ts'
import type { Route } from '../../http/route.ts'
import type { StartableTeams } from '../../run-api/teams/startable-teams.ts'

/** What doors are made of. */
export interface DoorServices {
  store: Store
  runtime: Runtime
  /** Which teams may be started. */
  teams: StartableTeams
  inspections: Inspections
  version: string
  log: Logger
}

/**
 * A way by which clients of another protocol reach teams: translates its requests into `start`, `input` and `stop`, and
 * the frames of a run into its events. What must outlast a restart stands with the run.
 */
export interface Door {
  /** As conversations and the console have it. */
  name: DoorName
  /** Whether a path belongs to this door. */
  owns(path: string): boolean
  routes: readonly Route[]
  /** A refusal (`{detail, code}`) as a client of this protocol reads it. */
  refusal(answer: HttpResponse, request: RequestHead): HttpResponse
}

export type DoorName = 'openai' | 'ag-ui' | 'ai-sdk' | 'a2a' | 'mcp'

/** Whether a path is below one of these first parts. */
export const below =
  (...parts: readonly string[]) =>
  (path: string): boolean =>
    parts.includes(path.split('/', 2)[1] ?? '')

/** What a refusal says, as one text: `detail` may be the list of rows of a 422. */
export function refusalText({ body }: HttpResponse): { message: string; code?: string } {
  const { detail, code } = (body ?? {}) as { detail?: unknown; code?: string }
  if (typeof detail === 'string') return { message: detail, code }
  if (!Array.isArray(detail)) return { message: 'The request was refused.', code }
  const rows = detail as { loc: (string | number)[]; msg: string }[]
  return {
    message: rows.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '),
    code: code ?? 'bad_request'
  }
}
