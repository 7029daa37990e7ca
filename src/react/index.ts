/** React hooks for runs on a server. Needs React 18 or newer. */
export type { Server } from './use-changes.ts'
export { type Statechart, type UsedRun, type UseRunOptions, useRun, useStatechart } from './use-run.ts'
export { type UsedRuns, type UseRunsOptions, useRuns } from './use-runs.ts'
