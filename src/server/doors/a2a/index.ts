import type { HttpResponse } from '../../http/http.ts'
import { below, type Door, refusalText } from '../common/door.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { agentRoutes } from './agent.ts'
import { cardRoutes, MAIN_CARD } from './card.ts'
import { errorBody } from './errors.ts'

const isBelow = below('a2a')

/** A2A 1.0 over JSON-RPC: a context is a session, a task is a run. Source: @a2a-js/sdk 1.3. */
export const a2aDoor = (tools: DoorTools): Door => ({
  name: 'a2a',
  owns: (path) => isBelow(path) || path === MAIN_CARD,
  routes: [...cardRoutes(tools), ...agentRoutes(tools)],
  refusal
})

/** A request that was refused before it was read as JSON-RPC. */
function refusal(answer: HttpResponse): HttpResponse {
  const { message, code } = refusalText(answer)
  return {
    status: answer.status,
    headers: answer.status === 401 ? { 'www-authenticate': 'Bearer' } : {},
    body: errorBody(null, {
      code: answer.status === 422 ? -32600 : -32000,
      message,
      reason: code ?? 'refused'
    })
  }
}
