import type { ComponentModel } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { RunHistory } from '../journal/run-log.ts'
import type { Clock } from '../shared/clock.ts'
import type { Subscribers } from '../subscriptions/subscriber.ts'
import type { Team } from '../teams/team.ts'
import type { GroupCommitter } from './group-committer.ts'

/** What a run of the server is made of: how it was started, and what it reaches. */
export interface LiveRunOptions {
  id: number
  task: readonly ChatMessage[]
  team_config: ComponentModel
  settings: StartedRunOptions
  /** What is kept of the run, where it began in another process or was put away. */
  past?: RunHistory
  load(component: ComponentModel): Team | Promise<Team>
  audience: Subscribers
  recorder: GroupCommitter
  clock: Clock
  env: Readonly<Record<string, string | undefined>>
}
