import type { ChatMessage } from '../machines/message.ts'
import type { Clock } from './clock.ts'
import { reasons, TroupeError } from './errors.ts'
import type { Kept } from './replay.ts'
import { play } from './run.ts'
import type { Settings } from './settings.ts'
import type { Watcher } from './stage.ts'
import type { Team } from './teams/team.ts'

interface StateAfterOptions {
  id: string
  task: readonly ChatMessage[]
  settings: Settings
  kept: Kept
  clock: Clock
  load(): Team | Promise<Team>
}

const nobody: Watcher = { message: () => {}, chunk: () => {}, asked: () => {}, record: () => {} }

/**
 * The state in which a team is after all that is kept: the run is played again and put away where it would go on, so
 * nothing is asked, done, said or stored.
 */
export async function stateAfter({ id, task, settings, kept, clock, load }: StateAfterOptions) {
  let team: Team | undefined
  const played = Promise.withResolvers<void>()
  const open = async () => {
    team = await load()
    if (settings.state) team.loadState(settings.state)
    return team
  }
  const ghost = play({
    ...{ id, team: open, task: task.length > 0 ? task : null, clock, env: {}, watcher: nobody, kept },
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
    return team!.saveState()
  } finally {
    ghost.actor.stop()
  }
}
