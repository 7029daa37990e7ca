import type { ComponentModel } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { Hooks } from '../contract/hooks.ts'
import type { RunHistory } from '../journal/run-log.ts'
import type { Network } from '../network/network.ts'
import type { Clock } from '../shared/clock.ts'
import type { Metrics } from '../shared/metrics/metrics.ts'
import type { Scheduler } from '../shared/scheduler.ts'
import type { Subscribers } from '../subscriptions/subscriber.ts'
import type { Team } from '../team/team.ts'
import type { GroupCommitter } from './group-committer.ts'

/** What loads the team of one run, with the secrets and the environment of the run's owner. */
export interface TeamSource {
  /** The owner's variables before those of the process; the owner's are there once the team is loaded. */
  readonly env: Readonly<Record<string, string | undefined>>
  load(component: ComponentModel): Promise<Team>
}

/** What a live run is made of. */
export interface LiveRunOptions {
  id: number
  task: readonly ChatMessage[]
  team_config: ComponentModel
  options: StartedRunOptions
  /** What is stored of the run, where it has begun before. */
  history?: RunHistory
  /** When it was made, in milliseconds since 1970: that is later than its beginning for one that was forked. */
  createdAt?: number
  teamSource: TeamSource
  subscribers: Subscribers
  committer: GroupCommitter
  scheduler: Scheduler
  metrics: Metrics
  /** What its models' requests go through; the usual one, where it is not said. */
  network?: Network
  /** What the program gives its tools. */
  context?: unknown
  /** Hear what the run does. */
  on?: Hooks
  clock: Clock
}
