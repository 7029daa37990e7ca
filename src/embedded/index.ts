/** The durable runtime in a program of one's own: runs that are kept in a database and go on in a later process. */
export type { RunLimits } from '../protocol/run-options.ts'
export type { RunStatus } from '../protocol/run-status.ts'
export type { RunOverview, RunRow, SavedRun, Store } from '../runtime/store/store.ts'
export type { TaskResult } from '../runtime/team/task-result.ts'

import type { Ask as AskOf } from './ask.ts'
import type { Run } from './run.ts'

export type { ForkEdit } from './fork-edit.ts'
export { openTroupe, type TroupeOptions, type TroupeSettings } from './open-troupe.ts'
export type { ForkOptions, Run, StopOptions, TurnInfo } from './run.ts'
export type { EventsOptions, RunEvent } from './run-events.ts'
export { type DatabaseOptions, postgres, sqlite } from './stores.ts'
export type { ListedRun, PendingQuery, RunsQuery, StartOptions, Troupe } from './troupe.ts'
export type { TeamSource, TeamSources } from './typing.ts'

/** A question of a run to a person that is not answered yet. */
export type Ask = AskOf<Run>
