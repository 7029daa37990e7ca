import type { ChatMessage } from '../../machines/messages/index.ts'
import { reasons, TroupeError } from '../../protocol/errors.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import { execute } from '../execution/execute.ts'
import type { RunObserver } from '../execution/run-context.ts'
import type { Recording } from '../journal/replayer.ts'
import type { Clock } from '../shared/clock.ts'
import type { Team } from '../teams/team.ts'

interface StateAtOptions {
  id: string
  task: readonly ChatMessage[]
  settings: StartedRunOptions
  kept: Recording
  /** The turn at whose end the state is wanted, the last one that is kept; without it the state after everything. */
  turn?: number
  clock: Clock
  load(): Team | Promise<Team>
}

/**
 * The state in which a team is after all that is kept: the run is played again and put away where it would go on, so
 * nothing is asked, done, said or stored.
 */
export async function stateAt({ id, task, settings, kept, turn, clock, load }: StateAtOptions) {
  let team: Team | undefined
  let state: Record<string, unknown> | undefined
  const watcher: RunObserver = {
    ...nobody,
    // Turns that wait for nothing follow at once, also where nothing more is kept.
    turnEnded: (ended) => {
      if (ended === turn) state = team!.saveState()
    }
  }
  const played = Promise.withResolvers<void>()
  const open = async () => {
    team = await load()
    if (settings.state) team.loadState(settings.state)
    return team
  }
  const ghost = execute({
    ...{ id, team: open, task: task.length > 0 ? task : null, clock, env: {}, watcher, kept },
    seed: settings.seed,
    replay: {
      command: (command) => ghost.actor.getSnapshot().status === 'active' && ghost.actor.send(command),
      // Before what is still waited for is done.
      done: () => {
        ghost.actor.stop()
        played.resolve()
      },
      stuck: () => played.reject(new TroupeError('no_state', reasons.log_does_not_fit()))
    }
  })
  const ended = ghost.ended.then(({ outcome }) => {
    if (!team) throw new TroupeError('no_state', 'failure' in outcome ? outcome.failure.message : '')
  })
  try {
    await Promise.race([played.promise, ended])
    return state ?? team!.saveState()
  } finally {
    ghost.actor.stop()
  }
}

const nobody: RunObserver = {
  message: () => {},
  chunk: () => {},
  inputRequested: () => {},
  modelCalled: () => {}
}
