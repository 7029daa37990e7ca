import type { ClientFrame, FrameOf } from '../../protocol/client-frames.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { LiveRun } from '../../runtime/run/live-run.ts'
import type { Caller } from './caller.ts'
import { start } from './start.ts'

/** The frames that steer a run. */
export type Steer = Exclude<ClientFrame['type'], 'ping'>

type Steering = { [Type in Steer]: (fields: Omit<FrameOf<Type>, 'type'>, caller: Caller) => Promise<LiveRun> }

/** How a run is steered, over the socket and by REST alike: each gives the run, or throws what is to be refused. */
export const steering: Steering = {
  start,
  async stop({ reason, graceful }, { runtime, run }) {
    const live = await runtime.getOrWake(run)
    if (graceful) live.stopGracefully()
    else live.stop(reason || 'User requested stop/cancellation')
    return live
  },
  async pause(_, { runtime, run }) {
    const live = await runtime.getOrWake(run)
    live.pause()
    return live
  },
  async resume(_, { runtime, run }) {
    const live = await runtime.getOrWake(run)
    live.resume()
    return live
  },
  async input_response({ response, approved, reason, request_id }, { runtime, run, answers }) {
    const live = await runtime.getOrWake(run)
    const request = request_id ?? undefined
    const why = reason ?? response
    const given = approved == null ? (response ?? '') : { approved, ...(!approved && why && { reason: why }) }
    const answered = live.answerInput(given, request)
    const said = typeof given === 'string' ? given : JSON.stringify(given)
    if (answered !== null) answers.note(answered, said)
    else if (!answers.has(said, request))
      throw new TroupeError(live.wasInputRequested(request) ? 'input_already_answered' : 'not_asked')
    return live
  }
}
