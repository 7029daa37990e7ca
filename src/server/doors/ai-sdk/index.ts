import type { HttpResponse } from '../../http/http.ts'
import { below, type Door, refusalText } from '../common/door.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { chatRoutes } from './chats.ts'

/** The AI SDK's UI message streams: what `useChat` speaks. Source: ai 7.0. */
export const aiSdkDoor = (tools: DoorTools): Door => ({
  name: 'ai-sdk',
  owns: below('ai-sdk'),
  routes: chatRoutes(tools),
  refusal
})

/** The client shows the body of a refusal as its error's message. */
function refusal(answer: HttpResponse): HttpResponse {
  const { message: error, code } = refusalText(answer)
  return { status: answer.status, body: { error, ...(code !== undefined && { code }) } }
}
