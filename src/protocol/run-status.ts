import type { StateValue } from 'xstate'
import { z } from 'zod'

/** Where a run stands, as clients and the database have it. Source: protocol.md, "Status and chart". */
export const RunStatus = z.enum([
  'created',
  'active',
  'awaiting_input',
  'paused',
  'complete',
  'error',
  'stopped'
])
export type RunStatus = z.infer<typeof RunStatus>

/** A statechart value as one path: `running.awaitingInput`. Parallel regions are joined with `,`. */
export function statePath(value: StateValue): string {
  if (typeof value === 'string') return value
  return Object.entries(value)
    .map(([key, inner]) => `${key}.${statePath(inner!)}`)
    .join(',')
}

const statuses: Record<string, RunStatus> = {
  created: 'created',
  starting: 'active',
  cancelling: 'active',
  'running.active': 'active',
  'running.awaitingInput': 'awaiting_input',
  'running.paused': 'paused',
  completed: 'complete',
  cancelled: 'stopped',
  failed: 'error'
}

const over: ReadonlySet<RunStatus> = new Set(['complete', 'error', 'stopped'])

/** Whether a run with this status has ended. */
export const isFinal = (status: RunStatus): boolean => over.has(status)

/** Whether a run with this status only waits for a client. */
export const isIdle = (status: RunStatus): boolean => status === 'awaiting_input' || status === 'paused'

/** The state of a run that is not in memory, from its status. */
export const stateOfStatus = (status: RunStatus): string =>
  Object.entries(statuses).findLast(([, name]) => name === status)![0]

/** The status that clients are sent for a state of the run's chart. Source: protocol.md, "Status and chart". */
export const statusOf = (state: string): RunStatus => statuses[state]!
