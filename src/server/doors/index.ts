import type { Logger } from '../../runtime/shared/logger.ts'
import type { HttpHandler, HttpResponse, RequestHead } from '../http/http.ts'
import { router } from '../http/router.ts'
import { a2aDoor } from './a2a/index.ts'
import { agUiDoor } from './ag-ui/index.ts'
import { aiSdkDoor } from './ai-sdk/index.ts'
import type { Door, DoorServices } from './common/door.ts'
import { DoorTools } from './common/door-tools.ts'
import { mcpDoor } from './mcp/index.ts'
import { openAiDoor } from './openai/index.ts'

/** Every door. */
const doors = [openAiDoor, aiSdkDoor, agUiDoor, a2aDoor, mcpDoor] satisfies readonly ((
  tools: DoorTools
) => Door)[]

/** All doors of a server. */
export interface Doors {
  /** Whether a path belongs to one of them. */
  own(path: string): boolean
  /** Answers what does; callers are known by then. */
  handle: HttpHandler
  /** A refusal in the words of the door that the request came to; anything else as it is. */
  present(request: RequestHead, answer: HttpResponse): HttpResponse
}

/** Makes the doors of a server. */
export function createDoors(services: Omit<DoorServices, 'log'>, log: Logger): Doors {
  const tools = new DoorTools({ ...services, log })
  const all = doors.map((door) => door(tools))
  const doorOf = (path: string) => all.find((door) => door.owns(path))
  return {
    own: (path) => doorOf(path) !== undefined,
    handle: router(
      all.flatMap(({ routes }) => routes),
      log
    ),
    present(request, answer) {
      const door = isRefusal(answer) ? doorOf(request.path) : undefined
      if (!door) return answer
      const refusal = door.refusal(answer, request)
      return { ...refusal, headers: { ...answer.headers, ...refusal.headers } }
    }
  }
}

/** Whether an answer is a refusal in our own words. */
const isRefusal = ({ status, body }: HttpResponse): boolean =>
  status >= 400 && typeof body === 'object' && body !== null && 'detail' in body
