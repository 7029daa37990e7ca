import { type ReasonCode, TroupeError, toldError } from '../../protocol/errors.ts'
import type { HttpResponse } from './http.ts'

/** The HTTP status of each reason for which something over REST is refused; all others are 400. */
const statuses: Partial<Record<ReasonCode, number>> = {
  not_yours: 403,
  not_allowed: 403,
  admins_only: 403,
  team_not_stored: 403,
  token_scope: 403,
  no_authentication: 409,
  unknown_run: 404,
  unknown_team: 404,
  unknown_turn: 404,
  unknown_model: 404,
  already_started: 409,
  still_running: 409,
  not_started: 409,
  not_asked: 409,
  input_already_answered: 409,
  cannot_go_on: 409,
  log_does_not_fit: 409,
  no_state: 409,
  state_too_large: 413,
  too_many_secrets: 413,
  too_large: 413,
  too_much_at_once: 429,
  too_fast: 429,
  invalid_start: 422,
  wrong_answer: 422,
  bad_task: 422,
  empty_task: 422,
  bad_cursor: 422,
  not_stored: 503,
  closing: 503,
  unreachable: 503
}

/** The HTTP status of a refusal that has a code; undefined where the code has none. */
export function errorResponse(error: unknown): HttpResponse | undefined {
  const told = toldError(error)
  if (!(told instanceof TroupeError)) return undefined
  const { code, message } = told
  const status = statuses[code] ?? 400
  return {
    status,
    body: { detail: message, code },
    ...((status === 503 || status === 429) && { headers: { 'retry-after': '1' } })
  }
}
