import { Model } from '../runtime/components.ts'
import { TroupeError } from '../runtime/errors.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { readTask } from '../runtime/task.ts'
import { readFiles } from './files.ts'
import { type ClientFrame, errorFrame, type FrameOf, frameErrors } from './protocol.ts'

/** Who sent a frame, and what may be done about it. */
export interface Caller {
  runtime: Runtime
  run: number
  /** What this client has answered, by request. */
  answers: Map<string, string>
  /** Sends a frame to this client only. */
  send(text: string): void
}

type Handlers = {
  [Type in ClientFrame['type']]: (frame: FrameOf<Type>, caller: Caller) => void | Promise<void>
}

/** What the server does for each frame. The type holds the table complete: a new frame needs its line here. */
const handlers: Handlers = {
  start,
  async stop({ reason, graceful }, { runtime, run }) {
    const live = await runtime.live(run)
    if (graceful) live.finish()
    else live.stop(reason || 'User requested stop/cancellation')
  },
  ping: (_, caller) => caller.send(JSON.stringify({ type: 'pong', timestamp: new Date().toISOString() })),
  input_response: answer,
  pause: async (_, { runtime, run }) => (await runtime.live(run)).pause(),
  resume: async (_, { runtime, run }) => (await runtime.live(run)).resume()
}

/** Does what a frame asks for; throws what is to be refused. */
export const handle = (frame: ClientFrame, caller: Caller): void | Promise<void> =>
  (handlers[frame.type] as (frame: ClientFrame, caller: Caller) => void | Promise<void>)(frame, caller)

async function answer({ response, request_id }: FrameOf<'input_response'>, caller: Caller): Promise<void> {
  const live = await caller.runtime.live(caller.run)
  const answered = live.answer(response, request_id ?? undefined)
  if (answered !== null) return void caller.answers.set(answered, response)
  // A client that does not know whether its answer has come sends it again.
  const mine = request_id ?? [...caller.answers.keys()].at(-1)
  if (mine !== undefined && caller.answers.get(mine) === response) return
  throw new TroupeError(live.wasAsked(request_id ?? undefined) ? 'input_already_answered' : 'not_asked')
}

async function start({ task, team_config, files }: FrameOf<'start'>, caller: Caller): Promise<void> {
  const { runtime, run } = caller
  const { messages, problems } = readFiles(files ?? [], runtime.clock)
  const told = task !== undefined && task !== null && task !== ''
  if (!told && messages.length === 0)
    return caller.send(errorFrame('invalid_start', frameErrors.invalid_start))
  if (Object.keys(team_config).length === 0)
    return caller.send(errorFrame('invalid_start', frameErrors.invalid_start))
  for (const { file, warning } of problems)
    caller.send(JSON.stringify({ type: 'warning', code: 'bad_file', warning, file }))
  const row = await runtime.store.runs.get(run)
  if (!row) throw new TroupeError('unknown_run', String(run))
  const said = told ? readTask(task, runtime.clock) : []
  // A component without a config is told as such when the run opens.
  const component = Model.safeParse(team_config).data ?? {
    ...team_config,
    provider: String(team_config.provider),
    config: {}
  }
  runtime.start(row, { task: [...said, ...messages], team_config: component })
}
