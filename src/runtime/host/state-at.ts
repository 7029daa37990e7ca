import type { ChatMessage } from '../../machines/messages/index.ts'
import { reasons, TroupeError } from '../../protocol/errors.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import { execute } from '../execution/execute.ts'
import type { RunObserver } from '../execution/run-context.ts'
import type { Recording, ReplayEvents } from '../journal/replayer.ts'
import type { Clock } from '../shared/clock.ts'
import type { Team } from '../team/team.ts'

interface StateAtOptions {
  id: string
  task: readonly ChatMessage[]
  options: StartedRunOptions
  recording: Recording
  /** The turn at whose end the state is wanted, the last one of the recording; without it the state after everything. */
  turn?: number
  clock: Clock
  load(): Promise<Team>
}

/**
 * The state of a team after a recording: replays the run and stops it where it would perform an effect, so nothing is
 * asked, published or stored. Throws `no_state` where the recording does not fit or the team cannot be loaded.
 */
export async function stateAt({ id, task, options, recording, turn, clock, load }: StateAtOptions) {
  let team: Team | undefined
  let state: Record<string, unknown> | undefined
  const observer: RunObserver = {
    message: () => {},
    chunk: () => {},
    inputRequested: () => {},
    modelCalled: () => {},
    // Turns without effects follow at once, also where the recording has ended.
    turnEnded: (ended) => {
      if (ended === turn) state = team!.saveState()
    }
  }
  const replayed = Promise.withResolvers<void>()
  const open = async () => {
    team = await load()
    if (options.state) team.loadState(options.state)
    return team
  }
  const events: ReplayEvents = {
    command: (command) => {
      if (run.actor.getSnapshot().status === 'active') run.actor.send(command)
    },
    // Before effects that still wait are performed.
    done: () => {
      run.actor.stop()
      replayed.resolve()
    },
    stuck: () => replayed.reject(new TroupeError('no_state', reasons.log_does_not_fit()))
  }
  const run = execute({
    mode: { kind: 'state-at', clock, replay: { recording, events } },
    ...{ id, team: open, task: task.length > 0 ? task : null, observer, seed: options.seed }
  })
  const ended = run.ended.then(({ outcome }) => {
    if (!team) throw new TroupeError('no_state', 'failure' in outcome ? outcome.failure.message : '')
  })
  try {
    await Promise.race([replayed.promise, ended])
    return state ?? team!.saveState()
  } finally {
    run.actor.stop()
  }
}
