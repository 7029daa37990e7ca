import type { Runtime } from '../runtime/runtime.ts'
import { isOver } from '../runtime/status.ts'
import { RunConnection, type Visit } from './connection.ts'
import { closes, errorFrame } from './protocol.ts'
import type { Socket, SocketEvents, SocketRoute, UpgradeRequest, Verdict } from './socket.ts'

/** `/api/ws/runs/{run_id}`: follows a run and steers it. */
export const runSocket = (runtime: Runtime): SocketRoute<Visit> => ({
  path: '/api/ws/runs/{run_id}',
  upgrade: (request) => admit(runtime, request),
  open(socket: Socket, visit: Visit): SocketEvents {
    const connection = new RunConnection(socket, runtime, visit.run.id)
    connection.greet(visit).catch(() => socket.close(1011, 'Internal server error'))
    return connection
  }
})

/** Decides who may come in, before any run is touched. Authentication has its place here, ahead of the look-up. */
async function admit(runtime: Runtime, { params, query }: UpgradeRequest): Promise<Verdict<Visit>> {
  const id = /^[1-9]\d{0,15}$/.test(params.run_id ?? '') ? Number(params.run_id) : null
  const run = id === null ? undefined : await runtime.store.runs.get(id)
  if (!run)
    return refuse('unknownRun', errorFrame('unknown_run', `There is no run with id "${params.run_id}".`))
  const asked = query.get('after') || null
  if (asked === null) {
    return isOver(run.status)
      ? refuse('wrongState', errorFrame('run_over', closes.wrongState.reason))
      : { accept: { run, after: null } }
  }
  const after = /^\d{1,15}$/.test(asked) ? Number(asked) : Number.NaN
  const { seq } = await runtime.info(run)
  if (!(after <= seq)) {
    return refuse(
      'badCursor',
      errorFrame('bad_cursor', `"${asked}" is not the number of a frame of this run.`)
    )
  }
  return { accept: { run, after } }
}

const refuse = (why: keyof typeof closes, frame: string): Verdict<Visit> => ({
  refuse: { ...closes[why], frame }
})
