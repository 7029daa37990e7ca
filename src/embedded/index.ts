/** The durable runtime in a program of one's own: runs that are kept in a database and go on in a later process. */
export type { RunLimits } from '../protocol/run-options.ts'
export type { RunStatus } from '../protocol/run-status.ts'
export type { Hooks } from '../runtime/contract/hooks.ts'
export type { RunOverview, RunRow, SavedRun, Store } from '../runtime/store/store.ts'
export type { TaskResult } from '../runtime/team/task-result.ts'
export type { FetchHandler } from '../server/web/fetch-handler.ts'

import type { Ask as AskOf } from './runs/ask.ts'
import type { Run } from './runs/run.ts'

export type { AllowedTeams, Verb } from './handler/allow.ts'
export type { HandlerOptions, KnownUser } from './handler/handler-options.ts'
export { openTroupe, type TroupeOptions, type TroupeSettings } from './open-troupe.ts'
export type { ForkEdit } from './runs/fork-edit.ts'
export type { ForkOptions, Run, StopOptions, TurnInfo } from './runs/run.ts'
export type { EventsOptions, RunEvent } from './runs/run-events.ts'
export { type DatabaseOptions, postgres, sqlite } from './stores.ts'
export type { ListedRun, PendingQuery, RunsQuery, StartOptions, Troupe } from './troupe.ts'
export type { TeamSource, TeamSources } from './typing.ts'

/** A question of a run to a person that is not answered yet. */
export type Ask = AskOf<Run>
