import { closeCodes, refusal } from '../../protocol/close-codes.ts'
import { isFinal } from '../../protocol/run-status.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import { type Auth, noAuth, socketUser } from '../auth/auth.ts'
import { mayAccess } from '../http/http.ts'
import type { Socket, SocketEvents, SocketRoute, UpgradeRequest, Verdict } from '../ws/socket.ts'
import type { Rights } from './caller.ts'
import { logInternal } from './log-internal.ts'
import { type Attachment, RunConnection } from './run-connection.ts'
import { StartableTeams } from './teams/startable-teams.ts'
import { wantsWholeRecords } from './whole-records.ts'

/** `/api/ws/runs/{run_id}`: follows a run and steers it. */
export const runSocket = (
  runtime: Runtime,
  auth: Auth = noAuth,
  { rights, teams = new StartableTeams(runtime) }: { rights?: Rights; teams?: StartableTeams } = {}
): SocketRoute<Attachment> => ({
  path: '/api/ws/runs/{run_id}',
  upgrade: (request) => admit(runtime, auth, request),
  open(socket: Socket, visit: Attachment): SocketEvents {
    const connection = new RunConnection(socket, { runtime, teams, rights }, visit)
    connection.greet(visit).catch((error) => {
      logInternal(runtime, visit.run.id, error, 'a client could not follow a run')
      socket.close(closeCodes.lost.code, closeCodes.lost.reason)
    })
    return connection
  }
})

/** Decides who may come in, before any run is touched. */
async function admit(runtime: Runtime, auth: Auth, request: UpgradeRequest): Promise<Verdict<Attachment>> {
  const user = await socketUser(auth, request)
  if ('refuse' in user) return user
  const { params, query } = request
  const id = /^[1-9]\d{0,15}$/.test(params.run_id ?? '') ? Number(params.run_id) : null
  const run = id === null ? undefined : await runtime.store.runs.get(id)
  if (!run) return refusal('unknownRun', 'unknown_run', params.run_id ?? '')
  const { expires, id: by, token } = user
  if (user.run !== undefined && user.run !== id)
    return { ...refusal('notYours', 'token_scope', String(user.run)), user: by }
  const answersOnly = user.run !== undefined
  if (!mayAccess(user, run.user_id)) return { ...refusal('notYours', 'not_yours'), user: by }
  const whole = wantsWholeRecords(query)
  const asked = query.get('after') || null
  if (asked === null) {
    if (isFinal(run.status)) return { ...refusal('wrongState', 'run_over'), user: by }
    return { accept: { run, after: null, whole, answersOnly }, expires, user: by, token }
  }
  const after = /^\d{1,15}$/.test(asked) ? Number(asked) : Number.NaN
  const { seq } = await runtime.info(run)
  if (!(after <= seq)) return refusal('badCursor', 'bad_cursor', asked)
  return { accept: { run, after, whole, answersOnly }, expires, user: by, token }
}
