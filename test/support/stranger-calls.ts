import type { Ids } from './alices-server.ts'
import { RestClient } from './rest-client.ts'
import { talkers } from './some-teams.ts'

/** A request for what is alice's. */
export interface Call {
  line: string
  path: string
  body?: unknown
}

/** Routes that tell nothing of anybody: a token is all they ask for. */
export const common = [
  'GET /api/prices',
  'GET /api/machines',
  'GET /api/auth/me',
  'POST /api/validate/',
  'POST /api/validate/test',
  'POST /api/mcp/ws/connect',
  // A caller that has a token may end it.
  'POST /api/auth/revoke'
]
/** Routes that need no token. */
const open_ =
  /^(GET|POST) \/api\/(version|health|ready|docs|openapi\.json|auth\/(type|login-url|callback|callback-handler))$/

/** The bodies with which somebody would change what is alice's. */
const bodies = (ids: Ids, user_id: string): Record<string, unknown> => ({
  'POST /api/teams/': { id: ids.team, user_id, component: talkers(1) },
  'PUT /api/teams/{team_id}': { component: talkers(1), published: true },
  'POST /api/sessions/': { user_id, name: 'taken', team_id: ids.team },
  'PUT /api/sessions/{session_id}': { name: 'taken' },
  'POST /api/runs/': { session_id: ids.session, user_id },
  'POST /api/runs/{run_id}/start': { task: 'taken', team_config: talkers(1) },
  'POST /api/runs/{run_id}/stop': { reason: 'taken' },
  'POST /api/runs/{run_id}/pause': {},
  'POST /api/runs/{run_id}/resume': {},
  'POST /api/runs/{run_id}/input': { response: 'taken' },
  'POST /api/runs/{run_id}/fork': { turn: 0 },
  'PUT /api/settings/': { id: ids.settings, user_id, config: { ui: {}, environment: [] } },
  'POST /api/gallery/': { user_id: 'alice', config: { id: 'x', name: 'x', metadata: {}, components: {} } },
  'PUT /api/gallery/{gallery_id}': {
    user_id,
    config: { id: 'x', name: 'taken', metadata: {}, components: {} }
  },
  'POST /api/validate/': { component: { provider: 'none', config: {} } },
  'POST /api/validate/test': { component: { provider: 'none', config: {} } },
  'POST /api/mcp/ws/connect': { server_params: {} },
  'POST /api/runs/{run_id}/tokens': {},
  'POST /api/auth/revoke': { token: 'of nobody' }
})

/** Every route, asked for what is alice's in the name of `user`. */
export async function callsFor(url: string, ids: Ids, user: string): Promise<Call[]> {
  const { body: api } = await new RestClient(url).get('/openapi.json')
  const all = bodies(ids, user)
  return Object.entries(api.paths as Record<string, Record<string, { requestBody?: unknown }>>).flatMap(
    ([path, item]) =>
      Object.entries(item).flatMap(([method, { requestBody }]) => {
        const line = `${method.toUpperCase()} ${path}`
        if (open_.test(line)) return []
        if (requestBody && !(line in all)) throw new Error(`This test has no body for ${line}`)
        return addresses(ids, path).map((address) => ({
          line,
          path: `${address}?user_id=${user}`,
          body: all[line]
        }))
      })
  )
}

function addresses(ids: Ids, path: string): string[] {
  const filled = path
    .slice('/api'.length)
    .replace('{team_id}', String(ids.team))
    .replace('{session_id}', String(ids.session))
    .replace('{gallery_id}', String(ids.gallery))
  const runs = [ids.created, ids.waiting, ids.complete]
  return filled.includes('{run_id}') ? runs.map((id) => filled.replace('{run_id}', String(id))) : [filled]
}
