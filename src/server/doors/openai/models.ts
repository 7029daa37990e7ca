import { z } from 'zod'
import { type Route, route } from '../../http/route.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { type ListedTeam, wordsOf } from '../common/team-directory.ts'
import { secondsOf } from './chat.ts'

const ModelPath = z.object({ model: z.string() })

/** `GET /v1/models`: every team that the caller can reach is a model. */
export const modelRoutes = ({ teams }: DoorTools): Route[] => [
  route('GET', '/v1/models', {}, async ({ user }) => ({
    status: 200,
    body: { object: 'list', data: (await teams.list(user)).map(modelOf) }
  })),
  route('GET', '/v1/models/{model}', { path: ModelPath }, async ({ path, user }) => {
    const row = await teams.find(path.model, user)
    return {
      status: 200,
      body: modelOf({ row, name: await teams.nameOf(row, user), ...wordsOf(row.component) })
    }
  })
]

/** `name` and `description` are not OpenAI's: pages that list models show them. */
const modelOf = ({ name, title, description, row }: ListedTeam) => ({
  id: name,
  object: 'model',
  created: secondsOf(row.created_at),
  owned_by: row.user_id ?? 'troupe',
  name: title,
  ...(description !== '' && { description })
})
