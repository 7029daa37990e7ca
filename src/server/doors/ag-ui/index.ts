import type { HttpResponse } from '../../http/http.ts'
import { below, type Door, refusalText } from '../common/door.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { agentRoutes } from './agent.ts'

/** AG-UI: what its `HttpAgent` speaks. Source: @ag-ui/core 1.0. */
export const agUiDoor = (tools: DoorTools): Door => ({
  name: 'ag-ui',
  owns: below('ag-ui'),
  routes: agentRoutes(tools),
  refusal
})

/** The client shows the status and the body of a refusal in its error. */
function refusal(answer: HttpResponse): HttpResponse {
  const { message, code } = refusalText(answer)
  return { status: answer.status, body: { message, ...(code !== undefined && { code }) } }
}
