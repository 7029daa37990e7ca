import { openEgress } from '../../src/runtime/network/egress/egress.ts'
import type { ServerOptions } from '../../src/server/app.ts'
import { AuthConfig } from '../../src/server/auth/config.ts'
import { jwt_secret, tokens } from './forged-tokens.ts'
import { RestClient } from './rest-client.ts'
import { serveHere } from './run-server.ts'
import { assistant, type Part, person, replayModel, roundRobin } from './some-teams.ts'

const guest = 'guestuser@gmail.com'

/** A team with a name. */
export const named = (name: string, part: Part): Part => ({
  ...part,
  config: { ...part.config, name }
})

/** A team of two that speak, a word at a time. */
export const duo = (name = 'duo', rounds = 1): Part => {
  const model = (...answers: string[]) =>
    replayModel(Array.from({ length: rounds }, () => answers).flat(), {})
  return named(
    name,
    roundRobin(
      [assistant('ann', model('A first line.'), true), assistant('bob', model('A second one.'), true)],
      3
    )
  )
}

/** A team whose person is asked after each draft; it ends after so many. */
export const editors = (name = 'editors', drafts = ['One draft.', 'Another draft.']): Part =>
  named(name, roundRobin([assistant('writer', replayModel(drafts), true), person()], 1 + 2 * drafts.length))

/** A server whose users, by name, have these teams. */
export async function doorServer(teams: readonly Part[], options: Partial<ServerOptions> = {}) {
  const server = await serveHere(options)
  const rest = new RestClient(server.url)
  const ids: number[] = []
  for (const component of teams)
    ids.push((await rest.post('/teams/', { user_id: guest, component })).body.data.id)
  return { ...server, rest, ids }
}

/** A server with authentication on, and clients of two of its users. */
export async function authenticatedDoorServer() {
  const server = await serveHere({
    auth: AuthConfig.parse({ type: 'jwt', jwt_secret }),
    permissions: { mcpCommands: [], codeExecution: false, egress: openEgress }
  })
  const clientOf = (token: string) => new RestClient(server.url, token)
  const [alice, bob, admin] = [clientOf(tokens.alice), clientOf(tokens.bob), clientOf(tokens.root)]
  return { ...server, alice, bob, admin, tokens }
}

/** The messages of a run, each as its source and text. */
export async function saidIn(rest: RestClient, run: number | string): Promise<[string, string][]> {
  const { body } = await rest.get(`/runs/${run}/messages`)
  return body.data.map(({ config }: { config: { source: string; content: string } }) => [
    config.source,
    config.content
  ])
}
