import { z } from 'zod'
import { TroupeError } from '../../../protocol/errors.ts'
import type { HttpRequest, HttpResponse, User } from '../../http/http.ts'
import { type Route, route } from '../../http/route.ts'
import type { DoorTools } from '../common/door-tools.ts'
import type { ListedTeam } from '../common/team-directory.ts'

/** Where clients look for the agent of a host. */
export const MAIN_CARD = '/.well-known/agent-card.json'

const TeamPath = z.object({ team: z.string() })

/** The cards of teams; at the root that of the default team, else of the only published one, else of the only one. */
export const cardRoutes = ({ teams, services: { version } }: DoorTools): Route[] => [
  route('GET', `/a2a/{team}${MAIN_CARD}`, { path: TeamPath }, async ({ path, user, request }) => {
    const { id } = await teams.find(path.team, user)
    const team = (await teams.list(user)).find(({ row }) => row.id === id)
    if (!team) throw new TroupeError('unknown_model', path.team, '')
    return { status: 200, body: cardOf(team, version, user, request) }
  }),
  route('GET', MAIN_CARD, {}, async ({ user, request }): Promise<HttpResponse> => {
    const all = await teams.list(user)
    const published = all.filter(({ row }) => row.published)
    const main = all.find(({ row }) => row.default) ?? onlyOf(published.length > 0 ? published : all)
    if (main) return { status: 200, body: cardOf(main, version, user, request) }
    const message =
      all.length > 0
        ? 'There are several agents here: each has a card of its own.'
        : 'There is no agent here: store a team, or have one published.'
    const agents = all.map(({ name, title }) => ({
      name: title,
      card: `${addressOf(name, request)}${MAIN_CARD}`
    }))
    return { status: 404, body: { message, agents } }
  })
]

const onlyOf = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined)

/** The address of a team's interface, as the client reached this server. */
function addressOf(name: string, { headers }: HttpRequest): string {
  const scheme = headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http'
  return `${scheme}://${headers.get('host') ?? 'localhost'}/a2a/${encodeURIComponent(name)}`
}

/** A team's card. Source: `AgentCard` of A2A 1.0. */
function cardOf({ name, title, description }: ListedTeam, version: string, user: User, request: HttpRequest) {
  const bearer = { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } }
  const modes = { inputModes: ['text/plain'], outputModes: ['text/plain'] }
  const about = description || `The team "${title}".`
  return {
    ...{ name: title, description: about, version },
    supportedInterfaces: [
      { url: addressOf(name, request), protocolBinding: 'JSONRPC', protocolVersion: '1.0' }
    ],
    capabilities: { streaming: true, pushNotifications: false, extendedAgentCard: false },
    ...{ defaultInputModes: modes.inputModes, defaultOutputModes: modes.outputModes },
    ...(user.id !== null && {
      securitySchemes: bearer,
      securityRequirements: [{ schemes: { bearer: { list: [] } } }]
    }),
    skills: [{ id: name, name: title, description: about, tags: ['team'], ...modes }]
  }
}
