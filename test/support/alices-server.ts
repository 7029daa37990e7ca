import { AuthConfig } from '../../src/server/auth/config.ts'
import { databaseIn } from './database.ts'
import { rowsOf, tablesOf } from './database-contents.ts'
import { jwt_secret, tokens } from './forged-tokens.ts'
import { RestClient, SocketClient } from './rest-client.ts'
import { serveHere, temporary } from './run-server.ts'
import { asker, talkers } from './some-teams.ts'

/** What alice says and nobody else may read. */
export const marker = 'a word that only alice may read'

/** What is alice's, by its ids. */
export interface Ids {
  team: number
  session: number
  created: number
  waiting: number
  complete: number
  gallery: number
  settings: number
  mcp: string
}

/** A server with authentication on which alice has one of everything. */
export async function alicesServer() {
  const { folder, remove } = await temporary()
  const database = await databaseIn(folder)
  const auth = AuthConfig.parse({ type: 'jwt', jwt_secret })
  const server = await serveHere({ auth, database })
  const { url } = server
  const close = async () => {
    await server.close()
    await remove()
  }
  return { url, ids: await furnish(url), kept: () => kept(database), close }
}

async function furnish(url: string): Promise<Ids> {
  const alice = new RestClient(url, tokens.alice)
  const user_id = 'alice'
  const component = { ...talkers(1), label: marker, component_type: 'team', version: 1 }
  const team = (await alice.post('/teams/', { user_id, component })).body.data.id
  const session = (await alice.post('/sessions/', { user_id, name: marker, team_id: team })).body.data.id
  const newRun = async () => (await alice.post('/runs/', { session_id: session, user_id })).body.data.run_id
  const [created, waiting, complete] = [await newRun(), await newRun(), await newRun()]
  await run(url, complete, component, 'result')
  await run(url, waiting, asker(), 'input_request')
  const config = { id: 'g', name: marker, metadata: {}, components: { teams: [component] } }
  const gallery = (await alice.post('/gallery/', { user_id, config })).body.data.id
  const settings = (await alice.get('/settings/?user_id=alice')).body.data.id
  const { body } = await alice.post('/mcp/ws/connect', { server_params: { type: marker } })
  return { team, session, created, waiting, complete, gallery, settings, mcp: body.session_id }
}

async function run(url: string, id: number, team_config: unknown, until: string): Promise<void> {
  const client = await opened(`${url}/api/ws/runs/${id}?token=${tokens.alice}`)
  client.send({ type: 'start', task: marker, team_config })
  await client.next(until)
  client.ws.terminate()
  await client.end
}

/** A socket whose handshake is done. */
export async function opened(url: string): Promise<SocketClient> {
  const client = new SocketClient(url)
  await new Promise((resolve) => client.ws.once('open', resolve))
  return client
}

/** All that is kept, but for what is bob's own. */
async function kept(database: string): Promise<unknown> {
  const names = await tablesOf(database)
  return Promise.all(
    names.map(async (name) => [
      name,
      (await rowsOf(database, name)).filter(({ user_id }) => user_id !== 'bob')
    ])
  )
}
