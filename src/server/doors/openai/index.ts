import { below, type Door } from '../common/door.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { chatRoutes } from './chat.ts'
import { modelRoutes } from './models.ts'
import { openAiRefusal } from './refusal.ts'
import { responseRoutes } from './responses.ts'

/** OpenAI's API: every team is a model. For its clients, and pages such as Open WebUI. Source: openai-node 7.57. */
export const openAiDoor = (tools: DoorTools): Door => ({
  name: 'openai',
  owns: below('v1'),
  routes: [...modelRoutes(tools), ...chatRoutes(tools), ...responseRoutes(tools)],
  refusal: openAiRefusal
})
