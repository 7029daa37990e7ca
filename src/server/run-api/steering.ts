import type { ClientFrame, FrameOf } from '../../protocol/client-frames.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { LiveRun } from '../../runtime/run/live-run.ts'
import type { InputAcks } from './input-acks.ts'
import { start } from './starting.ts'

/** Something was left out of what a client sent, and the rest is done. */
export interface Warning {
  code: 'bad_file'
  warning: string
  file?: string
}

/** Who steers a run, by a frame or by REST. */
export interface Caller {
  runtime: Runtime
  run: number
  /** What this client has answered. */
  answers: InputAcks
  /** Whether the client has left meanwhile. */
  readonly gone?: boolean
  warn(warning: Warning): void
}

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
  async input_response({ response, request_id }, { runtime, run, answers }) {
    const live = await runtime.getOrWake(run)
    const request = request_id ?? undefined
    const answered = live.answerInput(response, request)
    if (answered !== null) answers.note(answered, response)
    else if (!answers.has(response, request))
      throw new TroupeError(live.wasInputRequested(request) ? 'input_already_answered' : 'not_asked')
    return live
  }
}
