import type { FrameOf } from '../../protocol/client-frames.ts'
import { TroupeError } from '../../protocol/errors.ts'
import { mergeOptions } from '../../protocol/run-options.ts'
import type { LiveRun } from '../../runtime/run/live-run.ts'
import { readTask } from '../../runtime/shared/task.ts'
import type { Caller } from './caller.ts'
import { readFiles } from './task-files.ts'

type Fields = Omit<FrameOf<'start'>, 'type'>

/** Starts a run; throws what is to be refused. What is wrong with the team becomes the run's end, not an error here. */
export async function start(fields: Fields, caller: Caller): Promise<LiveRun> {
  const { runtime, run } = caller
  await runtime.scheduler.turn(true)
  const { task, files } = fields
  const { messages, problems } = readFiles(files ?? [], runtime.clock)
  const told = task !== undefined && task !== null && task !== ''
  const row = await runtime.store.runs.saved(run)
  if (!row) throw new TroupeError('unknown_run', String(run))
  const options = mergeOptions(row.options, fields)
  const goesOn = options.state !== undefined || options.continue === true
  const warn = () => {
    for (const { file, warning } of problems) caller.warn({ code: 'bad_file', warning, file })
  }
  if (!told && messages.length === 0 && !goesOn) {
    warn()
    throw new TroupeError('invalid_start')
  }
  const said = told ? readTask(task, runtime.clock) : []
  const { component, ...owner } = await caller.teams.find(fields, row)
  if (row.status !== 'created') throw new TroupeError('already_started')
  if (options.continue) options.state ??= await runtime.history.lastState(row)
  // Read again, since another may have started the run meanwhile.
  const now = await runtime.store.runs.get(run)
  if (!now) throw new TroupeError('unknown_run', String(run))
  // A team that was registered under a name is the program's own.
  const isForeign = caller.rights?.isTenant === true && component.provider !== fields.team
  const live = runtime.start(now, {
    task: [...said, ...messages],
    team_config: component,
    options: { ...options, ...owner, ...(isForeign && { tenant: true }) }
  })
  warn()
  if (caller.hasLeft) runtime.clientLeft(run)
  return live
}
